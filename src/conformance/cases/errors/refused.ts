/** What was refused, and is not asked for again. */

import type { Case, Finding, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, settingOf, unmet } from '../../runner/case.js'
import {
  after,
  calls,
  check,
  endless,
  entriesOf,
  exchanges,
  fellSilent,
  notSoFar,
  parametersOf,
  refreshes,
  refreshTokenOf,
  stepOf,
} from '../reading.js'
import { rotatingQuirks } from '../refresh/rotation.js'
import { errorsIn200, not, refreshing, rotating } from '../when.js'

const finalReference = rfc(
  6749,
  '5.2',
  'invalid_grant means that the token is invalid, expired or revoked: sending it again changes nothing',
)

const refusalIsFinal: Case = {
  topic: 'errors',
  name: 'does-not-retry-invalid-grant',
  title: 'A refresh token that is refused is not sent again',
  applies: refreshing,
  needs: ['callback', 'refresh'],
  quirks: rotatingQuirks,
  checks: (profile) => [
    check(
      'errors.refusal-is-final',
      'must',
      finalReference,
      {
        title: 'does not repeat a refused refresh',
        expected: 'one request with the refused refresh token, and an error',
        fix: 'Do not retry after an OAuth error. Retry only if no answer came.',
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
    ...(rotating(profile)
      ? [
          check(
            'errors.no-older-token',
            'must',
            rfc(6749, '6', 'When a new refresh token is issued, the client must discard the old one'),
            {
              title: 'does not fall back on a refresh token that was replaced',
              expected: 'no request with an earlier refresh token after the newest was refused',
              fix: 'Keep one refresh token, the newest. One that was replaced is taken for a stolen one when it comes again.',
            },
            { forbids: true },
          ),
        ]
      : []),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    // So that there is an older one, where a refresh brings another.
    if (rotating(context.profile)) for (const as of ['replaced', 'replaced again']) await context.ask('refresh', as)
    context.advance(context.profile.expires ?? 0)
    context.fault({ operation: 'token', kind: 'refuse', reason: 'refresh_token_revoked', times: 'always' })
    await context.ask('refresh', 'refused')
    if (!context.can('call')) return
    await context.ask('call', 'later')
    // A job that looks after the connection every minute does so for ever.
    for (let minute = 1; minute < 5 && !context.over(); minute += 1) {
      context.advance(60)
      if (context.can('clock')) await context.clock(minute * 60)
      await context.ask('call', `later by ${minute} minutes`)
    }
  },
  judge: (played) => {
    const step = stepOf(played, 'refused')
    const [first] = refreshes(step?.entries ?? [])
    if (!step || !first) {
      const finding = notSoFar(played, 'no refresh was refused')
      return {
        'errors.refusal-is-final': finding,
        'errors.refusal-is-remembered': finding,
        ...(rotating(played.profile) ? { 'errors.no-older-token': finding } : {}),
      }
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
      if (fellSilent(step)) return unmet(endless(step), first, ...again)
      if (again.length > 0) return unmet(`sent again ${again.length} times`, first, ...again)
      return step.state === 'ok' ? unmet('the client said that it refreshed', first) : met(first)
    }
    const sent = (entry: typeof first): string | undefined => parametersOf(entry)['refresh_token']
    // Nothing was issued since: whatever else it sends, it had before.
    const since = played.steps.filter(({ as }) => as === 'refused' || as.startsWith('later'))
    const older = refreshes(after(entriesOf(since), first)).find((entry) => sent(entry) !== sent(first))
    return {
      'errors.refusal-is-final': final(),
      'errors.refusal-is-remembered': remembered(),
      ...(rotating(played.profile)
        ? { 'errors.no-older-token': older ? unmet('sent a refresh token that had been replaced', first, older) : met(first) }
        : {}),
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

const refusedCode = (name: string, id: string, in200: boolean): Case => ({
  topic: 'errors',
  name,
  title: in200 ? 'An error that comes with status 200 is taken for an error' : 'A code that is refused is reported',
  applies: in200 ? errorsIn200 : not(errorsIn200),
  needs: ['callback'],
  checks: (profile) => [
    check(
      id,
      in200 ? 'provider' : 'must',
      in200
        ? settingOf(profile, 'dialect.code_expired.status', 'Errors come with HTTP 200 and only a member error')
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
  play: async (context) => {
    const url = await context.begin()
    if (url === undefined) return
    context.advance(context.profile.codeLives + 5)
    context.note('arrange', 'the code has expired')
    await context.ask('callback', 'late', { url })
    if (context.can('call')) await context.ask('call')
  },
  judge: (played) => judgeRefusedCode(played, id),
})

export const refusedCases: readonly Case[] = [
  refusalIsFinal,
  refusedCode('does-not-take-an-error-for-tokens', 'errors.error-in-200', true),
  refusedCode('reports-a-refused-code', 'errors.refused-code-reported', false),
]
