import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Case, Finding } from '../../src/conformance/runner/case.js'
import type { ProviderId } from '../../src/index.js'
import { patience } from '../patience.js'
import { brokenClients } from './broken/index.js'
import { record } from './recorder.js'
import type { Recording } from './recordings.js'
import { fileOf, folder, isRecorded, playedOf, recordings } from './recordings.js'
import { cases, profiles, providersOf } from './shipped.js'

const idsOf = (one: Case, provider: ProviderId): readonly string[] => one.checks(profiles[provider]).map(({ id }) => id)

const write = async (): Promise<void> => {
  mkdirSync(folder, { recursive: true })
  for (const [topic, lines] of await record()) writeFileSync(fileOf(topic), `${lines.join('\n')}\n`)
}

if (process.env['RECORD'] !== undefined) it('records', write, 600_000)
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

  it('Every recording is what its client does today, to the letter', { timeout: patience(180_000) }, async () => {
    const now = [...(await record()).values()].flat()
    const before = new Set(kept.map((recording) => JSON.stringify(recording)))
    const other = now.filter((line) => !before.has(line)).map((line): Recording => JSON.parse(line))
    expect(
      other.map(({ topic, name, by }) => `${topic}/${name} ${by}`),
      'to record again: RECORD=1 npx vitest run test/conformance/recorded.test.ts',
    ).toEqual([])
    expect(now).toHaveLength(kept.length)
  })

  describe.each(cases.filter(isRecorded).map((one) => [`${one.topic}/${one.name}`, one] as const))('The judge of %s', (_, one) => {
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
      const all = [...new Set(providersOf(one).flatMap((provider) => idsOf(one, provider)))]
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
      for (const provider of providersOf(one)) {
        const empty = { profile: profiles[provider], entries: [], steps: [], end: { how: 'own' }, passive: false } as const
        expect(Object.values(one.judge(empty)).map(({ is }) => is)).toEqual(idsOf(one, provider).map(() => 'unexercised'))
      }
    })
  })
}
