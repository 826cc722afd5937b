/** A report of a real run against the double, with clients that do their worst, and the secrets that were in play. */

import type { CaseResult, CheckResult, Report, Verdict } from '../../../src/conformance/runner/verdict.js'
import { exitCodeOf, outcomeOf, summarise, worst } from '../../../src/conformance/runner/verdict.js'
import type { JournalEntry } from '../../../src/index.js'
import { createServer } from '../../../src/index.js'
import { redact } from '../../../src/journal/redact.js'

export interface Sample {
  readonly report: Report
  /** Whatever must appear in no report. */
  readonly secrets: readonly string[]
}

/** What a client could say to break out of any of the formats. */
export const hostile = `</style><script>alert(1)</script><img src=x onerror=alert(1)> "quoted" 'single' & ]]> --> \`code\` **bold** | # not ok 9 \\ \u001b[31mred\u0007 \u202eabc ::error::x`

interface Played {
  readonly exchanges: readonly JournalEntry[]
  readonly secrets: readonly string[]
}

const tokens = async (response: Response): Promise<{ readonly access_token: string; readonly refresh_token: string }> =>
  (await response.json()) as { access_token: string; refresh_token: string }

/** A code, its tokens, a call, a refresh, and the old refresh token again. */
const played = async (): Promise<Played> => {
  await using double = await createServer({ providers: ['zettle'], seed: 'a report', reveal: true })
  const { authorizeUrl = '', tokenUrl, userinfoUrl = '', clientId, clientSecret = '', redirectUri } = double.provider('zettle')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'READ:PURCHASE',
    state: 's',
  })
  const landed = await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })
  const code = new URL(landed.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const ask = (parameters: { readonly [name: string]: string }) =>
    fetch(tokenUrl, { method: 'POST', body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...parameters }) })
  const first = await tokens(await ask({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }))
  await fetch(userinfoUrl, { headers: { authorization: `Bearer ${first.access_token}` } })
  const second = await tokens(await ask({ grant_type: 'refresh_token', refresh_token: first.refresh_token }))
  await ask({ grant_type: 'refresh_token', refresh_token: first.refresh_token })
  return {
    exchanges: double.journal.entries().map(redact),
    secrets: [code, clientSecret, first.access_token, first.refresh_token, second.access_token, second.refresh_token],
  }
}

const check = (id: string, verdict: Verdict, more: Partial<CheckResult> = {}): CheckResult => ({
  id,
  title: `Does what ${id} asks for`,
  level: verdict === 'warn' ? 'should' : 'must',
  reference: {
    id: 'RFC 6749 §6',
    text: 'A client uses the newest refresh token.',
    url: 'https://www.rfc-editor.org/rfc/rfc6749#section-6',
  },
  expected: 'the newest refresh token in the second refresh',
  fix: 'Store the refresh token of every token response.',
  verdict,
  evidence: [],
  ...(['not-applicable', 'not-exercised', 'error'].includes(verdict) ? { why: `because of ${id}` } : {}),
  ...more,
})

const caseOf = (
  name: string,
  checks: readonly CheckResult[],
  exchanges: readonly JournalEntry[],
  more: Partial<CaseResult> = {},
): CaseResult => ({
  id: `zettle/refresh/${name}`,
  provider: 'zettle',
  topic: 'refresh',
  name,
  title: `The case ${name}`,
  verdict: worst(checks.map(({ verdict }) => verdict)),
  checks,
  exchanges,
  steps: [
    { step: 'hello', state: 'ok', at: 0, took: 1 },
    { step: 'authorize', state: 'ok', at: 1, took: 2, url: '/zettle/authorize' },
    {
      step: 'refresh',
      state: 'failed',
      at: 12,
      took: 4,
      error: { kind: 'oauth', code: 'invalid_grant', message: hostile },
      note: 'second',
    },
  ],
  end: { how: 'own' },
  stderr: '',
  took: 20,
  reproduce: `authdouble conform --provider zettle --case refresh/${name} --exec -- node client.js`,
  ...more,
})

/** The report that some cases come to. */
export const reportOf = (cases: readonly CaseResult[], stale: Report['stale'] = [], client = 'sample-client 1.2.3'): Report => {
  const summary = summarise(cases, stale)
  const outcome = outcomeOf(summary, cases)
  return {
    format: 'authdouble-conformance',
    version: 1,
    run: {
      provider: 'zettle',
      client,
      steps: ['authorize', 'callback', 'call', 'refresh'],
      driver: 'exec',
      seed: '42',
      order: cases.map(({ id }) => id),
      started: '2026-01-02T03:04:05.678Z',
      took: 1234,
      node: 'v20.20.0',
      authdouble: '0.1.0',
    },
    cases,
    stale,
    summary,
    outcome,
    exitCode: exitCodeOf(outcome),
  }
}

/** Every verdict once, an unexpected end, a lost reply, and a client that says what it can to break the formats. */
export const sampleRun = async (): Promise<Sample> => {
  const { exchanges, secrets } = await played()
  const last = exchanges.at(-1)
  const refused = last?.id ?? ''
  const lost: readonly JournalEntry[] = last
    ? [{ ...last, id: 'r99', outcome: 'faulted', fault: { id: 'f1', kind: 'lose' }, response: { headers: [], complete: false } }]
    : []
  const cases = [
    caseOf('plain', [check('refresh.works', 'pass', { evidence: [exchanges[3]?.id ?? ''] })], exchanges),
    caseOf(
      'rotation',
      [
        check('refresh.newest', 'fail', { seen: 'the first refresh token, which a newer one had replaced', evidence: [refused] }),
        check('refresh.stores', 'fail', { seen: 'not stored', known: 'the library has no hook for it (issue 12)', evidence: ['r404'] }),
        check('refresh.early', 'warn', { level: 'advice', seen: 'a refresh before every call' }),
        check('refresh.twice', 'not-applicable'),
      ],
      exchanges,
      { attempts: { made: 3, worse: 1 } },
    ),
    caseOf('lost-reply', [check('refresh.lost', 'not-exercised')], lost, {
      end: { how: 'signal', signal: 'SIGKILL' },
      stderr: `Traceback\n${hostile}\n`,
    }),
    caseOf('hostile', [check('refresh.hostile', 'error', { title: hostile, why: hostile, seen: hostile })], [], {
      end: { how: 'exit-code', code: 7 },
    }),
    caseOf('silent', [], [], { end: { how: 'never-started' } }),
  ]
  const stale = [{ entry: 'zettle/refresh/plain#refresh.works', reason: `was broken ${hostile}` }]
  return { report: reportOf(cases, stale, `evil ${hostile}`), secrets }
}

/** A run in which all is well. */
export const cleanRun = async (): Promise<Report> => {
  const { report } = await sampleRun()
  return reportOf(report.cases.filter(({ name }) => name === 'plain'))
}
