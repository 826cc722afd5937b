import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Case, Finding } from '../../src/conformance/case.js'
import { cases } from '../../src/conformance/cases/index.js'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { profiles } from '../../src/conformance/profiles.js'
import { runConformance } from '../../src/conformance/run.js'
import type { ProviderId } from '../../src/index.js'
import { brokenClient } from './broken/broken.js'
import { brokenClients } from './broken/index.js'
import type { Recording } from './recordings.js'
import { folder, playedOf, recordingOf, recordings } from './recordings.js'
import { clientOf } from './reference.js'

const redirectUri = 'http://127.0.0.1:4741/callback'

const idsOf = (one: Case, provider: ProviderId): readonly string[] => one.checks(profiles[provider]).map(({ id }) => id)

/** Plays each case with the client that does everything right, and with one broken client for each check. */
const record = async (): Promise<void> => {
  const lines = new Map<string, string[]>()
  const run = async (one: Case, provider: ProviderId, by: string, client: Parameters<typeof clientDriver>[0]) => {
    const only = [`${one.topic}/${one.name}`]
    const { cases: results } = await runConformance({ provider, driver: clientDriver(client), only, seed: 'recorded' })
    return results.map((result) => ({ result, line: recordingOf(result, by, redirectUri) }))
  }
  const keep = (topic: string, line: string): void => void lines.set(topic, [...(lines.get(topic) ?? []), line])
  for (const one of cases) {
    const [first] = one.providers
    if (first === undefined) continue
    for (const { line } of await run(one, first, 'reference', clientOf())) keep(one.topic, line)
    const caught = new Set<string>()
    for (const broken of brokenClients) {
      const provider = broken.providers.find((id) => one.providers.includes(id))
      if (provider === undefined || !idsOf(one, provider).some((id) => broken.killedBy.includes(id) && !caught.has(id))) continue
      for (const { result, line } of await run(one, provider, broken.name, brokenClient(broken))) {
        const red = result.checks.filter(({ id, verdict }) => (verdict === 'fail' || verdict === 'warn') && !caught.has(id))
        for (const { id } of red) caught.add(id)
        if (red.length > 0) keep(one.topic, line)
      }
    }
  }
  mkdirSync(folder, { recursive: true })
  for (const [topic, kept] of lines) writeFileSync(new URL(`${topic}.jsonl`, folder), `${kept.join('\n')}\n`)
}

if (process.env['RECORD'] !== undefined) it('records', record, 600_000)
else {
  const kept = recordings()
  const judged = (recording: Recording): { readonly [check: string]: Finding } => {
    const one = cases.find(({ topic, name }) => topic === recording.topic && name === recording.name)
    if (!one)
      throw new Error(`no case ${recording.topic}/${recording.name}: npx vitest run test/conformance/recorded.test.ts with RECORD=1`)
    return one.judge(playedOf(recording))
  }
  const faultsOf = (by: string): readonly string[] => brokenClients.find(({ name }) => name === by)?.killedBy ?? []
  const of = (one: Case): readonly Recording[] => kept.filter(({ topic, name }) => topic === one.topic && name === one.name)

  it('Every recording is of a case and of a client that there are', () => {
    const clients = ['reference', ...brokenClients.map(({ name }) => name)]
    const known = kept.filter(
      ({ topic, name, by }) => clients.includes(by) && cases.some((one) => one.topic === topic && one.name === name),
    )
    expect(known.length).toBeGreaterThan(0)
    expect(kept.filter((recording) => !known.includes(recording)).map(({ topic, name, by }) => `${topic}/${name} ${by}`)).toEqual([])
  })

  describe.each(cases.map((one) => [`${one.topic}/${one.name}`, one] as const))('The judge of %s', (_, one) => {
    it('finds nothing wrong in the journal of a client that does everything right', () => {
      const good = of(one).filter(({ by }) => by === 'reference')
      expect(good).toHaveLength(1)
      const findings = good.flatMap((recording) => Object.entries(judged(recording)).map(([id, { is }]) => `${id} ${is}`))
      expect(findings.filter((finding) => !finding.endsWith(' met'))).toEqual([])
      expect(findings.length).toBeGreaterThan(0)
    })

    it('finds what is wrong in the journals of clients that do not, each of its checks in one of them', () => {
      const bad = of(one).filter(({ by }) => by !== 'reference')
      const found = bad.map((recording) => ({
        by: recording.by,
        red: Object.entries(judged(recording)).flatMap(([id, { is }]) => (is === 'unmet' ? [id] : [])),
      }))
      expect(found.filter(({ red }) => red.length === 0)).toEqual([])
      expect(
        found.flatMap(({ by, red }) => red.filter((id) => !faultsOf(by).includes(id)).map((id) => `${by} ${id}`)),
        'found in journals of clients that have another fault',
      ).toEqual([])
      const all = [...new Set(one.providers.flatMap((provider) => idsOf(one, provider)))]
      expect(all.filter((id) => !found.some(({ red }) => red.includes(id)))).toEqual([])
    })

    it('shows as evidence what is in the journal, and something for all that went well', () => {
      for (const recording of of(one))
        for (const [id, finding] of Object.entries(judged(recording))) {
          if (!('evidence' in finding)) continue
          if (finding.is === 'met') expect(finding.evidence.length, `${recording.by} ${id}`).toBeGreaterThan(0)
          expect(finding.evidence.filter((entry) => !recording.entries.includes(entry))).toEqual([])
        }
    })

    it('says of a silent journal that nothing was exercised', () => {
      for (const provider of one.providers) {
        const empty = { profile: profiles[provider], entries: [], steps: [], end: { how: 'own' }, passive: false } as const
        expect(Object.values(one.judge(empty)).map(({ is }) => is)).toEqual(idsOf(one, provider).map(() => 'unexercised'))
      }
    })
  })
}
