import { describe, expect, it } from 'vitest'
import type { Check, Finding, Played } from '../../src/conformance/runner/case.js'
import { inapplicable, met, unexercised, unmet } from '../../src/conformance/runner/case.js'
import { judgeCase, plainEnough, settleFinding } from '../../src/conformance/runner/judge.js'
import type { CaseResult, CheckResult, ClientEnd, Verdict } from '../../src/conformance/runner/verdict.js'
import { exitCodeOf, outcomeOf, summarise, worst } from '../../src/conformance/runner/verdict.js'
import type { JournalEntry } from '../../src/index.js'
import { profiles } from './shipped.js'

const check: Check = {
  id: 'topic.check',
  title: 'does it',
  level: 'must',
  reference: { id: 'RFC 6749 §1', text: 'do it' },
  expected: 'it',
  fix: 'do it',
}
const prohibition: Check = { ...check, forbids: true }
const own: ClientEnd = { how: 'own', code: 0 }
const entry = { id: 'r1' } as JournalEntry

const verdictOf = (which: Check, finding: Finding | undefined, end: ClientEnd, plain: boolean | null): Verdict =>
  settleFinding(which, finding, { end, plain }).verdict

describe('A check passes', () => {
  it('when it was met and the client ended by itself', () => {
    expect(settleFinding(check, met(entry), { end: own, plain: true })).toMatchObject({ verdict: 'pass', evidence: ['r1'] })
  })

  it.each([
    ['was ended by a signal', { how: 'signal', signal: 'SIGKILL' } as const],
    ['had to be stopped', { how: 'timeout' } as const],
    ['never started', { how: 'never-started' } as const],
  ])('never when the client %s', (_, end) => {
    const settled = settleFinding(check, met(entry), { end, plain: true })
    expect(settled.verdict).toBe('not-exercised')
    expect(settled.why).toMatch(/client/)
  })
})

describe('A prohibition passes only', () => {
  it('when the client passed the plain case', () => {
    expect(verdictOf(prohibition, met(entry), own, true)).toBe('pass')
    expect(verdictOf(prohibition, met(entry), own, false)).toBe('not-exercised')
    expect(verdictOf(check, met(entry), own, false)).toBe('pass')
  })

  it('when the journal shows that the client got the provocation', () => {
    expect(verdictOf(prohibition, met(), own, true)).toBe('not-exercised')
  })

  it('when the client did not break down', () => {
    expect(verdictOf(prohibition, met(entry), { how: 'exit-code', code: 1 }, true)).toBe('not-exercised')
    expect(verdictOf(check, met(entry), { how: 'exit-code', code: 1 }, true)).toBe('pass')
  })
})

describe('A finding', () => {
  it('that is bad counts however the client ended', () => {
    expect(settleFinding(prohibition, unmet('it did', entry), { end: { how: 'timeout' }, plain: false })).toMatchObject({
      verdict: 'fail',
      seen: 'it did',
      evidence: ['r1'],
    })
  })

  it('that is bad fails a must and what the provider documents, and warns of a should and of advice', () => {
    const levels = (['must', 'provider', 'should', 'advice'] as const).map((level) =>
      verdictOf({ ...check, level }, unmet('no'), own, true),
    )
    expect(levels).toEqual(['fail', 'fail', 'warn', 'warn'])
  })

  it('of not getting back on its feet counts only for a client that passes the plain case', () => {
    const recovery: Check = { ...check, recovers: true }
    expect(verdictOf(recovery, unmet('still down', entry), own, true)).toBe('fail')
    expect(settleFinding(recovery, unmet('still down', entry), { end: own, plain: false })).toMatchObject({
      verdict: 'not-exercised',
      why: 'this client does not pass exchange/redeems-the-code, on which this rests',
      evidence: ['r1'],
    })
    expect(verdictOf(recovery, met(entry), own, false)).toBe('pass')
  })

  it('that is missing is an error of the harness', () => {
    expect(verdictOf(check, undefined, own, true)).toBe('error')
  })

  it('that says nothing says why', () => {
    expect(settleFinding(check, unexercised('nothing came'), { end: { how: 'signal', signal: 'SIGTERM' }, plain: true })).toMatchObject({
      verdict: 'not-exercised',
      why: 'nothing came: the client was ended by SIGTERM',
    })
    expect(settleFinding(check, inapplicable('it has none'), { end: own, plain: true })).toMatchObject({
      verdict: 'not-applicable',
      why: 'it has none',
    })
  })

  it('of a judge that throws is an error, not a pass', () => {
    const played: Played = { profile: profiles.zettle, entries: [], steps: [], end: own, passive: false }
    const broken = (): never => {
      throw new Error('bug')
    }
    expect(judgeCase([check], broken, played, { end: own, plain: true })).toMatchObject([
      { verdict: 'error', why: 'the judge failed: bug' },
    ])
  })
})

const result = (verdict: Verdict, known?: string): CheckResult => {
  const { forbids: _, ...definition } = prohibition
  return { ...definition, verdict, evidence: [], ...(known === undefined ? {} : { known }) }
}
const caseOf = (...checks: readonly CheckResult[]): CaseResult => ({
  id: 'zettle/topic/name',
  provider: 'zettle',
  topic: 'topic',
  name: 'name',
  title: '',
  verdict: worst(checks.map(({ verdict }) => verdict)),
  checks,
  exchanges: [],
  steps: [],
  end: own,
  stderr: '',
  took: 0,
  reproduce: '',
})
const exitOf = (checks: readonly CheckResult[], stale = 0): number =>
  exitCodeOf(
    outcomeOf(
      summarise(
        [caseOf(...checks)],
        Array.from({ length: stale }, () => ({ entry: 'x', reason: 'y' })),
      ),
      [caseOf(...checks)],
    ),
  )

describe('A run exits', () => {
  it.each([
    [0, ['pass', 'warn', 'not-applicable']],
    [1, ['pass', 'fail', 'not-exercised']],
    [3, ['pass', 'not-exercised']],
    [3, ['not-applicable']],
    [0, ['warn']],
    [3, []],
    [4, ['pass', 'fail', 'error']],
  ] as const)('%i for %j', (code, verdicts) => {
    expect(exitOf(verdicts.map((verdict) => result(verdict)))).toBe(code)
  })

  it('0 when all failures are known, and 1 when a known one came right', () => {
    expect(exitOf([result('pass'), result('fail', 'because')])).toBe(0)
    expect(exitOf([result('pass')], 1)).toBe(1)
  })
})

describe('The plain case is good enough', () => {
  it('when something passed and nothing failed', () => {
    expect(plainEnough([result('pass'), result('not-applicable')])).toBe(true)
    expect(plainEnough([result('pass'), result('fail')])).toBe(false)
    expect(plainEnough([result('pass'), result('not-exercised')])).toBe(false)
    expect(plainEnough([result('not-applicable')])).toBe(false)
  })
})
