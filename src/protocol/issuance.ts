/** What a person or a test hands out without the protocol: codes, API keys, tokens. */

import { homeOf } from './authorize.js'
import { makeCode } from './code.js'
import type { DecisionContext, Issued } from './context.js'
import { fillText } from './fill.js'
import type { Client, Tx, User } from './records.js'
import { withParameters } from './redirect.js'
import { later } from './time.js'
import { factsOf, makeAccessToken, makeRefreshToken, makeToken, openConnection } from './tokens.js'

export interface CodeOptions {
  readonly client: Client
  readonly user: User
  readonly scope: readonly string[]
  readonly redirectUri?: string
  readonly lifetime?: number
  readonly state?: string
  readonly code?: string
  /** S256. */
  readonly challenge?: string
}

/** Where a token comes from that no exchange made. */
export const mintedOrigin = 'minted'

/** A code without a browser, and where a browser would be sent with it. */
export const issueCode = (context: DecisionContext, tx: Tx, options: CodeOptions): { readonly issued: Issued; readonly url?: string } => {
  const { install, authorize } = context.settings
  const to = options.redirectUri ?? options.client.redirectUris[0]
  // What a redirect would have carried it has: where it is redeemed, and how long it lives.
  const asRedirected = authorize !== null && !install && to !== undefined
  const home = asRedirected ? homeOf(context, authorize, undefined, options.user) : undefined
  const lifetime = options.lifetime ?? (asRedirected ? (authorize.codeLifetime ?? undefined) : undefined)
  const issued = makeCode(context, tx, {
    home: home?.host,
    client: options.client,
    user: options.user,
    scope: options.scope,
    // Only what a redirect would have carried is bound to the code: a code handed over on a page knows no redirect URI.
    redirectUri: options.redirectUri ?? (install ? (to ?? null) : null),
    ...(lifetime === undefined ? {} : { lifetime }),
    ...(options.code === undefined ? {} : { code: options.code }),
    ...(options.challenge === undefined ? {} : { pkce: { challenge: options.challenge, method: 'S256' as const } }),
  })
  if (to === undefined || (!install && !authorize)) return { issued }
  const own = factsOf(context, { client: options.client, user: options.user, scope: options.scope.join(' ') })
  const facts = { ...own, ...(home ? { home } : {}), code: issued.id }
  if (!install) {
    const adds = Object.entries(authorize?.adds ?? {}).map(([name, value]) => [name, fillText(value, facts)] as const)
    const state = options.state === undefined ? [] : [['state', options.state] as const]
    return { issued, url: withParameters(to, [['code', issued.id], ...state, ...adds]) }
  }
  const [path = '', query] = to.split('?', 2)
  const slash = install.slash === 'always' || (install.slash === 'when-absent' && !path.endsWith('/')) ? '/' : ''
  const params = Object.entries(install.parameters).map(([name, value]) => [name, fillText(value, facts)] as const)
  return { issued, url: withParameters(`${path}${slash}${query === undefined ? '' : `?${query}`}`, params) }
}

/** An API key to be used as an assertion; it still has to be signed. */
export const issueApiKey = (
  context: DecisionContext,
  tx: Tx,
  of: { user: User; scope: readonly string[]; name: string; id?: string; lifetime?: number },
): Issued => {
  const { assertion } = context.settings
  if (!assertion) throw new Error('this provider has no API keys')
  const expires = later(context.now, of.lifetime ?? assertion.lifetime)
  const facts = () =>
    factsOf(context, {
      client: { id: '', secret: '', name: '', redirectUris: [], scope: [] },
      user: of.user,
      scope: of.scope.join(' '),
    })
  const own = of.id
  const issued = makeToken(own === undefined ? context : { ...context, mint: () => own }, assertion.format, 'assertion', expires, facts)
  tx.put('apiKey', issued.id, { user: of.user.id, scope: of.scope.join(' '), name: of.name, expires })
  return issued
}

export interface TokenOptions {
  readonly client: Client
  readonly user: User
  readonly scope: readonly string[]
  readonly lifetime?: number | null
}

/** The kinds of token that can be handed out without a flow. */
export type MintableKind = 'access_token' | 'refresh_token' | 'id_token'

/** Tokens without a flow: what a provider's own page would hand out. */
export const issueTokens = (
  context: DecisionContext,
  tx: Tx,
  of: TokenOptions & { readonly kinds: readonly MintableKind[] },
): readonly Issued[] => {
  const grant = { client: of.client, user: of.user, scope: of.scope.join(' '), ...openConnection(context, tx, of.client.id, of.user.id) }
  const refresh = of.kinds.includes('refresh_token') ? makeRefreshToken(context, tx, grant, mintedOrigin) : undefined
  const held = refresh && !('kind' in refresh) ? refresh.issued : undefined
  const { idToken } = context.settings
  const identity =
    idToken && of.kinds.includes('id_token')
      ? [makeToken(context, idToken.format, 'id_token', later(context.now, of.lifetime ?? idToken.lifetime), () => factsOf(context, grant))]
      : []
  if (!of.kinds.includes('access_token')) return [...(held ? [held] : []), ...identity]
  const access = makeAccessToken(
    context,
    tx,
    grant,
    held?.id ?? mintedOrigin,
    of.lifetime === undefined ? context.settings.access.lifetime : of.lifetime,
  )
  return [access, ...(held ? [held] : []), ...identity]
}
