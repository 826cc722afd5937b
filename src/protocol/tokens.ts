/** Issues tokens: what is remembered of them, and what is handed out (RFC 6749 §5.1). */

import type { Format } from '../provider/formats.js'
import type { Seconds } from '../provider/settings.js'
import { authorizedFacts } from './authorized.js'
import type { Answered, DecisionContext, Issued, Refused, Trace } from './context.js'
import { refused } from './context.js'
import type { Facts } from './fill.js'
import { fill } from './fill.js'
import type { AccessToken, Authorized, Client, Connection, End, RefreshToken, Tx, User } from './records.js'
import { later, wholeSeconds } from './time.js'
import { withinWindow } from './window.js'

/** What a token stands for. */
export interface Grant {
  readonly client: Client
  readonly user: User | undefined
  readonly scope: string
  readonly connection: string
  readonly generation: number
  readonly more?: Authorized
}

const keptUntil = (context: DecisionContext, expires: Seconds | null): Seconds | undefined =>
  expires === null ? undefined : later(expires, context.settings.access.remembered)

/** Marks a record as ended, to be remembered only for a while. */
export const withEnd = <R extends { readonly ended?: End | undefined; readonly until?: Seconds | undefined }>(
  context: DecisionContext,
  record: R,
  ended: End,
): R =>
  Object.assign({}, record, {
    ended,
    // Access tokens look at what they were made from: it is remembered at least as long as they could live.
    until: later(context.now, Math.max(context.settings.access.remembered, context.settings.access.lifetime ?? 0)),
  })

/** The connection that a new authorization belongs to: a new one, or the one that client and user share. */
export const openConnection = (
  context: DecisionContext,
  tx: Tx,
  client: string,
  user: string,
): { connection: string; generation: number } => {
  if (context.settings.connection === 'per-authorization') return { connection: context.mint('{hex16}'), generation: 0 }
  const { account } = context.settings
  const owner = account === null ? user : (tx.get('user', user)?.profile[account] ?? user)
  const connection = `${client}|${owner}`
  return { connection, generation: tx.get('connection', connection)?.generation ?? 0 }
}

/** Ends everything that was issued under a connection so far. */
export const endConnection = (
  context: DecisionContext,
  tx: Tx,
  of: { connection: string; client: string; user: string; generation: number },
  ended: End,
): void => {
  const record: Connection = { client: of.client, user: of.user, generation: of.generation + 1, ended }
  tx.put('connection', of.connection, context.settings.connection === 'per-user' ? record : { ...record, until: later(context.now, year) })
}
const year = 31_536_000

/** Whether what carries this generation still stands: its connection, its user. */
export const connectionStatus = (
  tx: Tx,
  of: { connection: string; user: string; generation: number },
): 'yes' | 'connection_ended' | 'user_removed' => {
  if (of.user !== '' && tx.get('user', of.user)?.removed) return 'user_removed'
  const connection = tx.get('connection', of.connection)
  return connection === undefined || connection.generation === of.generation ? 'yes' : 'connection_ended'
}

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The 16 bytes of a UUID in URL-safe base64; anything else stays as it is. */
const compactUuid = (id: string): string => {
  const hex = id.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/i.test(hex)) return id
  const bits = [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('')
  return (bits.match(/.{1,6}/g) ?? []).map((six) => base64url[Number.parseInt(six.padEnd(6, '0'), 2)]).join('')
}

/** A user is the same value as long as nothing about the user changes. */
const profiles = new WeakMap<User, Facts>()
const profileOf = (user: User): Facts => {
  let facts = profiles.get(user)
  if (!facts) {
    facts = { ...user.profile, id: user.id, compactId: compactUuid(user.id), email: user.email, name: user.name }
    profiles.set(user, facts)
  }
  return facts
}

/** What is the user's among things that are divided by location; the first is that of users without one. */
export const homeIn = (homes: { readonly [location: string]: string }, user: User | undefined): string | undefined => {
  for (const first in homes) {
    const location = user?.profile['location']
    return typeof location === 'string' && Object.hasOwn(homes, location) ? homes[location] : homes[first]
  }
  return undefined
}

/** A scope with what the provider puts between two of it. */
const written = ({ settings: { token } }: DecisionContext, scope: string): string =>
  token.scopeSeparator === ' ' ? scope : scope.replaceAll(' ', token.scopeSeparator)

/** The facts that placeholders in replies and claims may name. */
export const factsOf = (context: DecisionContext, grant: Omit<Grant, 'connection' | 'generation'>): Facts => {
  const facts = {
    issuer: context.settings.issuer,
    base: context.base,
    now: wholeSeconds(later(context.now, context.skew ?? 0)),
    client: grant.client.id,
    scope: grant.scope === '' ? undefined : written(context, grant.scope),
    scopes: grant.scope === '' ? [] : grant.scope.split(' '),
    user: grant.user && profileOf(grant.user),
    home: homeIn(context.settings.token.homes, grant.user),
    added: grant.user?.claims,
  }
  const { openid, dpop, resourceIndicators } = context.settings
  return openid || dpop || resourceIndicators ? Object.assign(facts, authorizedFacts(context, grant)) : facts
}

/** With the claims that a person added at log-in. */
const addedTo = (role: Issued['role'], claims: Facts, { added }: Facts): Facts =>
  added !== undefined && (role === 'access_token' || role === 'id_token') ? { ...claims, ...(added as Facts) } : claims

/** Mints a token in a format; a JWT still has to be signed, and says what `facts` come to. */
export const makeToken = (
  context: DecisionContext,
  format: Format,
  role: Issued['role'],
  expires: Seconds | null,
  facts: () => Facts,
  from?: string,
): Issued => {
  if (format.kind === 'opaque') {
    const id = context.mint(format.pattern)
    return { role, id, token: id, from, expires }
  }
  const id = context.mint(format.id)
  const { skew = 0 } = context
  const issued = wholeSeconds(later(context.now, skew))
  const all: Facts = {
    id,
    issued,
    notBefore: issued - context.settings.access.notBefore,
    expires: expires === null ? undefined : wholeSeconds(later(expires, skew)),
    ...facts(),
  }
  const claims = fill(format.claims, all) as Facts
  return { role, id, sign: { header: format.header as Facts, claims: addedTo(role, claims, all) }, from, expires }
}

export const makeAccessToken = (
  context: DecisionContext,
  tx: Tx,
  grant: Grant,
  from: string,
  lifetime = context.settings.access.lifetime,
): Issued => {
  const expires = lifetime === null ? null : later(context.now, lifetime)
  const issued = makeToken(context, context.settings.access.format, 'access_token', expires, () => factsOf(context, grant), from)
  const record: AccessToken = {
    client: grant.client.id,
    user: grant.user?.id ?? '',
    scope: grant.scope,
    connection: grant.connection,
    generation: grant.generation,
    expires,
    from,
    until: keptUntil(context, expires),
    ...(grant.more ? { more: grant.more } : {}),
    ...(context.settings.introspection ? { issued: context.now } : {}),
  }
  tx.put('access', issued.id, record)
  if (context.settings.access.heldPerUser !== null) capAccess(context, tx, record, issued.id, context.settings.access.heldPerUser)
  return issued
}

/** Under which the refresh tokens are counted that a user holds. */
const holderOf = ({ settings }: DecisionContext, client: string, user: string): string =>
  settings.refresh.heldBy === 'user' ? `|${user}` : `${client}|${user}`

/** Whether a rotation since has ended all that were issued before. */
export const isReplaced = (context: DecisionContext, tx: Tx, token: Pick<RefreshToken, 'client' | 'user' | 'series'>): boolean =>
  context.settings.refresh.replaces === 'every' &&
  (token.series ?? 0) < (tx.get('holding', holderOf(context, token.client, token.user))?.series ?? 0)
/** Ends the oldest access tokens of this user and client over the number that may live. */
const capAccess = (context: DecisionContext, tx: Tx, { client, user }: AccessToken, id: string, limit: number): void => {
  const holder = `access|${client}|${user}`
  const held = [...(tx.get('holding', holder)?.tokens ?? []), id]
  for (const one of held.slice(0, Math.max(0, held.length - limit))) {
    const token = tx.get('access', one)
    if (token && token.ended === undefined) tx.put('access', one, withEnd(context, token, 'evicted'))
  }
  tx.put('holding', holder, { tokens: held.slice(-limit) })
}

/** When a refresh token ends by itself: its own life, its idle time and the end of the whole grant, whichever is first. */
export const refreshExpiry = (context: DecisionContext, issued: Seconds, since: Seconds): Seconds | null => {
  const { lifetime, idle, hardStop } = context.settings.refresh
  const ends = [
    ...(lifetime === null ? [] : [later(issued, lifetime)]),
    ...(idle === null ? [] : [later(context.now, idle)]),
    ...(hardStop === null ? [] : [later(since, hardStop)]),
  ]
  return ends.length === 0 ? null : Math.min(...ends)
}

/** Access tokens that one refresh token keeps alive; one, where a refresh ends the last. */
export const liveLimit = ({ settings: { access } }: DecisionContext): number | null =>
  access.endsOnRefresh ? 1 : access.livePerRefreshToken

/** Makes room for one more refresh token of this user and client, or says that there is none. */
const makeRoom = (context: DecisionContext, tx: Tx, holder: string, limit: number): readonly string[] | 'full' => {
  const held = (tx.get('holding', holder)?.tokens ?? []).filter((id) => {
    const token = tx.get('refresh', id)
    return token !== undefined && token.ended === undefined
  })
  const over = held.length - limit + 1
  if (over <= 0) return held
  if (context.settings.refresh.whenFull === 'refused') return 'full'
  for (const id of held.slice(0, over)) {
    const token = tx.get('refresh', id)
    if (token) tx.put('refresh', id, withEnd(context, token, 'evicted'))
  }
  return held.slice(over)
}

/** Whether the user has given the client a refresh token that still works. */
export const holdsRefreshToken = (context: DecisionContext, tx: Tx, client: string, user: string): boolean =>
  (tx.get('holding', holderOf(context, client, user))?.tokens ?? []).some((id) => {
    const token = tx.get('refresh', id)
    return token !== undefined && token.ended === undefined && token.client === client
  })

export const makeRefreshToken = (
  context: DecisionContext,
  tx: Tx,
  grant: Grant,
  from: string,
  more: Pick<RefreshToken, 'public' | 'home'> & { readonly rotates?: true } = {},
): { readonly issued: Issued; readonly ended: readonly string[] } | Refused => {
  const { refresh } = context.settings
  if (
    refresh.perWindow.count !== null &&
    from !== 'seed' &&
    !withinWindow(context, tx, `refresh tokens of ${grant.client.id}|${grant.user?.id ?? ''}`, refresh.perWindow)
  )
    return refused('throttled', {}, { client: grant.client.id, settingPaths: ['refresh.perWindow', 'dialect.throttled.status'] })
  const expires = refreshExpiry(context, context.now, grant.more?.since ?? context.now)
  const holder = holderOf(context, grant.client.id, grant.user?.id ?? '')
  const holding = tx.get('holding', holder)
  // Who holds one need not be known of more than the last.
  const before = refresh.heldPerUser === null ? [] : (holding?.tokens ?? [])
  const sandbox = refresh.heldPerUser === null ? [] : makeRoom(context, tx, holder, refresh.heldPerUser)
  if (sandbox === 'full')
    return refused('refresh_tokens_exhausted', {}, { client: grant.client.id, settingPaths: ['refresh.heldPerUser', 'refresh.whenFull'] })
  const issued = makeToken(context, refresh.format, 'refresh_token', expires, () => factsOf(context, grant), from)
  const series = refresh.replaces === 'every' ? (holding?.series ?? 0) + (more.rotates ? 1 : 0) : undefined
  const record: RefreshToken = {
    client: grant.client.id,
    user: grant.user?.id ?? '',
    scope: grant.scope,
    connection: grant.connection,
    generation: grant.generation,
    issued: context.now,
    expires,
    from,
    refreshes: 0,
    ...(grant.more ? { more: grant.more } : {}),
    ...(more.public ? { public: true } : {}),
    ...(more.home === undefined ? {} : { home: more.home }),
    ...(series === undefined ? {} : { series }),
    until: keptUntil(context, expires),
  }
  tx.put('refresh', issued.id, record)
  if (refresh.heldPerUser !== null || refresh.again !== null || (series !== undefined && series !== holding?.series))
    tx.put('holding', holder, { tokens: [...sandbox, issued.id], ...(series === undefined ? {} : { series }) })
  return { issued, ended: before.filter((id) => !sandbox.includes(id)) }
}

/** The token reply: the provider's members in its order. */
export const tokenResponse = (context: DecisionContext, grant: Grant, issued: readonly Issued[], trace: Trace): Answered => {
  const access = issued.find(({ role }) => role === 'access_token')
  const left = access?.expires == null ? undefined : wholeSeconds(later(access.expires, -context.now))
  const renewable = issued.find(({ role }) => role === 'refresh_token')?.expires
  const refreshLeft = renewable == null ? undefined : wholeSeconds(later(renewable, -context.now))
  return {
    kind: 'answered',
    status: 200,
    template: context.settings.token.reply,
    headers: context.settings.token.headers,
    facts: {
      expires_in: left,
      expires_in_ms: left === undefined ? undefined : left * 1000,
      refresh_expires_in: refreshLeft,
      ...factsOf(context, grant),
    },
    trace: { client: grant.client.id, connection: grant.connection, issued, ...(grant.user ? { user: grant.user.id } : {}), ...trace },
  }
}
