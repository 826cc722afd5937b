import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authdouble } from './command.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authdouble-conform-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const client = ['--exec', '--', process.execPath, 'fixtures/clients/openid-client.mjs']
const small = 'test/conformance/clients/module.mjs'
const conform = (...flags: readonly string[]) => authdouble(['conform', '--provider', 'zettle', ...flags]).ended

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('authdouble conform', () => {
  it('exits with 0 when a client does what it should, and says so', async () => {
    const { code, stdout } = await conform('--case', 'exchange/redeems-the-code', '--case', 'resource/*', '--module', small)
    expect(stdout).toContain('small module 1.0')
    expect(code).toBe(0)
  })

  it('exits with 1 when it does not, with what was expected, what was seen, and how to run it again', async () => {
    const { code, stdout } = await conform('--case', 'exchange/sends-no-code-twice', '--seed', '7', ...client)
    expect(code).toBe(1)
    expect(stdout).toContain('the code was sent again')
    expect(stdout).toContain('RFC 6749 §4.1.2')
    const again = /authdouble conform (--provider zettle --case exchange\/sends-no-code-twice --seed 7 .*)/.exec(stdout)?.[1]
    expect(again).toBeDefined()
    expect((await authdouble(['conform', ...(again ?? '').trim().split(' ')]).ended).code).toBe(1)
  })

  it('exits with 3 when nothing was exercised, and with 4 when the client cannot be started', async () => {
    expect((await conform('--case', 'exchange/redeems-the-code', '--exec', '--', 'true')).code).toBe(3)
    expect((await conform('--case', 'exchange/redeems-the-code', '--exec', '--', '/no/such/client')).code).toBe(4)
    expect((await conform('--case', 'resource/*', '--exec', '--', '/no/such/client')).code).toBe(4)
  })

  it('writes several reports at once', async () => {
    const [json, junit] = [join(folder, 'report.json'), join(folder, 'report.xml')]
    const { code, stdout } = await conform(
      '--case',
      'resource/*',
      '--report',
      `json=${json}`,
      '--report',
      `junit=${junit}`,
      '--report',
      'tap',
      '--module',
      small,
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/^TAP version 14/)
    expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({ format: 'authdouble-conformance', outcome: 'passed', exitCode: 0 })
    expect(await readFile(junit, 'utf8')).toContain('<testsuites')
  })

  it('takes known failures out of the verdict, each with its reason', async () => {
    const expected = join(folder, 'known.yaml')
    await writeFile(expected, '- case: exchange/sends-no-code-twice\n  reason: the session takes care of it\n')
    const { code, stdout } = await conform(
      '--case',
      'exchange/sends-no-code-twice',
      '--case',
      'exchange/redeems-the-code',
      '--expect',
      expected,
      ...client,
    )
    expect(stdout).toContain('the session takes care of it')
    expect(code).toBe(0)
  })

  it('judges recorded traffic', async () => {
    const journal = join(folder, 'journal.json')
    await writeFile(journal, '{"entries":[]}')
    expect((await conform('--passive', journal)).code).toBe(3)
    expect(await conform('--passive', join(folder, 'none.json'))).toMatchObject({ code: 2, stderr: expect.stringContaining('none.json') })
  })

  it('lists its cases, with their checks as JSON', async () => {
    const { stdout, code } = await conform('--list', '--case', 'refresh/*')
    expect(code).toBe(0)
    expect(stdout).toContain('zettle/refresh/picks-up-rotated-token')
    const rows = JSON.parse((await conform('--list', '--json')).stdout) as readonly {
      readonly id: string
      readonly checks: readonly object[]
    }[]
    expect(rows.length).toBeGreaterThan(30)
    expect(rows.every(({ checks }) => checks.length > 0)).toBe(true)
  })

  it('takes what the provider tolerates on request, and still says what is documented', async () => {
    const basic = 'test/conformance/clients/basic.mjs'
    const strict = await conform('--case', 'exchange/redeems-the-code', '--module', basic)
    expect(strict.code).toBe(1)
    const flags = ['--case', 'exchange/redeems-the-code', '--case', 'exchange/authenticates-*', '--report', 'json']
    const { code, stdout } = await conform('--tolerant', ...flags, '--module', basic)
    const { cases } = JSON.parse(stdout) as { readonly cases: readonly { readonly name: string; readonly verdict: string }[] }
    expect(Object.fromEntries(cases.map(({ name, verdict }) => [name, verdict]))).toEqual({
      'redeems-the-code': 'pass',
      'authenticates-in-the-body': 'fail',
    })
    expect(code).toBe(1)
  })

  it('takes its clients and their folders with it when it is ended', async () => {
    const temporary = await mkdtemp(join(folder, 'temporary-'))
    const script = `process.stderr.write(String(process.pid)); require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid)); setInterval(() => {}, 1000)`
    const { child, ended } = authdouble(['conform', '--provider', 'zettle', '--exec', '--', process.execPath, '-e', script], {
      env: { TMPDIR: temporary },
    })
    const pid = await expect
      .poll(() => readFile(join(folder, 'pid'), 'utf8').catch(() => ''), { timeout: 10_000 })
      .not.toBe('')
      .then(() => readFile(join(folder, 'pid'), 'utf8'))
    child.kill('SIGTERM')
    expect((await ended).code).toBe(143)
    await expect.poll(() => runs(Number(pid)), { timeout: 5000 }).toBe(false)
    expect(await readdir(temporary)).toEqual([])
  })

  it.each([
    [['--provider', 'zetle', '--exec', '--', 'true'], '--provider is one of'],
    [['--provider', 'zettle'], 'name one client'],
    [['--provider', 'zettle', '--module', 'a.mjs', '--exec', '--', 'true'], 'name one client'],
    [['--provider', 'zettle', '--exec'], 'after --'],
    [['--provider', 'zettle', '--case', 'nothing/*', '--exec', '--', 'true'], 'no case of zettle matches nothing/*'],
    [['--provider', 'zettle', '--report', 'pdf', '--exec', '--', 'true'], '"pdf"'],
    [['--provider', 'zettle', '--module', 'no/such/file.mjs'], 'file.mjs'],
    [['--provider', 'zettle', '--jobs', 'many', '--exec', '--', 'true'], '--jobs'],
    [['--provider', 'zettle', '--timeout', '0', '--exec', '--', 'true'], '--timeout is a number from 1'],
    [['--provider', 'zettle', '--report', 'json=no/such/folder/a.json', '--exec', '--', 'true'], 'there is no folder no/such/folder'],
    [['--provider', 'zettle', '--passive', 'package.json'], 'authdouble: package.json: this is no'],
    [['--provider', 'zettle', 'client.mjs'], 'after --'],
    [['--provider', 'zettle', '--passive', 'a.json', '--module', 'a.mjs'], '--module'],
    [['--provider', 'zettle', '--passive', 'a.json', '--jobs', '2'], '--jobs'],
    [['--provider', 'zettle', '--module', 'a.mjs', '--', 'true'], '--exec'],
    [['--provider', 'zettle', '--quirk', 'zettle/no-such-quirk', '--exec', '--', 'true'], 'no-such-quirk'],
    [['--provider', './no/such/provider.mjs', '--exec', '--', 'true'], 'provider.mjs'],
  ])('exits with 2 for %j', async (flags, message) => {
    const { code, stderr } = await authdouble(['conform', ...flags]).ended
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})
