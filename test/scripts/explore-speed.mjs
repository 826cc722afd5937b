// How fast the search is: schedules a second with a module client in processes of its own, beside a plain loop that asks the same
// client for the same steps in this process, each in a sandbox of its own, without faults, crashes or judgement. Both in one run.
//
//   npm run explore:speed -- [--runs 200] [--jobs 4] [--provider zettle] [--module file]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { authorizeIn } from '../../dist/conformance/drivers/browser.js'
import { moduleDriver } from '../../dist/conformance/drivers/moduleProcess.js'
import { search } from '../../dist/conformance/explore/search.js'
import { openStage } from '../../dist/conformance/explore/stage.js'
import { createServer, providers } from '../../dist/index.js'

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    jobs: { type: 'string', default: '4' },
    provider: { type: 'string', default: 'zettle' },
    module: { type: 'string' },
  },
})

const provider = providers.find(({ id }) => id === flags.provider)

/** The careful client of the corpus, compiled. */
const careful = async () => {
  const folder = resolve('.authdouble/explore')
  const { rolldown } = await import('rolldown')
  mkdirSync(folder, { recursive: true })
  const bundle = await rolldown({ input: 'test/conformance/corpus/index.ts', platform: 'node', external: /^[^./]/ })
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: 'corpus.mjs' })
  await bundle.close()
  const file = join(folder, 'careful.mjs')
  writeFileSync(file, "import { corpusClient } from './corpus.mjs'\nexport default corpusClient('careful')\n")
  return file
}

/** What the client was asked in each schedule. */
const asked = []

const recording = (driver) => ({
  ...driver,
  start: async (given) => {
    const session = await driver.start(given)
    const mine = []
    asked.push(mine)
    return {
      ...session,
      ask: (one) => {
        mine.push(one)
        return session.ask(one)
      },
      restart: () => {
        mine.push({ step: 'restart' })
        return session.restart()
      },
    }
  },
})

const searched = async (file) => {
  const driver = await moduleDriver(file, 9000)
  const stage = await openStage({ provider, driver: recording(driver), seed: 'speed', limit: 9000 })
  const began = performance.now()
  const { runs } = await search(stage, { runs: Number(flags.runs), jobs: Number(flags.jobs) })
  const seconds = (performance.now() - began) / 1000
  await stage.close()
  return { runs, seconds }
}

const ask = async (client, { step, ...more }, given) => {
  if (typeof client[step] !== 'function') return undefined
  return client[step](more, given)
}

const looped = async (make) => {
  const server = await createServer({ providers: [provider] })
  const began = performance.now()
  for (const [serial, steps] of asked.entries()) {
    const double = await server.sandbox({ name: `loop-${serial}` })
    const stateDir = mkdtempSync(join(tmpdir(), 'authdouble-loop-'))
    const given = { ...double.provider(provider.id), provider: provider.id, stateDir }
    let client = await make(given)
    let landed
    for (const one of steps) {
      if (one.step === 'restart') client = await make(given)
      else
        try {
          if (one.step === 'authorize') landed = (await authorizeIn(await ask(client, one, given), given.redirectUri)).url
          else await ask(client, one.step === 'callback' ? { ...one, url: landed } : one, given)
        } catch {
          // Nobody looks at it here.
        }
    }
    await double.close()
    rmSync(stateDir, { recursive: true, force: true })
  }
  const seconds = (performance.now() - began) / 1000
  await server.close()
  return seconds
}

const file = resolve(flags.module ?? (await careful()))
const { runs, seconds } = await searched(file)
const { default: make } = await import(file)
const loop = await looped(make)
const steps = asked.reduce((sum, one) => sum + one.filter(({ step }) => step !== 'hello' && step !== 'clock').length, 0)
process.stdout.write(
  `${runs} schedules, ${steps} steps: ${(runs / seconds).toFixed(1)} schedules a second (${flags.jobs} jobs), a plain loop ${(runs / loop).toFixed(1)}; the loop is ${(seconds / loop).toFixed(1)} times as fast\n`,
)
process.exit(0)
