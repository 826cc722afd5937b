import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toTheLastMember } from '../conformance/reports/schema.js'
import { authdouble } from './command.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authdouble-explore-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const mayfly = ['--module', 'test/conformance/clients/ends/dies-at-503.mjs']
const explore = (...flags: readonly string[]) => authdouble(['explore', '--provider', 'zettle', '--seed', '1', ...flags]).ended

describe('authdouble explore', () => {
  it('writes the schedules that break a client; conform --schedule plays them again, and passes once the client is mended', async () => {
    const [json, found] = [join(folder, 'report.json'), join(folder, 'found')]
    const { code, stdout } = await explore(
      '--runs',
      '30',
      '--jobs',
      '2',
      '--save',
      found,
      '--report',
      'text',
      '--report',
      `json=${json}`,
      ...mayfly,
    )
    expect(code).toBe(1)
    expect(stdout).toContain('zettle/explore/keeps-running')
    expect(stdout).toMatch(/schedule +1\. /)
    expect(stdout).toMatch(/What was searched: 30 schedules, \d+ situations met/)
    const report = JSON.parse(await readFile(json, 'utf8'))
    toTheLastMember(report)
    expect(toTheLastMember.errors ?? []).toEqual([])
    expect(report.schedules.map(({ invariant }: { invariant: string }) => invariant)).toContain('always.keeps-running')
    expect(report.exploration.runs).toBe(30)

    expect(await readdir(found)).toContain('keeps-running.json')
    const file = join(found, 'keeps-running.json')
    const again = await authdouble(['conform', '--schedule', file, ...mayfly]).ended
    expect(again.code).toBe(1)
    expect(again.stdout).toContain('zettle/schedule/keeps-running')
    const mended = join(folder, 'mended.mjs')
    const source = await readFile('test/conformance/clients/ends/dies-at-503.mjs', 'utf8')
    await writeFile(
      mended,
      source.replace(/setImmediate\(\(\) => \{[\s\S]*?return new Promise\(\(\) => \{\}\)/, "throw new Error('it failed')"),
    )
    expect((await authdouble(['conform', '--schedule', file, '--case', 'x', '--module', mended]).ended).code).toBe(2)
    const sound = await authdouble(['conform', '--schedule', file, '--report', 'json', '--module', mended]).ended
    const checks = JSON.parse(sound.stdout).cases.flatMap((one: { checks: { id: string; verdict: string }[] }) => one.checks)
    expect(checks.find(({ id }: { id: string }) => id === 'always.keeps-running')?.verdict).toBe('pass')
  }, 240_000)

  it('exits with 2 and one line when it is called in a wrong way', async () => {
    for (const [flags, message] of [
      [['--runs', 'many', ...mayfly], '--runs is a number'],
      [[], 'name one client'],
      [['--report', 'pdf', ...mayfly], '--report takes'],
      [['--quirk', 'zettle/no-such-quirk', ...mayfly], 'no-such-quirk'],
      [['--module', 'no/such.mjs'], 'no/such.mjs'],
    ] as const) {
      const { code, stderr } = await explore(...flags)
      expect({ code, lines: stderr.trim().split('\n').length }, stderr).toEqual({ code: 2, lines: 1 })
      expect(stderr).toContain(message)
    }
    const broken = join(folder, 'broken.json')
    await writeFile(broken, '{"format":"authdouble-schedule","version":1,"provider":"zettle","seed":"1","turns":[{"act":{"do":"fly"}}]}')
    const { code, stderr } = await authdouble(['conform', '--schedule', broken, ...mayfly]).ended
    expect(code).toBe(2)
    expect(stderr).toContain('turns[0].act.do is one of')
  }, 120_000)

  it('exits with 3 when the client answers nothing, and with 4 when it cannot be started', async () => {
    expect((await explore('--runs', '10', '--exec', '--', 'true')).code).toBe(3)
    expect((await explore('--runs', '10', '--exec', '--', '/no/such/client')).code).toBe(4)
  }, 120_000)
})
