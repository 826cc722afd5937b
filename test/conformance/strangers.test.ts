import { describe, expect, it } from 'vitest'
import { execDriver } from '../../src/conformance/drivers/exec.js'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { runConformance } from '../../src/conformance/runner/run.js'
import type { Report } from '../../src/conformance/runner/verdict.js'
import { allProviders } from './shipped.js'

/** Milliseconds until a silent program counts as silent here. */
const patience = 400

const node = (script: string): readonly string[] => [process.execPath, '--input-type=module', '-e', script]

/** Answers hello as a client would, and everything after it with what the given expression says. */
const afterHello = (answer: string): readonly string[] =>
  node(`
    import { createInterface } from 'node:readline'
    const say = (said) => process.stdout.write(JSON.stringify(said) + '\\n')
    const steps = ['authorize', 'callback', 'call', 'refresh', 'revoke', 'assertion']
    createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, step } = JSON.parse(line)
      if (step === 'hello') say({ id, ok: true, client: 'stranger', steps })
      else ${answer}
    })`)

const verdicts = ({ cases }: Report): readonly string[] => [...new Set(cases.flatMap(({ checks }) => checks.map(({ verdict }) => verdict)))]

const whys = ({ cases }: Report): string => cases.flatMap(({ checks }) => checks.map(({ why }) => why)).join('\n')

/** Nothing passed, nothing was looked at: three, and not nought. */
const ofNoUse = (report: Report): void => {
  expect(verdicts(report)).toEqual(['not-exercised'])
  expect(report).toMatchObject({ outcome: 'incomplete', exitCode: 3 })
}

const strangers = {
  'ends at once and says that all is well': { argv: ['true'], why: /ended with exit code 0/ },
  'ends at once with a failure': { argv: ['false'], why: /ended with exit code 1/ },
  sleeps: { argv: ['sleep', '999'], why: /no answer to hello/ },
  'is killed by SIGKILL at the start': { argv: ['sh', '-c', 'kill -9 $$'], why: /SIGKILL/ },
  'prints something else than answers': { argv: ['sh', '-c', 'echo Server started.; exec sleep 999'], why: /printed "Server started\."/ },
  'prints JSON that answers nothing': { argv: ['sh', '-c', 'echo "{}"; exec sleep 999'], why: /printed "\{\}"/ },
} as const

describe('A program that is no client', () => {
  it.each(Object.entries(strangers))('and %s comes out as not exercised, with exit code 3', async (_, { argv, why }) => {
    const report = await runConformance({ provider: 'zettle', driver: execDriver(argv, patience), seed: 'stranger' })
    ofNoUse(report)
    expect(whys(report)).toMatch(why)
  })

  it('and cannot be started at all is an error of the run, with exit code 4', async () => {
    const report = await runConformance({ provider: 'zettle', driver: execDriver(['/nowhere/to/be/found'], patience), seed: 'stranger' })
    expect(verdicts(report)).not.toContain('pass')
    expect(report).toMatchObject({ outcome: 'error', exitCode: 4 })
    expect(whys(report)).toContain('cannot start /nowhere/to/be/found')
  })
})

describe('A client that never connects', () => {
  const only = ['exchange/*', 'refresh/does-not-*', 'authorize/refuses-wrong-*']

  it('and is killed in the middle of a step is never green', async () => {
    const driver = execDriver(afterHello(`process.kill(process.pid, 'SIGKILL')`), 5000)
    const report = await runConformance({
      provider: 'zettle',
      driver,
      only: ['exchange/redeems-*', 'authorize/refuses-wrong-*'],
      seed: 'stranger',
    })
    ofNoUse(report)
    expect(whys(report)).toContain('SIGKILL')
  })

  it('and falls silent after hello is never green', async () => {
    const driver = execDriver(afterHello('{}'), 4 * patience)
    const report = await runConformance({
      provider: 'zettle',
      driver,
      only: ['exchange/redeems-*', 'authorize/refuses-wrong-*'],
      seed: 'stranger',
    })
    ofNoUse(report)
    expect(whys(report)).toMatch(/no answer to (authorize|hello)/)
  })

  it('and says that it cannot is never green', async () => {
    const refuse = (): never => {
      throw new Error('not today')
    }
    const steps = { authorize: refuse, callback: refuse, call: refuse, refresh: refuse, revoke: refuse, assertion: refuse }
    for (const provider of allProviders) {
      const report = await runConformance({ provider, driver: clientDriver(steps), only, seed: 'stranger' })
      expect(verdicts(report), provider).not.toContain('pass')
      expect([1, 3], provider).toContain(report.exitCode)
    }
  })

  it('and says that everything went well has no check passed, in any case of any provider', async () => {
    const fine = (): number => 200
    const steps = { authorize: () => 'http://127.0.0.1:9/', callback: fine, call: fine, refresh: fine, revoke: fine, assertion: fine }
    for (const provider of allProviders) {
      const report = await runConformance({ provider, driver: clientDriver({ ...steps, customers: true }), seed: 'stranger' })
      expect(
        report.cases.flatMap(({ id, checks }) => checks.flatMap((check) => (check.verdict === 'pass' ? [`${id} ${check.id}`] : []))),
      ).toEqual([])
      expect([1, 3], provider).toContain(report.exitCode)
    }
  })

  it('and says that it can do nothing has exercised nothing: exit code 3', async () => {
    const report = await runConformance({ provider: 'zettle', driver: clientDriver({}), seed: 'stranger' })
    expect(verdicts(report)).toEqual(['not-applicable'])
    expect(report).toMatchObject({ outcome: 'incomplete', exitCode: 3 })
  })

  it('and cannot even be made is not exercised', async () => {
    const driver = clientDriver(() => {
      throw new Error('no such file')
    })
    ofNoUse(await runConformance({ provider: 'zettle', driver, seed: 'stranger' }))
  })
})

describe('A client that connects as it should', () => {
  const real = (after: string): readonly string[] => ['sh', '-c', `"$0" fixtures/clients/simple-oauth2.mjs; ${after}`, process.execPath]
  const only = ['exchange/redeems-the-code', 'authorize/refuses-wrong-state']
  const run = (after: string): Promise<Report> =>
    runConformance({ provider: 'zettle', driver: execDriver(real(after)), only, seed: 'stranger' })

  it('passes nothing when it is killed by SIGKILL at the end', async () => {
    const report = await run('kill -9 $$')
    ofNoUse(report)
    expect(whys(report)).toContain('the client was ended by SIGKILL')
  })

  it('passes what it did, but nothing that it left undone, when it ends with a failure', async () => {
    const report = await run('exit 7')
    const of = (name: string) => report.cases.find((one) => one.name === name)?.checks.map(({ verdict }) => verdict)
    expect(of('redeems-the-code')).toEqual(['pass', 'pass'])
    expect(of('refuses-wrong-state')).toEqual(['not-exercised'])
    expect(whys(report)).toContain('exit code 7')
    expect(report).toMatchObject({ outcome: 'incomplete', exitCode: 3 })
  })
})
