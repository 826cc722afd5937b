/** The end of a connection: telling the provider, using nothing of it any more, and beginning again. */

import type { FaultSpec } from '../../../index.js'
import type { Case, Finding } from '../../runner/case.js'
import { inapplicable, met, rfc, settingOf, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import type { Profile } from '../../runner/profile.js'
import {
  after,
  calls,
  check,
  disconnections,
  endless,
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
} from '../reading.js'

const reference = ({ provider, docs, revokes }: Profile) =>
  revokes?.endpoint.operation === 'disconnect'
    ? {
        id: `${provider} ${revokes.endpoint.methods[0]} ${revokes.endpoint.path}`,
        text: 'An application whose user leaves it ends its connection',
        url: docs,
      }
    : rfc(7009, '1', 'A client that no longer needs a token has it revoked')

/** Where the path of the revocation endpoint is decided. */
const revocationPath = ({ settings, revokes }: Profile): string =>
  `endpoints.${Object.entries(settings.endpoints).find(([, endpoint]) => endpoint === revokes?.endpoint)?.[0] ?? 'revoke'}.path`

const connectAndRevoke = async (context: CaseContext): Promise<boolean> =>
  (await context.connect()) && (await context.ask('revoke')).state === 'ok'

const tells: Case = {
  topic: 'disconnect',
  name: 'ends-the-connection',
  title: 'The client tells the provider that the user disconnected',
  applies: ({ revokes }) => revokes?.by === 'access',
  needs: ['callback', 'revoke'],
  checks: (profile) => [
    check('disconnect.tells-provider', 'should', reference(profile), {
      title: 'tells the provider',
      expected: 'a request that ends the connection, and is answered with success',
      fix: 'Call the revocation endpoint with the access token before the tokens are deleted.',
    }),
  ],
  play: async (context) => void (await connectAndRevoke(context)),
  judge: (played) => {
    const sent = disconnections(played.entries)
    const step = stepOf(played, 'revoke')
    if (!step || exchanges(played.entries).filter(fine).length === 0)
      return { 'disconnect.tells-provider': notSoFar(played, 'the client was never connected') }
    if (sent.length === 0)
      return { 'disconnect.tells-provider': unmet(`no request came: ${inWords(step)}`, ...exchanges(played.entries).filter(fine)) }
    return { 'disconnect.tells-provider': sent.some(fine) ? met(...sent) : unmet(sent.map(fate).join(', '), ...sent) }
  },
}

const revokesRefreshToken: Case = {
  topic: 'disconnect',
  name: 'revokes-the-refresh-token',
  title: 'The client revokes the refresh token, not the access token',
  applies: ({ revokes }) => revokes?.by === 'refresh',
  needs: ['callback', 'revoke'],
  checks: (profile) => [
    check(
      'disconnect.refresh-token',
      'must',
      settingOf(profile, revocationPath(profile), 'token names the refresh token; its access tokens end with it'),
      {
        title: 'revokes the refresh token',
        expected: 'token=<refresh token>, answered with success',
        fix: 'Send the refresh token, not the access token: revoking an access token leaves the connection alive.',
      },
    ),
  ],
  play: async (context) => void (await connectAndRevoke(context)),
  judge: (played) => {
    const sent = disconnections(played.entries)
    const held = exchanges(played.entries)
      .find(fine)
      ?.issued?.find(({ kind }) => kind === 'refresh_token')
    const [first] = sent
    const step = stepOf(played, 'revoke')
    if (!held || !step) return { 'disconnect.refresh-token': notSoFar(played, 'the client was never connected') }
    if (!first) return { 'disconnect.refresh-token': unmet(`no request came: ${inWords(step)}`, ...exchanges(played.entries).filter(fine)) }
    const right = (first.request.parameters['token'] ?? first.presented?.id) === held.id
    return {
      'disconnect.refresh-token': right && fine(first) ? met(first) : unmet(right ? fate(first) : 'another token was revoked', first),
    }
  },
}

const stops: Case = {
  topic: 'disconnect',
  name: 'stops-using-tokens',
  title: 'After a disconnect the client uses no token of the connection',
  applies: ({ revokes }) => revokes !== null,
  needs: ['callback', 'revoke'],
  checks: (profile) => [
    check(
      'disconnect.stops',
      'should',
      reference(profile),
      {
        title: 'uses none of the old tokens',
        expected: 'no API call and no refresh with a token of the connection that ended',
        fix: 'Delete access token and refresh token when the connection ends.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    if (!(await connectAndRevoke(context))) return
    if (context.can('call')) await context.ask('call', 'call afterwards')
    if (context.can('refresh')) await context.ask('refresh', 'refresh afterwards')
  },
  judge: (played) => {
    const ended = disconnections(played.entries).find(fine)
    const asked = stepOf(played, 'call afterwards') ?? stepOf(played, 'refresh afterwards')
    if (!ended || !asked) return { 'disconnect.stops': notSoFar(played, 'no connection was ended') }
    const later = after(played.entries, ended)
    const using = [...calls(later), ...refreshes(later).filter((entry) => refreshTokenOf(entry))]
    return { 'disconnect.stops': using.length > 0 ? unmet(using.map(fate).join(', '), ended, ...using) : met(ended) }
  },
}

const again: Case = {
  topic: 'disconnect',
  name: 'starts-again',
  title: 'After a disconnect the client can connect again',
  applies: ({ revokes }) => revokes !== null,
  needs: ['callback', 'revoke'],
  checks: () => [
    check(
      'disconnect.starts-again',
      'must',
      rfc(6749, '4.1', 'A new authorization gives new tokens'),
      {
        title: 'connects again from the beginning',
        expected: 'a new code, redeemed, and an API call that works',
        fix: 'Start a new authorization. It needs nothing of the old connection.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await connectAndRevoke(context))) return
    if ((await context.connect({ as: 'again' })) && context.can('call')) await context.ask('call')
  },
  judge: (played) => {
    const ended = disconnections(played.entries).find(fine)
    if (!ended) return { 'disconnect.starts-again': notSoFar(played, 'no connection was ended') }
    const step = stepOf(played, 'again')
    const call = stepOf(played, 'call')
    const redeemed = exchanges(step?.entries ?? []).filter(fine)
    const works = redeemed.length > 0 && succeeded(step) && (!call || succeeded(call))
    const finding: Finding = works
      ? met(ended, ...redeemed)
      : unmet(call ? inWords(call) : step ? inWords(step) : 'no second callback was reached', ended)
    return { 'disconnect.starts-again': finding }
  },
}

/** More than this is no retry but a hammer. */
const bound = 5

const trouble = (name: string, title: string, fault: FaultSpec): Case => ({
  topic: 'disconnect',
  name,
  title,
  applies: ({ revokes }) => revokes !== null,
  needs: ['callback', 'revoke'],
  checks: (profile) => [
    check(
      'disconnect.trouble-bounded',
      'must',
      rfc(9110, '15.6', 'A 5xx is the server failing: a client may try again, with bounds'),
      {
        title: 'does not hammer a revocation endpoint in trouble',
        expected: `at most ${bound} requests in one step, which comes to an end`,
        fix: 'Try a revocation again later, a few times; a time limit on each.',
      },
      { forbids: true },
    ),
    check(
      'disconnect.trouble-stops',
      'should',
      reference(profile),
      {
        title: 'uses none of the tokens after the user left, or says that leaving failed',
        expected: 'no API call and no refresh with a token of the connection that was to end; or an error, and the user may try again',
        fix: 'Mark the connection as left before the provider is told, whatever comes of that; or tell the user that it goes on.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    const { operation } = context.profile.revokes?.endpoint ?? { operation: 'revoke' as const }
    context.fault({ operation, ...fault, times: 'always' })
    await context.ask('revoke', 'in trouble')
    context.sandbox.double.faults.clear()
    if (context.can('call')) await context.ask('call', 'call afterwards')
  },
  judge: (played) => {
    const step = stepOf(played, 'in trouble')
    const sent = disconnections(step?.entries ?? [])
    const [first] = sent
    if (!step || !first) {
      const finding = notSoFar(played, 'no revocation met the trouble')
      return { 'disconnect.trouble-bounded': finding, 'disconnect.trouble-stops': finding }
    }
    const later = stepOf(played, 'call afterwards')
    const using = later ? [...calls(later.entries), ...refreshes(later.entries).filter((entry) => refreshTokenOf(entry))] : []
    return {
      'disconnect.trouble-bounded': fellSilent(step)
        ? unmet(endless(step), first)
        : sent.length > bound
          ? unmet(`${sent.length} requests`, ...sent.slice(0, 4))
          : met(...sent),
      'disconnect.trouble-stops': !later
        ? inapplicable('the client says that it has no call')
        : using.length > 0 && step.state === 'ok'
          ? unmet(using.map(fate).join(', '), first, ...using)
          : met(first),
    }
  },
})

const expired: Case = {
  topic: 'disconnect',
  name: 'ends-a-connection-whose-token-has-expired',
  title: 'A user who leaves long after the last call has left: the access token has expired by then',
  applies: ({ revokes, refreshes: there, expires }) => revokes?.by === 'access' && there && expires !== null,
  needs: ['callback', 'revoke'],
  checks: (profile) => [
    check(
      'disconnect.expired-ends',
      'should',
      reference(profile),
      {
        title: 'ends the connection although its access token has expired',
        expected: 'a request that ends the connection, and is answered with success, if need be after a refresh',
        fix: 'When the provider refuses an expired token at the end of a connection, refresh once and tell it again.',
      },
      { recovers: true },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    context.advance(context.profile.expires ?? 0)
    await context.ask('revoke', 'late')
  },
  judge: (played) => {
    const step = stepOf(played, 'late')
    const sent = disconnections(step?.entries ?? [])
    if (!step) return { 'disconnect.expired-ends': notSoFar(played, 'the client was never connected') }
    if (sent.some(fine)) return { 'disconnect.expired-ends': met(...sent) }
    const seen = sent.length > 0 ? sent.map(fate).join(', ') : `no request came: ${inWords(step)}`
    return { 'disconnect.expired-ends': unmet(seen, ...exchanges(played.entries).filter(fine), ...sent) }
  },
}

export const disconnectCases: readonly Case[] = [
  tells,
  revokesRefreshToken,
  expired,
  stops,
  trouble('leaves-although-the-revocation-fails', 'A user who leaves has left, also when the provider cannot be told', {
    kind: 'status',
    status: 503,
  }),
  trouble('leaves-although-the-revocation-is-not-answered', 'A user who leaves has left, also when the provider does not answer', {
    kind: 'hang',
  }),
  again,
]
