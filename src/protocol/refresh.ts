/** Refreshes an access token (RFC 6749 §6), rotating the refresh token as the provider does (RFC 9700 §4.14). */

import type { Reason } from '../provider/dialect.js'
import { narrowed, resourcesOf } from './authorized.js'
import type { Authenticated } from './client.js'
import type { Answered, DecisionContext, Issued, Refused, Request } from './context.js'
import { refused } from './context.js'
import { tokenProof } from './dpop.js'
import { merge } from './merge.js'
import { refreshedIdToken } from './openid.js'
import type { End, RefreshToken, Tx } from './records.js'
import { later } from './time.js'
import {
  connectionStatus,
  endConnection,
  isReplaced,
  liveLimit,
  makeAccessToken,
  makeRefreshToken,
  refreshExpiry,
  tokenResponse,
  withEnd,
} from './tokens.js'

const ends: { readonly [E in End]?: Reason } = {
  rotated: 'refresh_token_rotated',
  evicted: 'refresh_token_evicted',
  expired: 'refresh_token_expired',
}

/** Rotated a short while ago: the client may not have received what it was rotated into. */
const replayable = ({ settings, now }: DecisionContext, { ended, rotated }: RefreshToken): boolean => {
  const { seconds } = settings.refresh.replayWindow
  return ended === 'rotated' && rotated !== undefined && (seconds === null || later(rotated.at, seconds) > now)
}

const objection = (context: DecisionContext, tx: Tx, auth: Authenticated, token: RefreshToken | undefined): Reason | undefined => {
  if (!token) return 'refresh_token_unknown'
  if (token.client !== auth.client.id) return 'refresh_token_of_another_client'
  if (token.ended !== undefined && !replayable(context, token)) return ends[token.ended] ?? 'refresh_token_revoked'
  if (token.ended === undefined && isReplaced(context, tx, token)) return 'refresh_token_rotated'
  return token.expires !== null && token.expires <= context.now ? 'refresh_token_expired' : undefined
}

const rotates = ({ settings, now }: DecisionContext, token: RefreshToken): boolean => {
  const { refresh } = settings
  if (refresh.rotates === 'sometimes') return token.refreshes % 2 === 1
  if (refresh.rotates !== 'late') return refresh.rotates === 'always'
  return token.expires !== null && later(token.issued, refresh.lateShare * (token.expires - token.issued)) <= now
}

const within = (asked: string, granted: string): boolean => {
  const scopes = granted.split(' ')
  return asked.split(/[\s,]+/).every((scope) => scopes.includes(scope))
}

const bearing: { readonly [R in Reason]?: readonly string[] } = {
  refresh_token_rotated: ['refresh.rotates', 'refresh.replaces', 'refresh.replayEnds'],
  refresh_token_evicted: ['refresh.heldPerUser'],
  refresh_token_expired: ['refresh.lifetime'],
}

/** Ends the oldest access tokens over the number that one refresh token keeps alive. */
const withinLimit = (
  context: DecisionContext,
  tx: Tx,
  live: readonly string[],
): { readonly live: readonly string[]; readonly ended: readonly string[] } => {
  const limit = liveLimit(context)
  if (limit === null) return { live: [], ended: [] }
  const alive = live.filter((id) => {
    const token = tx.get('access', id)
    return token !== undefined && token.ended === undefined && (token.expires === null || token.expires > context.now)
  })
  const ended = alive.slice(0, Math.max(0, alive.length - limit))
  for (const id of ended) {
    const token = tx.get('access', id)
    if (token) tx.put('access', id, withEnd(context, token, 'superseded'))
  }
  return { live: alive.slice(ended.length), ended }
}

/** The pair that a token was rotated into; `over` when that has been used itself; undefined when another pair is to be made. */
const samePair = (context: DecisionContext, tx: Tx, { rotated }: RefreshToken): readonly Issued[] | 'over' | undefined => {
  if (context.settings.refresh.replayWindow.answers === 'new-pair' || !rotated) return undefined
  const next = tx.get('refresh', rotated.to)
  if (!next || next.ended !== undefined) return 'over'
  return [rotated.access, { role: 'refresh_token', id: rotated.to, token: rotated.to, expires: next.expires }]
}

/** What it was rotated into is remembered where it may come back. */
const rotatedInto = (context: DecisionContext, token: RefreshToken, to: string, access: Issued): RefreshToken =>
  merge(withEnd(context, token, 'rotated'), { rotated: { to, at: context.now, access } })

export const decideRefresh = (context: DecisionContext, tx: Tx, request: Request, auth: Authenticated): Answered | Refused => {
  const { settings, now } = context
  const sent = request.params.get('refresh_token')
  if (!sent)
    return refused('parameter_missing', { parameter: 'refresh_token', parameters: "'refresh_token'", s: '' }, { client: auth.client.id })
  const id = tx.get('refresh', sent) ? sent : `${settings.refresh.optionalPrefix}${sent}`
  const token = tx.get('refresh', id)
  const presented = { role: 'refresh_token', id } as const
  const trace = { client: auth.client.id, presented }
  const against = objection(context, tx, auth, token)
  if (against !== undefined || !token) {
    if (against === 'refresh_token_rotated' && token && settings.refresh.replayEnds === 'grant') {
      endConnection(context, tx, token, 'replayed')
      return refused(
        against,
        {},
        { ...trace, connection: token.connection, ended: [token.connection], settingPaths: bearing[against] ?? [] },
      )
    }
    return refused(against ?? 'refresh_token_unknown', {}, { ...trace, settingPaths: bearing[against ?? 'refresh_token_unknown'] ?? [] })
  }
  if (auth.by === 'none' && token.public !== true) return refused('client_credentials_missing', {}, trace)
  const binding = tokenProof(context, tx, request, token.more?.jkt)
  if (typeof binding === 'object') return binding
  const alive = connectionStatus(tx, token)
  if (alive !== 'yes') return refused(alive, {}, trace)
  const asked = request.params.get('scope')
  if (asked && !within(asked, token.scope)) return refused('scope_exceeds_grant', { scope: asked }, trace)

  const { count, seconds } = settings.access.perWindow
  const uses = count === null ? [] : (token.uses ?? []).filter((at) => later(at, seconds) > now)
  if (count !== null && uses.length >= count)
    return refused('throttled', {}, { ...trace, settingPaths: ['access.perWindow.count', 'dialect.throttled.status'] })

  const resources = resourcesOf(context, request, token.more?.resources ?? [])
  if ('kind' in resources) return resources
  const user = tx.get('user', token.user)
  const kept = { client: auth.client, user, scope: token.scope, connection: token.connection, generation: token.generation }
  const grant = {
    ...kept,
    scope: asked ? asked.replaceAll(',', ' ') : token.scope,
    ...narrowed(token.more, resources, binding),
  }
  const again = token.ended === 'rotated' ? samePair(context, tx, token) : undefined
  if (again === 'over') return refused('refresh_token_rotated', {}, { ...trace, settingPaths: bearing['refresh_token_rotated'] ?? [] })
  if (again) return tokenResponse(context, grant, again, { presented, settingPaths: ['refresh.replayWindow'] })
  const rotating = token.ended === undefined && rotates(context, token)
  const renewing = rotating || token.ended === 'rotated'
  // Where old tokens go on for ever, none of them ends.
  const ending = rotating && settings.refresh.replayWindow.seconds !== null
  if (ending) tx.put('refresh', id, withEnd(context, token, 'rotated'))
  const next = renewing
    ? makeRefreshToken(context, tx, { ...kept, ...(token.more ? { more: token.more } : {}) }, id, {
        rotates: true,
        ...(token.public ? { public: true } : {}),
        ...(token.home === undefined ? {} : { home: token.home }),
      })
    : undefined
  if (next && 'kind' in next) return next
  const holder = next?.issued.id ?? id
  const access = makeAccessToken(context, tx, grant, holder)
  if (ending && settings.refresh.replayWindow.seconds !== 0) tx.put('refresh', id, rotatedInto(context, token, holder, access))
  const { live, ended } = withinLimit(context, tx, [...(token.live ?? []), access.id])
  const held = tx.get('refresh', holder)
  const counted = {
    refreshes: (held?.refreshes ?? 0) + (renewing ? 0 : 1),
    ...(liveLimit(context) === null ? {} : { live }),
    ...(count === null ? {} : { uses: [...uses, now] }),
    ...(settings.refresh.idle === null || next || !held
      ? {}
      : { expires: refreshExpiry(context, held.issued, held.more?.since ?? held.issued) }),
  }
  if (held) tx.put('refresh', holder, merge(held, counted))
  const identity = refreshedIdToken(context, grant)
  const same = { role: 'refresh_token', id, token: id, expires: token.expires } as const
  const returned = next
    ? settings.refresh.returned === 'never'
      ? []
      : [next.issued]
    : settings.refresh.returned === 'always'
      ? [same]
      : []
  return tokenResponse(context, grant, [access, ...returned, ...identity], {
    presented,
    ended: [...(ending ? [id] : []), ...ended, ...(next?.ended ?? [])],
    settingPaths: [
      'token.reply',
      'access.lifetime',
      'refresh.rotates',
      'refresh.returned',
      ...(ended.length > 0 ? ['access.livePerRefreshToken'] : []),
    ],
  })
}
