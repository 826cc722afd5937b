/** Learns a provider from recorded traffic: what was seen, each with the exchange that it was seen in. */

import type { Seen } from './endpoints.js'
import { callbackOf, readEndpoints } from './endpoints.js'
import { learnAuthorizationErrors, learnCallErrors, learnErrors } from './errors.js'
import { isJwt, jwtParts, patternOf } from './patterns.js'
import type { Keep, Members } from './read.js'
import { clientOf, clientsIn, isGranted, issuedIn, string } from './read.js'
import type { Exchange } from './traffic.js'

/** A value with where it was seen. */
export interface Learned {
  readonly value: unknown
  readonly from: Exchange
}

export interface LearnedProvider {
  /** By dotted path below the file: `settings.access.lifetime`. */
  readonly leaves: ReadonlyMap<string, Learned>
  /** What a person has to look at. */
  readonly unlearned: readonly string[]
  /** Secrets as they stood in the traffic, and what stands in their place. */
  readonly replaced: ReadonlyMap<string, string>
}

/** Which placeholder a member of a reply stands for; what is none is the same every time. */
const replyMember = (name: string, value: unknown, at: number): unknown => {
  const known: { readonly [member: string]: string } = {
    access_token: '{access_token}',
    refresh_token: '{refresh_token}',
    id_token: '{id_token}',
    expires_in: '{expires_in}',
    scope: '{scope}',
  }
  if (Object.hasOwn(known, name)) return known[name]
  if (typeof value === 'number' && Math.abs(value - at) <= 5) return '{now}'
  return value
}

const claimMember = (name: string, value: unknown, issuer: string, clients: readonly string[]): unknown => {
  const known: { readonly [claim: string]: string } = {
    exp: '{expires}',
    iat: '{issued}',
    nbf: '{notBefore}',
    jti: '{id}',
    sub: '{user.id}',
    scope: '{scope}',
    client_id: '{client}',
    nonce: '{nonce}',
    auth_time: '{issued}',
  }
  if (value === issuer) return '{issuer}'
  if (typeof value === 'string' && clients.includes(value)) return '{client}'
  return Object.hasOwn(known, name) ? known[name] : value
}

const formatOf = (samples: readonly string[], issuer: string, clients: readonly string[]): unknown => {
  const [first = ''] = samples
  if (!isJwt(first)) return patternOf(samples)
  const { header, claims } = jwtParts(first)
  const id = string(claims['jti']) ?? first
  return {
    kind: 'jwt',
    id: patternOf([id === first ? 'x'.repeat(22) : id]),
    header: { ...header, ...(header['kid'] === undefined ? {} : { kid: '{kid}' }) },
    claims: Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimMember(name, value, issuer, clients)])),
  }
}

const lifetimeOf = (token: string): number | undefined => {
  if (!isJwt(token)) return undefined
  const { exp, iat } = jwtParts(token).claims
  return typeof exp === 'number' && typeof iat === 'number' ? exp - iat : undefined
}

export const learn = (exchanges: readonly Exchange[]): LearnedProvider => {
  const { seen, left } = readEndpoints(exchanges)
  const issued = issuedIn(seen)
  const leaves = new Map<string, Learned>()
  const unlearned: string[] = []
  const replaced = new Map<string, string>()
  const set = (path: string, value: unknown, from: Exchange): void => {
    if (!leaves.has(path)) leaves.set(path, { value: scrubbed(value, issued), from })
  }
  const of = (operation: Seen['operation']): readonly Seen[] => seen.filter((one) => one.operation === operation)

  const tokens = of('token')
  const granted = tokens.filter(isGranted)
  const authorizations = of('authorize')
  const landings = authorizations.flatMap((one) => {
    const to = callbackOf(one.exchange)
    return to?.searchParams.has('code') ? [{ ...one, to }] : []
  })
  learnIssuer(seen, landings, set)
  const issuer = String(leaves.get('settings.issuer')?.value ?? '')
  learnEndpoints(seen, set)
  learnAuthorize(landings, issuer, set)
  learnTokens(granted, issuer, clientsIn([...tokens, ...authorizations]), set)
  learnRefresh(granted, set)
  learnClients(tokens, authorizations, granted, set, replaced)
  learnErrors(tokens, granted, set, unlearned)
  learnAuthorizationErrors(authorizations, issuer, set)
  learnResources(seen, set)
  learnCallErrors(seen, set)
  learnRevocation(of('revoke'), issued, set)
  learnReplay(seen, granted, set)

  if (authorizations.length === 0) unlearned.push('no authorization request was recorded: how a code is come by is not known')
  if (granted.length === 0) unlearned.push('no token was granted: the reply, formats and lifetimes are those of the RFCs')
  else if (!granted.some(({ exchange }) => exchange.params.get('grant_type') === 'refresh_token'))
    unlearned.push('no refresh was recorded: whether refresh tokens rotate is not known')
  if (!tokens.some((one) => !isGranted(one))) unlearned.push('no refusal of the token endpoint was recorded: errors are those of the RFCs')
  for (const { number, method, url, status } of left)
    unlearned.push(`entry ${number}, ${method} ${url.pathname} (${status}), was not understood`)
  return { leaves, unlearned, replaced }
}

type Landing = Seen & { readonly to: URL }

const learnIssuer = (seen: readonly Seen[], landings: readonly Landing[], set: Keep): void => {
  for (const { exchange } of seen) {
    const named = string(exchange.body?.['issuer'])
    if (named !== undefined) set('settings.issuer', named, exchange)
    for (const token of [exchange.body?.['id_token'], exchange.body?.['access_token']])
      if (isJwt(token)) {
        const iss = string(jwtParts(token).claims['iss'])
        if (iss !== undefined) set('settings.issuer', iss, exchange)
      }
  }
  for (const { to, exchange } of landings) {
    const iss = to.searchParams.get('iss')
    if (iss !== null) set('settings.issuer', iss, exchange)
  }
  const first = seen.find(({ operation }) => operation === 'token') ?? seen[0]
  if (first) set('settings.issuer', `https://${first.exchange.url.host.replace(/:\d+$/, '')}`, first.exchange)
}

const nameOf = (operation: string, path: string): string => {
  if (operation !== 'resource' && operation !== 'metadata') return operation
  return (
    path
      .split(/[^a-zA-Z0-9]+/)
      .filter((part) => part !== '')
      .map((part, at) => (at === 0 ? part.toLowerCase() : `${part[0]?.toUpperCase()}${part.slice(1)}`))
      .join('') || operation
  )
}

const learnEndpoints = (seen: readonly Seen[], set: Keep): void => {
  const paths = new Map<string, { readonly name: string; readonly first: Seen; readonly methods: string[] }>()
  for (const one of seen) {
    const known = paths.get(one.path)
    if (known) {
      if (!known.methods.includes(one.exchange.method)) known.methods.push(one.exchange.method)
    } else {
      const base = nameOf(one.operation, one.path)
      const taken = [...paths.values()].some(({ name }) => name === base)
      paths.set(one.path, { name: taken ? `${base}${paths.size}` : base, first: one, methods: [one.exchange.method] })
    }
  }
  for (const [path, { name, first, methods }] of paths) {
    const { operation, exchange } = first
    const host = exchange.url.hostname.replace(/^(127\..*|localhost|\[::1\])$/, 'learned.localhost')
    set(`settings.endpoints.${name}`, { operation, methods, path, host, ...answerAt(seen, path, operation) }, exchange)
  }
}

/** What a resource answered the first time that it did. */
const answerAt = (seen: readonly Seen[], path: string, operation: string): { readonly answer?: unknown } => {
  if (!['resource', 'userinfo', 'metadata'].includes(operation)) return {}
  const good = seen.find((one) => one.path === path && one.exchange.status < 400)
  return good ? { answer: { status: good.exchange.status, ...(good.exchange.body ? { body: good.exchange.body } : {}) } } : {}
}

const learnAuthorize = (landings: readonly Landing[], issuer: string, set: Keep): void => {
  const [first] = landings
  if (!first) return
  const { exchange, to } = first
  set('settings.authorize', {}, exchange)
  if (exchange.status === 303) set('settings.authorize.status', 303, exchange)
  if (!exchange.params.has('response_type')) set('settings.authorize.responseTypeRequired', false, exchange)
  const scope = exchange.params.get('scope') ?? ''
  if (scope.includes(',')) set('settings.authorize.scopeSeparators', ', ', exchange)
  const adds = [...to.searchParams].filter(
    ([name]) => name !== 'code' && name !== 'state' && !new URL(exchange.params.get('redirect_uri') ?? to.href).searchParams.has(name),
  )
  if (adds.length > 0)
    set('settings.authorize.adds', Object.fromEntries(adds.map(([name, value]) => [name, value === issuer ? '{issuer}' : value])), exchange)
  set('settings.code.format', patternOf(landings.map((one) => one.to.searchParams.get('code') ?? '')), exchange)
}

const withExpiry = (body: Members): number => Object.keys(body).length

const learnTokens = (granted: readonly Seen[], issuer: string, clients: readonly string[], set: Keep): void => {
  const fullest = granted.toSorted((a, b) => withExpiry(b.exchange.body ?? {}) - withExpiry(a.exchange.body ?? {}))[0]
  if (!fullest) return
  const { exchange } = fullest
  const body = exchange.body ?? {}
  set(
    'settings.token.reply',
    Object.fromEntries(Object.entries(body).map(([name, value]) => [name, replyMember(name, value, exchange.at)])),
    exchange,
  )
  const kept = ['cache-control', 'pragma'].filter((name) => exchange.headers.has(name))
  set('settings.token.headers', Object.fromEntries(kept.map((name) => [name, exchange.headers.get(name) ?? ''])), exchange)
  const access = granted.map(({ exchange: one }) => String(one.body?.['access_token']))
  set('settings.access.format', formatOf(access, issuer, clients), exchange)
  const said = granted.find(({ exchange: one }) => typeof one.body?.['expires_in'] === 'number')
  set(
    'settings.access.lifetime',
    said ? said.exchange.body?.['expires_in'] : (lifetimeOf(access[0] ?? '') ?? null),
    (said ?? fullest).exchange,
  )
  for (const { exchange: one } of granted) {
    if (one.paramsIn === 'query') set('settings.token.reads.query', true, one)
    if (one.paramsIn === 'json') set('settings.token.reads.json', true, one)
    const grant = one.params.get('grant_type')
    if (grant !== undefined && !['authorization_code', 'refresh_token'].includes(grant)) set(`settings.token.grants.${grant}`, true, one)
    if (grant === undefined) set('settings.token.grantTypeRequired', false, one)
  }
  const scope = string(body['scope'])
  if (scope?.includes(',')) set('settings.token.scopeSeparator', ',', exchange)
  const identity = granted.find(({ exchange: one }) => isJwt(one.body?.['id_token']))
  if (identity) set('settings.idToken.format', formatOf([String(identity.exchange.body?.['id_token'])], issuer, clients), identity.exchange)
  const coded = granted.find(({ exchange: one }) => one.params.get('grant_type') === 'authorization_code')
  const codeParameter = coded && [...coded.exchange.params.keys()].find((name) => /^(authorization_)?code$/.test(name))
  if (coded && codeParameter !== undefined && codeParameter !== 'code')
    set('settings.code.parameters', { [codeParameter]: true }, coded.exchange)
  if (coded && !coded.exchange.params.has('redirect_uri')) set('settings.code.redirectUri', 'ignored', coded.exchange)
}

const learnRefresh = (granted: readonly Seen[], set: Keep): void => {
  const begun = granted.find(({ exchange }) => exchange.params.get('grant_type') === 'authorization_code')
  const refreshes = granted.filter(({ exchange }) => exchange.params.get('grant_type') === 'refresh_token')
  const held = granted.find(({ exchange }) => string(exchange.body?.['refresh_token']) !== undefined)
  if (held) set('settings.refresh.format', patternOf([String(held.exchange.body?.['refresh_token'])]), held.exchange)
  if (begun && !held) set('settings.refresh.given', 'never', begun.exchange)
  for (const { exchange } of refreshes) {
    const [sent, got] = [exchange.params.get('refresh_token'), string(exchange.body?.['refresh_token'])]
    set('settings.refresh.rotates', got !== undefined && got !== sent ? 'always' : 'never', exchange)
    set('settings.refresh.returned', got === undefined ? 'never' : 'always', exchange)
  }
}

const learnClients = (
  tokens: readonly Seen[],
  authorizations: readonly Seen[],
  granted: readonly Seen[],
  set: Keep,
  replaced: Map<string, string>,
): void => {
  const ways = granted.map(({ exchange }) => ({ exchange, ...clientOf(exchange) }))
  for (const { by, exchange } of ways) if (by) set(`settings.client.takes.${by}`, true, exchange)
  if (ways.some(({ by }) => by === 'body') && !ways.some(({ by }) => by === 'basic') && ways[0])
    set('settings.client.takes.basic', false, ways[0].exchange)
  const asked = [...authorizations, ...tokens].map(({ exchange }) => ({
    exchange,
    ...clientOf(exchange),
    named: exchange.params.get('client_id'),
  }))
  const first = ways[0] ?? asked[0]
  if (!first) return
  const client = asked.find(({ named }) => named !== undefined)
  const issued = first.by === 'basic' && client?.named !== undefined && client.named !== first.id
  const secret = 'learned-secret'
  if (first.secret !== undefined) replaced.set(first.secret, secret)
  const scopes = [
    ...new Set(
      [...authorizations, ...granted].flatMap(({ exchange }) =>
        [exchange.params.get('scope'), string(exchange.body?.['scope'])].flatMap((one) => one?.split(/[\s,+]+/) ?? []),
      ),
    ),
  ].filter((one) => one !== '')
  set('settings.scopes', scopes, first.exchange)
  const redirects = [...new Set([...authorizations, ...granted].flatMap(({ exchange }) => exchange.params.get('redirect_uri') ?? []))]
  if (issued) {
    set('settings.client.basicUser', 'username', first.exchange)
    set('settings.client.username', '{alnum20}', first.exchange)
    set('settings.client.password', '{url43}', first.exchange)
  }
  set(
    'seed.clients',
    [
      {
        clientId: client?.named ?? first.id ?? 'learned-client',
        clientSecret: secret,
        ...(issued ? { username: first.id, password: secret } : {}),
        name: 'Learned client',
        redirectUris: redirects,
        loopback: true,
        scope: scopes,
      },
    ],
    first.exchange,
  )
  const identity = granted.flatMap(({ exchange }) =>
    [exchange.body?.['id_token'], exchange.body?.['access_token']].flatMap((token) =>
      isJwt(token) ? [jwtParts(token).claims['sub']] : [],
    ),
  )
  set('seed.users', [{ id: string(identity[0]) ?? 'learned-user', email: 'learned@example.com', name: 'Learned User' }], first.exchange)
}

const learnResources = (seen: readonly Seen[], set: Keep): void => {
  const calls = seen.filter(({ operation }) => operation === 'resource' || operation === 'userinfo')
  const good = calls.find(({ exchange }) => exchange.status < 400)
  if (!good) return
  const header = good.exchange.requestHeaders.get('authorization') ?? ''
  const space = header.indexOf(' ')
  const scheme = space < 0 ? '' : header.slice(0, space)
  if (scheme !== 'Bearer') set('settings.resource.scheme', scheme, good.exchange)
}

/** An answer that names what it ended says it each time anew. */
const revoked = (value: unknown, issued: readonly string[], sent: string | undefined): unknown => {
  if (typeof value === 'string') return value === sent ? '{token}' : value
  if (Array.isArray(value))
    return value.length > 0 && value.every((one) => issued.includes(String(one)))
      ? '{revoked}'
      : value.map((one) => revoked(one, issued, sent))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revoked(one, issued, sent)]))
}

const learnRevocation = (revocations: readonly Seen[], issued: readonly string[], set: Keep): void => {
  const good = revocations.find(({ exchange }) => exchange.status < 400)
  if (!good) return
  const { exchange } = good
  set('settings.revoke', {}, exchange)
  const bearer = exchange.requestHeaders.has('authorization') && clientOf(exchange).by !== 'basic'
  set('settings.revoke.authenticates', clientOf(exchange).by !== undefined ? 'always' : bearer ? 'with-token' : 'never', exchange)
  const body = exchange.body && revoked(exchange.body, issued, exchange.params.get('token'))
  set('settings.revoke.answer', { status: exchange.status, ...(body ? { body } : {}) }, exchange)
}

const bearerOf = ({ requestHeaders, params }: Exchange): string | undefined =>
  requestHeaders.get('authorization')?.replace(/^\S+ /, '') ?? params.get('access_token')

/** A code that comes twice ends what it brought, where a token that was good is none any more. */
const learnReplay = (seen: readonly Seen[], granted: readonly Seen[], set: Keep): void => {
  const codes = granted.flatMap(({ exchange }) => exchange.params.get('code') ?? [])
  const replay = seen.findIndex((one) => !isGranted(one) && codes.includes(one.exchange.params.get('code') ?? ''))
  const replayed = seen[replay]
  if (!replayed) return
  const ended = seen.findIndex(({ operation }) => operation === 'revoke' || operation === 'disconnect')
  const after = seen.slice(replay, ended < replay ? undefined : ended)
  const good = seen.slice(0, replay).flatMap(({ exchange }) => (exchange.status < 400 ? (bearerOf(exchange) ?? []) : []))
  const over = after.find(({ exchange }) => exchange.status === 401 && good.includes(bearerOf(exchange) ?? ''))
  if (over) set('settings.code.replayEnds', 'grant', over.exchange)
}

/** What is left of a secret where nothing says what it stands for. */
const scrubbed = (value: unknown, issued: readonly string[]): unknown => {
  if (typeof value === 'string') return issued.reduce((text, secret) => text.replaceAll(secret, 'learned-secret'), value)
  if (Array.isArray(value)) return value.map((one) => scrubbed(one, issued))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, scrubbed(one, issued)]))
}
