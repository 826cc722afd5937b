/** Makes and redeems authorization codes (RFC 6749 §4.1.2, §4.1.3). */

import type { Reason } from '../provider/dialect.js'
import { narrowed, resourcesOf } from './authorized.js'
import type { Authenticated } from './client.js'
import { mayUse } from './client.js'
import type { Answered, DecisionContext, Issued, Refused, Request } from './context.js'
import { refused } from './context.js'
import { tokenProof } from './dpop.js'
import { merge } from './merge.js'
import { makeIdToken } from './openid.js'
import { matchesChallenge } from './pkce.js'
import type { Authorized, Client, Code, Tx, User } from './records.js'
import { isRegistered } from './redirect.js'
import { later } from './time.js'
import type { Grant } from './tokens.js'
import {
  connectionStatus,
  endConnection,
  liveLimit,
  makeAccessToken,
  makeRefreshToken,
  openConnection,
  tokenResponse,
  withEnd,
} from './tokens.js'
import { withinWindow } from './window.js'

/** The code under whichever name the provider takes it. */
export const codeOf = ({ settings }: DecisionContext, { params }: Request): string | undefined => {
  for (const [name, taken] of Object.entries(settings.code.parameters)) if (taken && params.get(name)) return params.get(name)
  return undefined
}

/** The first parameter of the exchange that is missing, or `a' and 'b` for two of them. */
export const missingForCode = (context: DecisionContext, request: Request): Refused | undefined => {
  const first = Object.keys(context.settings.code.parameters)[0] ?? 'code'
  const missing = [
    ...(codeOf(context, request) === undefined ? [first] : []),
    ...(context.settings.code.redirectUriRequired && context.settings.code.redirectUri !== 'ignored' && !request.params.get('redirect_uri')
      ? ['redirect_uri']
      : []),
  ]
  if (missing.length === 0) return undefined
  return refused(
    'parameter_missing',
    {
      parameter: missing[0],
      parameters: missing.map((name) => `'${name}'`).join(' and '),
      s: missing.length > 1 ? 's' : '',
    },
    { settingPaths: ['code.parameters', 'code.redirectUriRequired'] },
  )
}

const redirectFits = ({ settings }: DecisionContext, { client }: Authenticated, code: Code, sent: string | undefined): boolean => {
  if (settings.code.redirectUri === 'ignored') return true
  if (settings.code.redirectUri === 'registered') return sent !== undefined && isRegistered(client, sent, settings.client.redirectUris)
  if (code.redirectUri === null)
    return sent === undefined || client.redirectUris.length === 0 || isRegistered(client, sent, settings.client.redirectUris)
  return sent === code.redirectUri
}

/** Why the code is of no use, in the order in which a server can know it. */
const objection = (context: DecisionContext, auth: Authenticated, code: Code | undefined, request: Request): Reason | undefined => {
  if (!code) return 'code_unknown'
  if (code.client !== auth.client.id) return 'code_of_another_client'
  if (code.ended === 'used' && context.settings.code.once) return 'code_used'
  if (code.ended !== undefined && code.ended !== 'used') return 'code_expired'
  if (code.expires <= context.now) return 'code_expired'
  if (!redirectFits(context, auth, code, request.params.get('redirect_uri'))) return 'redirect_uri_differs'
  // RFC 9700 §4.8.2: a verifier without a challenge betrays a code that was not requested by this client.
  if (code.challenge === undefined)
    return context.settings.pkce?.strayVerifier === 'refused' && request.verifier ? 'verifier_wrong' : undefined
  if (!request.verifier || request.verifier.plain === '') return 'verifier_missing'
  return matchesChallenge(request.verifier, code.challenge, code.method ?? 'S256') ? undefined : 'verifier_wrong'
}

const bearing: { readonly [R in Reason]?: readonly string[] } = {
  code_expired: ['code.lifetime'],
  code_used: ['code.once', 'code.replayEnds'],
  redirect_uri_differs: ['code.redirectUri'],
}

const none: readonly string[] = []

export const decideCode = (context: DecisionContext, tx: Tx, request: Request, auth: Authenticated): Answered | Refused => {
  const { settings } = context
  const id = codeOf(context, request)
  if (id === undefined) return refused('parameter_missing', { parameter: 'code' })
  const code = tx.get('code', id)
  const presented = { role: 'code', id } as const
  const trace = { client: auth.client.id, presented }
  if (settings.code.perWindow.count !== null && !withinWindow(context, tx, `codes of ${auth.client.id}`, settings.code.perWindow))
    return refused('throttled', {}, { ...trace, settingPaths: ['code.perWindow', 'dialect.throttled.status'] })
  const against = objection(context, auth, code, request)
  if (against !== undefined || !code) {
    if (against === 'code_used' && code && settings.code.replayEnds === 'grant') {
      endConnection(context, tx, code, 'replayed')
      return refused(
        'code_used',
        {},
        { ...trace, connection: code.connection, ended: [code.connection], settingPaths: ['code.once', 'code.replayEnds'] },
      )
    }
    return refused(against ?? 'code_unknown', {}, { ...trace, settingPaths: bearing[against ?? 'code_unknown'] ?? [] })
  }
  if (auth.by === 'none' && code.challenge === undefined) return refused('client_credentials_missing', {}, trace)
  const binding = tokenProof(context, tx, request, code.more?.jkt)
  if (typeof binding === 'object') return binding
  const alive = connectionStatus(tx, code)
  if (alive !== 'yes') return refused(alive, {}, trace)
  const resources = resourcesOf(context, request, code.more?.resources ?? [])
  if ('kind' in resources) return resources

  const user = tx.get('user', code.user)
  const kept = { client: auth.client, user, scope: code.scope, connection: code.connection, generation: code.generation }
  // RFC 9449 §5: refresh tokens of a client with credentials are bound to these, not to a key.
  const renewable = { ...kept, ...narrowed(code.more, code.more?.resources ?? none, auth.by === 'none' ? binding : undefined) }
  const grant = { ...kept, ...narrowed(code.more, resources, binding) }
  const about = { ...(auth.by === 'none' ? { public: true } : {}), ...(code.home === undefined ? {} : { home: code.home }) }
  const refresh = code.offline && mayUse(auth.client, 'refresh_token') ? makeRefreshToken(context, tx, renewable, id, about) : undefined
  if (refresh && 'kind' in refresh) return refresh
  tx.put('code', id, withEnd(context, code, 'used'))
  const access = makeAccessToken(context, tx, grant, refresh?.issued.id ?? id)
  const beside = besideTokens(context, tx, grant, code, refresh?.issued.id ?? id)
  if (refresh) remember(context, tx, refresh.issued.id, access.id)
  const identity = makeIdToken(context, grant, code.nonce)
  const issued: Issued[] = [access, ...(refresh ? [refresh.issued] : []), ...(identity ? [identity] : []), ...beside]
  return tokenResponse(context, grant, issued, {
    presented,
    ended: [id, ...(refresh?.ended ?? [])],
    settingPaths: [
      'token.reply',
      'access.lifetime',
      'refresh.given',
      ...(refresh && refresh.ended.length > 0 ? ['refresh.heldPerUser'] : []),
    ],
  })
}

/** Tokens of scopes that were asked for beside the usual ones. */
const besideTokens = (context: DecisionContext, tx: Tx, grant: Grant, { beside }: Code, from: string): readonly Issued[] =>
  Object.entries(beside ?? {}).map(([name, scope]) => ({
    ...makeAccessToken(context, tx, { ...grant, scope }, from),
    as: `${name}_access_token`,
  }))

/** Counts the first access token among those the refresh token keeps alive. */
const remember = (context: DecisionContext, tx: Tx, refresh: string, access: string): void => {
  const token = tx.get('refresh', refresh)
  if (token && liveLimit(context) !== null) tx.put('refresh', refresh, merge(token, { live: [access] }))
}

/** Remembers a code for what was authorized. */
export const makeCode = (
  context: DecisionContext,
  tx: Tx,
  of: {
    client: Client
    user: User
    scope: readonly string[]
    redirectUri: string | null
    lifetime?: number
    pkce?: Pick<Code, 'challenge' | 'method'>
    nonce?: string | undefined
    code?: string
    /** False: a refresh token was not asked for. */
    offline?: boolean
    home?: string | undefined
    more?: Authorized
    beside?: { readonly [name: string]: string }
  },
): Issued => {
  const { code, access, refresh, authorize } = context.settings
  const id = of.code ?? context.mint(code.format.kind === 'opaque' ? code.format.pattern : code.format.id)
  const expires = later(context.now, of.lifetime ?? code.lifetime)
  const granted =
    refresh.given === 'always' ||
    (refresh.given === 'with-offline-scope' && authorize?.offline != null && of.scope.includes(authorize.offline.scope))
  const offline = granted && of.offline !== false
  tx.put('code', id, {
    client: of.client.id,
    user: of.user.id,
    scope: of.scope.join(' '),
    ...openConnection(context, tx, of.client.id, of.user.id),
    expires,
    redirectUri: of.redirectUri,
    ...of.pkce,
    ...(of.nonce === undefined ? {} : { nonce: of.nonce }),
    offline,
    ...(of.home === undefined ? {} : { home: of.home }),
    ...(of.more ? { more: of.more } : {}),
    ...(of.beside ? { beside: of.beside } : {}),
    until: later(expires, access.remembered),
  })
  return { role: 'code', id, token: id, expires }
}
