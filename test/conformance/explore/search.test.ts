import { describe, expect, it } from 'vitest'
import type { SearchResult } from '../../../src/conformance/explore/search.js'
import { search } from '../../../src/conformance/explore/search.js'
import { patience } from '../../patience.js'
import { clientOf } from '../reference.js'
import { stageFor } from './stage.js'

const deletesAfterAnyFailure = clientOf({
  onRefused: (_, { access_token, refresh_token: __, ...rest }) => ({ ...rest, access_token, ended: true }),
})

const told = ({ findings, met, runs }: SearchResult) => ({
  runs,
  met,
  findings: findings.map(({ violation, schedule, after }) => ({ invariant: violation.invariant, after, schedule })),
})

describe('A search', () => {
  it.each(['zettle', 'ziina', 'zoho-payments', 'zentail', 'vcita'])(
    'finds nothing in a client that does everything right at %s',
    async (provider) => {
      const { findings, unconfirmed, runs, connected } = await search(await stageFor(provider, clientOf(), 9000), { runs: 40 })
      expect(findings.map(({ violation, schedule }) => [violation.invariant, violation.seen, schedule.story])).toEqual([])
      expect(unconfirmed).toEqual([])
      expect({ runs, connected }).toEqual({ runs: 40, connected: true })
    },
    120_000,
  )

  it('finds the same under the same seed, whatever the number of jobs', { timeout: patience(120_000) }, async () => {
    const [one, other] = [
      await search(await stageFor('zettle', deletesAfterAnyFailure), { runs: 40, jobs: 1 }),
      await search(await stageFor('zettle', deletesAfterAnyFailure), { runs: 40, jobs: 4 }),
    ]
    expect(told(one)).toEqual(told(other))
    expect(one.findings.map(({ violation }) => violation.invariant)).toContain('always.connection-kept')
  })

  it('says which situations it met and which it did not', { timeout: patience(120_000) }, async () => {
    const { met, unmet } = await search(await stageFor('zettle', clientOf(), 9000), { runs: 30 })
    expect(met.length).toBeGreaterThan(8)
    expect(met[0]).toEqual({
      target: expect.any(String),
      fault: expect.any(String),
      phase: expect.any(String),
      step: expect.any(String),
      times: expect.any(Number),
    })
    const seen = met.map(({ target, fault }) => `${target} ${fault}`)
    expect(unmet.filter(({ target, fault }) => seen.includes(`${target} ${fault}`))).toEqual([])
  })

  it('ends when a schedule cannot be played, and counts it for none', { timeout: patience(60_000) }, async () => {
    const stage = await stageFor('zettle', clientOf())
    let opened = 0
    const open: typeof stage.open = async (ground) => {
      opened += 1
      if (opened > 3) throw new Error('no room for another sandbox')
      return stage.open(ground)
    }
    await expect(search({ ...stage, open }, { runs: 20 })).rejects.toThrow('no room for another sandbox')
  })

  it('opens many at once, each with a name of its own', async () => {
    const stage = await stageFor('zettle', clientOf())
    const doubles = await Promise.all(Array.from({ length: 8 }, () => stage.open({ rotates: true })))
    const urls = doubles.map((double) => double.provider('zettle').baseUrl)
    expect(new Set(urls).size).toBe(doubles.length)
    await Promise.all(doubles.map((double) => double.close()))
  })

  it('ends with the round in which its time is over', { timeout: patience(120_000) }, async () => {
    const { runs } = await search(await stageFor('zettle', clientOf(), 9000), { runs: 10_000, time: 1 })
    expect(runs).toBeLessThanOrEqual(40)
  })
})
