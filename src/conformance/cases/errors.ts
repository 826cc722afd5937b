/** What goes wrong at the provider or on the way, and what a client makes of it. */

import type { Case, Finding, Played } from '../case.js'
import { inapplicable, met, quirkOf, rfc, unmet } from '../case.js'
import { allProviders, refreshing } from '../profiles.js'
import {
  after,
  calls,
  check,
  exchanges,
  fate,
  fellSilent,
  fine,
  inWords,
  notSoFar,
  refreshes,
  refreshTokenOf,
  stepOf,
  succeeded,
  tokenRequests,
} from './reading.js'

const finalReference = rfc(
  6749,
  '5.2',
  'invalid_grant means that the token is invalid, expired or revoked: sending it again changes nothing',
)

const refusalIsFinal: Case = {
  topic: 'errors',
  name: 'does-not-retry-invalid-grant',
  title: 'A refresh token that is refused is not sent again',
  providers: refreshing,
  needs: ['callback', 'refresh'],
  checks: () => [
    check(
      'errors.refusal-is-final',
      'must',
      finalReference,
      {
        title: 'does not repeat a refused refresh',
        expected: 'one request with the refused refresh token, and an error',
        fix: 'Retry nothing that was answered with an OAuth error; only what was not answered at all may be tried again.',
      },
      { forbids: true },
    ),
    check(
      'errors.refusal-is-remembered',
      'should',
      finalReference,
      {
        title: 'remembers that its connection has ended',
        expected: 'no further request with the refused refresh token in later calls',
        fix: 'Mark the connection as ended and ask the user to connect again, instead of refreshing at each call.',
      },
      { forbids: true },
    ),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    stage.advance(stage.profile.expires ?? 0)
    stage.fault({ operation: 'token', kind: 'refuse', reason: 'refresh_token_revoked', times: 'always' })
    await stage.ask('refresh', 'refused')
    if (stage.can('call')) await stage.ask('call', 'later')
  },
  judge: (played) => {
    const step = stepOf(played, 'refused')
    const [first] = refreshes(step?.entries ?? [])
    if (!step || !first) {
      const finding = notSoFar(played, 'no refresh was refused')
      return { 'errors.refusal-is-final': finding, 'errors.refusal-is-remembered': finding }
    }
    const same = (entries: readonly (typeof first)[]) =>
      refreshes(entries).filter((entry) => refreshTokenOf(entry) === refreshTokenOf(first))
    const again = same(after(step.entries, first))
    const remembered = (): Finding => {
      const next = stepOf(played, 'later')
      if (!next) return inapplicable('the client says that it has no call')
      const later = same(next.entries)
      return later.length > 0 ? unmet('sent again at the next call', first, ...later) : met(first)
    }
    const final = (): Finding => {
      if (fellSilent(step)) return unmet('it did not come to an end', first, ...again)
      if (again.length > 0) return unmet(`sent again ${again.length} times`, first, ...again)
      return step.state === 'ok' ? unmet('the client said that it refreshed', first) : met(first)
    }
    return {
      'errors.refusal-is-final': final(),
      'errors.refusal-is-remembered': remembered(),
    }
  },
}

/** A code that was refused: the client says so, and has no tokens. */
const judgeRefusedCode = (played: Played, id: string): { readonly [check: string]: Finding } => {
  const step = stepOf(played, 'late')
  const [sent] = exchanges(played.entries).filter(({ outcome }) => outcome === 'refused')
  const reported = (): Finding => {
    if (!step || !sent) return notSoFar(played, 'no code was refused')
    if (step.state === 'ok') return unmet('the client said that it holds tokens', sent)
    return step.state === 'failed' ? met(sent) : notSoFar(played, 'the callback was not answered')
  }
  const junk = calls(stepOf(played, 'call')?.entries ?? [])
  const quiet = (): Finding => {
    if (!sent) return notSoFar(played, 'no code was refused')
    if (!stepOf(played, 'call')) return inapplicable('the client says that it has no call')
    return junk.length > 0 ? unmet('an API call without a token that was ever issued', sent, ...junk) : met(sent)
  }
  return { [id]: reported(), 'errors.no-junk-token': quiet() }
}

const refusedCode = (name: string, id: string, providers: Case['providers'], in200: boolean): Case => ({
  topic: 'errors',
  name,
  title: in200 ? 'An error that comes with status 200 is taken for an error' : 'A code that is refused is reported',
  providers,
  needs: ['callback'],
  checks: (profile) => [
    check(
      id,
      in200 ? 'provider' : 'must',
      in200
        ? quirkOf(profile, 'errors-with-status-200', 'Errors come with HTTP 200 and only a member error')
        : rfc(6749, '5.2', 'An error response means that no token was issued'),
      {
        title: in200 ? 'looks into the body, not at the status' : 'reports that the code was refused',
        expected: 'the callback step fails',
        fix: in200
          ? 'Look for error in the body of every token response, and for access_token, whatever the status.'
          : 'Check the status of the token response before reading tokens from it.',
      },
    ),
    check(
      'errors.no-junk-token',
      'must',
      rfc(6749, '7', 'API calls are made with a token that was issued'),
      {
        title: 'makes no API call without a token',
        expected: 'no API call after a refused code',
        fix: 'Store tokens only after a response that has access_token.',
      },
      { forbids: true },
    ),
  ],
  play: async (stage) => {
    const url = await stage.begin()
    if (url === undefined) return
    stage.advance(stage.profile.codeLives + 5)
    stage.note('arrange', 'the code has expired')
    await stage.ask('callback', 'late', { url })
    if (stage.can('call')) await stage.ask('call')
  },
  judge: (played) => judgeRefusedCode(played, id),
})

const retryAfter: Case = {
  topic: 'errors',
  name: 'obeys-retry-after',
  title: 'A client that is asked to wait waits, or gives up',
  providers: allProviders,
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'errors.waits',
      'should',
      rfc(9110, '10.2.3', 'Retry-After says how long to wait before a further request'),
      {
        title: 'does not call again before Retry-After is over',
        expected: 'no further API call within two seconds',
        fix: 'Read Retry-After of a 429 and wait so long, or hand the error on.',
      },
      { forbids: true },
    ),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    stage.fault({ operation: 'resource', kind: 'rate-limit', retryAfter: 2 })
    await stage.ask('call', 'limited')
  },
  judge: (played) => {
    const made = calls(stepOf(played, 'limited')?.entries ?? [])
    const [first] = made
    if (first?.response.status !== 429) return { 'errors.waits': notSoFar(played, 'no call was answered 429') }
    const early = made.slice(1).filter(({ at }, index) => at - (made[index]?.at ?? 0) < 2 && made[index]?.response.status === 429)
    return { 'errors.waits': early.length > 0 ? unmet(`${early.length} calls before the time`, first, ...early) : met(first) }
  },
}

/** More than this is no retry but a hammer. */
const bound = 5

const serverErrors: Case = {
  topic: 'errors',
  name: 'bounds-retries-of-5xx',
  title: 'A server that is down is not hammered, and costs nobody the connection',
  providers: allProviders,
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'errors.bounded-retries',
      'must',
      rfc(9110, '15.6', 'A 5xx is the server failing: a client may try again, with bounds'),
      {
        title: 'gives up after a few attempts',
        expected: `at most ${bound} API calls in one step`,
        fix: 'Bound the number of attempts, and wait longer between them.',
      },
      { forbids: true },
    ),
    check(
      'errors.keeps-tokens',
      'should',
      rfc(6750, '3.1', 'Only 401 says that a token is no good'),
      {
        title: 'does not refresh because a server is down',
        expected: 'no token request after a 503',
        fix: 'Refresh after 401 only.',
      },
      { forbids: true },
    ),
    check('errors.recovers', 'should', rfc(9110, '15.6.4', 'A 503 is temporary'), {
      title: 'calls again once the server is back',
      expected: 'the next call is answered with status 200',
      fix: 'Keep the tokens when an API call fails.',
    }),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    stage.fault({ operation: 'resource', kind: 'status', status: 503, times: 'always' })
    await stage.ask('call', 'down')
    stage.world.double.faults.clear()
    await stage.ask('call', 'up')
  },
  judge: (played) => {
    const down = stepOf(played, 'down')
    const made = calls(down?.entries ?? []).filter(({ response }) => response.status === 503)
    if (!down || made.length === 0) {
      const finding = notSoFar(played, 'no call was answered 503')
      return { 'errors.bounded-retries': finding, 'errors.keeps-tokens': finding, 'errors.recovers': finding }
    }
    const asked = tokenRequests(down.entries)
    const up = stepOf(played, 'up')
    return {
      'errors.bounded-retries':
        made.length > bound || fellSilent(down) ? unmet(`${made.length} calls`, ...made.slice(0, bound + 1)) : met(...made),
      'errors.keeps-tokens': asked.length > 0 ? unmet('a token was asked for', ...made.slice(0, 1), ...asked) : met(...made),
      'errors.recovers':
        succeeded(up) && calls(up?.entries ?? []).some(fine)
          ? met(...calls(up?.entries ?? []))
          : unmet(up ? inWords(up) : 'no further call', ...made.slice(0, 1)),
    }
  },
}

interface Breakage {
  readonly name: string
  readonly title: string
  readonly kind: 'truncate' | 'gateway-page' | 'reset'
  readonly says: string
}

/** A token response that is no token response. */
const brokenReply = ({ name, title, kind, says }: Breakage): Case => ({
  topic: 'errors',
  name,
  title,
  providers: allProviders,
  needs: ['callback'],
  checks: () => [
    check('errors.broken-reply-reported', 'must', rfc(6749, '5.1', `Tokens come in a JSON object with status 200; ${says} is none`), {
      title: 'reports that no tokens were received',
      expected: 'the callback step fails, in good time',
      fix: 'Check the status, parse the whole body, and look for access_token before anything is stored.',
    }),
    check('errors.broken-reply-recovers', 'should', rfc(6749, '4.1', 'A new authorization gives a new code'), {
      title: 'connects when it is asked to begin again',
      expected: 'the next authorization ends with tokens, and a call works',
      fix: 'After an exchange that failed, forget what was kept for it and let the user connect again.',
    }),
  ],
  play: async (stage) => {
    stage.fault({ operation: 'token', kind, times: 1 })
    await stage.connect({ as: 'broken' })
    stage.world.double.faults.clear()
    if ((await stage.connect({ as: 'again' })) && stage.can('call')) await stage.ask('call')
  },
  judge: (played) => {
    const step = stepOf(played, 'broken')
    const broken = tokenRequests(played.entries).find(({ fault }) => fault?.kind === kind)
    if (!step || !broken) {
      const finding = notSoFar(played, 'no broken answer was received')
      return { 'errors.broken-reply-reported': finding, 'errors.broken-reply-recovers': finding }
    }
    const again = stepOf(played, 'again')
    const call = stepOf(played, 'call')
    const works = succeeded(again) && (call === undefined || succeeded(call))
    const reported = (): Finding => {
      if (fellSilent(step)) return unmet('it did not come to an end', broken)
      // A client that tried once more in the same step and got its tokens has lost nothing.
      if (step.state === 'ok')
        return exchanges(step.entries).some(fine) ? met(broken) : unmet('the client said that it holds tokens', broken)
      return step.state === 'failed' ? met(broken) : unmet(`the client broke down: ${inWords(step)}`, broken)
    }
    const failing = call && !succeeded(call) ? call : again
    return {
      'errors.broken-reply-reported': reported(),
      'errors.broken-reply-recovers': works
        ? met(...exchanges(again?.entries ?? []).filter(fine))
        : unmet(
            failing
              ? `${inWords(failing)}${exchanges(again?.entries ?? []).map((entry) => `, ${fate(entry)}`)}`
              : 'no second callback was reached',
            broken,
          ),
    }
  },
})

export const errorCases: readonly Case[] = [
  refusalIsFinal,
  refusedCode('does-not-take-an-error-for-tokens', 'errors.error-in-200', ['zoho-payments'], true),
  refusedCode(
    'reports-a-refused-code',
    'errors.refused-code-reported',
    allProviders.filter((id) => id !== 'zoho-payments'),
    false,
  ),
  retryAfter,
  serverErrors,
  brokenReply({
    name: 'survives-truncated-json',
    title: 'Half a token response is no token response',
    kind: 'truncate',
    says: 'half a body',
  }),
  brokenReply({
    name: 'survives-html-error-page',
    title: "A gateway's HTML page is no token response",
    kind: 'gateway-page',
    says: 'an HTML page',
  }),
  brokenReply({
    name: 'survives-connection-reset',
    title: 'A connection that is reset is reported',
    kind: 'reset',
    says: 'a reset connection',
  }),
]
