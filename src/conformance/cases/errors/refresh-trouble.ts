/** The token endpoint in trouble when a token has to be refreshed: the customer's connection must outlive it. */

import type { FaultInput, JournalEntry } from '../../../index.js'
import { probes, works } from '../../invariants/connection.js'
import type { Case, Check, Finding, Findings, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import type { Profile } from '../../runner/profile.js'
import { calls, check, endless, entriesOf, fate, fellSilent, fine, inWords, notSoFar, refreshes, stepsOf } from '../reading.js'
import { expire } from '../refresh/need.js'
import { refreshing } from '../when.js'

interface Trouble {
  readonly name: string
  readonly title: string
  readonly fault: () => Omit<FaultInput, 'operation'>
  /** How often the client is asked meanwhile. */
  readonly asks: number
  /** It asks to wait so many seconds. */
  readonly waits?: number
  /** The request was carried out, and only its answer went wrong: no new refresh token may be lost with it. */
  readonly decided?: true
}

/** More than this in one step is no retry but a hammer. */
const bound = 5

export const survives: Check = check(
  'errors.refresh-trouble-survived',
  'must',
  rfc(6749, '1.5', 'A refresh token goes on until the provider ends it; a failure that is not its refusal ends nothing'),
  {
    title: 'keeps its connection when the token endpoint is in trouble',
    expected: 'once the trouble is over, a refresh with the refresh token that it has, and an API call that works',
    fix: 'Give up tokens only after invalid_grant. After a 5xx, a 429, a page or no answer keep them, and refresh again at the next call.',
  },
  { recovers: true, consequence: 'connection-lost' },
)

const bounded: Check = check(
  'errors.refresh-trouble-bounded',
  'must',
  rfc(9110, '15.6', 'A 5xx is the server failing: a client may try again, with bounds'),
  {
    title: 'does not hammer a token endpoint in trouble',
    expected: `at most ${bound} refreshes in one step, which comes to an end`,
    fix: 'Bound the attempts, wait longer between them, and set a time limit on each.',
  },
  { forbids: true },
)

const patient: Check = check(
  'errors.refresh-waits',
  'should',
  rfc(9110, '10.2.3', 'Retry-After says how long to wait before a further request'),
  {
    title: 'does not refresh again before Retry-After is over',
    expected: 'no further token request before the time, in this call or the next',
    fix: 'Read Retry-After of a 429 or 503 (seconds or a date, by the Date of the same answer), and send no token request before.',
  },
  { forbids: true },
)

/** The client calls, or is told to refresh where its calls do not. */
const provoke = async (context: CaseContext): Promise<void> => {
  const { entries } = await context.ask('call', 'in trouble')
  if (refreshes(entries).length === 0 && context.can('refresh')) await context.ask('refresh', 'in trouble')
}

/** Whether the connection still works after this refresh went wrong. */
export const survivalOf = (played: Played, first: JournalEntry): Finding => {
  const asked = probes(played)
  const last = asked.findLast(({ step }) => step === 'call' || step === 'refresh')
  if (!last) return notSoFar(played, 'nothing was asked of it afterwards')
  return works(played)
    ? met(first, ...entriesOf(asked).filter(fine).slice(0, 3))
    : unmet(`after a refresh that was ${fate(first)} the connection is gone: ${inWords(last)}`, first, ...last.entries.slice(0, 3))
}

const judge =
  (waits: number | undefined) =>
  (played: Played): Findings => {
    const steps = stepsOf(played, 'in trouble')
    const troubled = refreshes(entriesOf(steps)).filter(({ fault }) => fault !== undefined)
    const [first] = troubled
    const all = (finding: Finding): Findings => ({
      [survives.id]: finding,
      [bounded.id]: finding,
      ...(waits === undefined ? {} : { [patient.id]: finding }),
    })
    if (!first) {
      const passesOn = steps.some(({ entries }) => calls(entries).length > 0) && refreshes(played.entries).length === 0
      return all(passesOn ? inapplicable('it makes no refresh') : notSoFar(played, 'no refresh met the trouble'))
    }
    const worst = steps.map(({ entries }) => refreshes(entries)).sort((a, b) => b.length - a.length)[0] ?? []
    const silent = steps.find(fellSilent)
    const early = troubled.filter((entry, at) => at > 0 && waits !== undefined && entry.at - (troubled[at - 1]?.at ?? 0) < waits * 0.9)
    return {
      [survives.id]: survivalOf(played, first),
      [bounded.id]: silent
        ? unmet(endless(silent), ...troubled.slice(0, 3))
        : worst.length > bound
          ? unmet(`${worst.length} refreshes in one step`, ...worst.slice(0, 4))
          : met(...troubled),
      ...(waits === undefined
        ? {}
        : { [patient.id]: early.length > 0 ? unmet(`${early.length} more before the time`, first, ...early.slice(0, 3)) : met(first) }),
    }
  }

/** Tokens stay as they are, so that a lost reply loses none. */
const withoutRotation = (profile: Profile) => profile.toggled('refresh.rotates', 'never') ?? {}

const troubled = ({ name, title, fault, asks, waits, decided }: Trouble): Case => ({
  topic: 'errors',
  name,
  title,
  applies: decided ? (profile) => refreshing(profile) && profile.toggled('refresh.rotates', 'never') !== null : refreshing,
  needs: ['callback', 'call'],
  ...(decided ? { quirks: withoutRotation } : {}),
  checks: () => [survives, bounded, ...(waits === undefined ? [] : [patient])],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    context.fault({ ...fault(), operation: 'token', times: 'always', when: { grantType: 'refresh_token' } } as FaultInput)
    for (let turn = 0; turn < asks && !context.over(); turn += 1) await provoke(context)
  },
  judge: judge(waits),
})

const page = '<html><body><h1>502 Bad Gateway</h1></body></html>'

const json = { 'content-type': 'application/json' }

/** Bodies with status 200 that are no token response, whatever their content type says. */
const noReplies: { readonly [name: string]: string } = {
  'a page that is called JSON': page,
  'an array': '[]',
  null: 'null',
  'a text': '"busy"',
}

/** Replies with status 200 that are no JSON object, and one that is, behind a byte order mark (RFC 8259 §8.1: a reader may ignore it). */
const unreadable: readonly Case[] = [
  {
    ...troubled({
      name: 'survives-replies-that-are-none-at-refresh',
      title: 'A page that is called JSON, an array, null or a text in place of tokens costs nobody the connection',
      fault: () => ({ kind: 'status', status: 200, headers: json, body: 'null' }),
      asks: 1,
    }),
    // How often a client asks again is told by the other cases.
    checks: () => [survives],
    play: async (context) => {
      if (!(await context.connect())) return
      expire(context)
      for (const [name, body] of Object.entries(noReplies)) {
        context.note('arrange', `the reply to a refresh is ${name}`)
        // A text is sent as it is.
        context.fault({
          operation: 'token',
          kind: 'status',
          status: 200,
          headers: json,
          body,
          when: { grantType: 'refresh_token' },
          times: 'always',
        })
        await provoke(context)
        context.sandbox.double.faults.clear()
        if (context.over()) return
      }
    },
  },
  {
    ...troubled({
      name: 'survives-a-byte-order-mark-at-refresh',
      title: 'A byte order mark before good JSON costs nobody the connection, read or not',
      fault: () => ({
        kind: 'status',
        status: 200,
        headers: json,
        body: `\uFEFF${JSON.stringify({ access_token: 'behind-a-byte-order-mark', token_type: 'Bearer', expires_in: 3600 })}`,
      }),
      asks: 1,
    }),
    // A client that reads it goes on to the API, where nobody knows such a token.
    checks: () => [survives],
  },
]

/** An HTTP date, by the client's clock: one that compares it with its own time would wait for all that passed at the provider alone. */
const dated = (seconds: number): string => new Date(Date.now() + seconds * 1000).toUTCString()

export const refreshTroubleCases: readonly Case[] = [
  troubled({
    name: 'survives-500-at-refresh',
    title: 'A token endpoint that fails costs nobody the connection',
    fault: () => ({ kind: 'status', status: 500 }),
    asks: 2,
  }),
  troubled({
    name: 'survives-502-page-at-refresh',
    title: "A gateway's page in place of tokens costs nobody the connection",
    fault: () => ({ kind: 'status', status: 502, headers: { 'content-type': 'text/html' }, body: page }),
    asks: 2,
  }),
  troubled({
    name: 'survives-page-with-status-200-at-refresh',
    title: 'A page with status 200 in place of tokens costs nobody the connection',
    fault: () => ({ kind: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: page }),
    asks: 1,
  }),
  ...unreadable,
  troubled({
    name: 'survives-503-at-refresh',
    title: 'A token endpoint that is down costs nobody the connection',
    fault: () => ({ kind: 'status', status: 503 }),
    asks: 2,
  }),
  troubled({
    name: 'survives-a-passing-error-at-refresh',
    title: 'An OAuth error that passes, such as temporarily_unavailable, costs nobody the connection',
    fault: () => ({ kind: 'status', status: 400, body: { error: 'temporarily_unavailable' } }),
    asks: 2,
  }),
  troubled({
    name: 'survives-a-refused-client-at-refresh',
    title: 'A client secret that is refused for an hour, as after a wrong deployment, costs nobody the connection',
    fault: () => ({ kind: 'status', status: 401, body: { error: 'invalid_client' } }),
    asks: 2,
  }),
  troubled({
    name: 'survives-an-error-with-status-200-at-refresh',
    title: 'An error that comes with status 200 at a refresh is no token, and costs nobody the connection',
    fault: () => ({ kind: 'status', status: 200, body: { error: 'temporarily_unavailable' } }),
    asks: 2,
  }),
  troubled({
    name: 'survives-429-at-refresh',
    title: 'A token endpoint that is too busy costs nobody the connection',
    fault: () => ({ kind: 'status', status: 429 }),
    asks: 2,
  }),
  troubled({
    name: 'obeys-retry-after-at-refresh',
    title: 'A client that is asked to wait with its refresh waits, and keeps its connection',
    fault: () => ({ kind: 'rate-limit', retryAfter: 2 }),
    asks: 3,
    waits: 2,
  }),
  troubled({
    name: 'obeys-retry-after-date-at-refresh',
    title: 'A client that is asked to wait until a date waits, and keeps its connection',
    fault: () => ({ kind: 'status', status: 503, headers: { 'retry-after': dated(2), date: dated(0) } }),
    asks: 2,
    waits: 1,
  }),
  troubled({
    name: 'survives-reset-at-refresh',
    title: 'A connection that is reset at a refresh costs nobody the connection',
    fault: () => ({ kind: 'reset' }),
    asks: 2,
  }),
  troubled({
    name: 'survives-silence-at-refresh',
    title: 'A token endpoint that never answers is given up, and costs nobody the connection',
    fault: () => ({ kind: 'hang' }),
    asks: 1,
  }),
  troubled({
    name: 'survives-drip-at-refresh',
    title: 'A reply that comes letter by letter is given up, and costs nobody the connection',
    fault: () => ({ kind: 'drip', pause: 1 }),
    asks: 1,
    decided: true,
  }),
  troubled({
    name: 'survives-half-a-reply-at-refresh',
    title: 'Half a reply to a refresh costs nobody the connection',
    fault: () => ({ kind: 'truncate' }),
    asks: 2,
    decided: true,
  }),
  troubled({
    name: 'survives-lost-reply-at-refresh',
    title: 'A reply to a refresh that is lost costs nobody the connection where the refresh token stays the same',
    fault: () => ({ kind: 'lose' }),
    asks: 2,
    decided: true,
  }),
]
