/** What a person or a test hands out without the protocol: codes, API keys, tokens. */

import { makeCode } from './code.js'
import { fillText } from './fill.js'
import { connect, factsOf, make, makeAccess, makeRefresh } from './issue.js'
import type { Client, Tx, User } from './records.js'
import { withParameters } from './redirect.js'
import type { Issued, World } from './world.js'

export interface CodeWish {
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
export const minted = 'minted'

/** A code without a browser, and where a browser would be sent with it. */
export const mintCode = (world: World, tx: Tx, wish: CodeWish): { readonly issued: Issued; readonly url?: string } => {
  const { install, authorize } = world.settings
  const to = wish.redirectUri ?? wish.client.redirectUris[0]
  const issued = makeCode(world, tx, {
    client: wish.client,
    user: wish.user,
    scope: wish.scope,
    // Only what a redirect would have carried is bound to the code: a code handed over on a page knows no redirect URI.
    redirectUri: wish.redirectUri ?? (install ? (to ?? null) : null),
    ...(wish.lifetime === undefined ? {} : { lifetime: wish.lifetime }),
    ...(wish.code === undefined ? {} : { code: wish.code }),
    ...(wish.challenge === undefined ? {} : { pkce: { challenge: wish.challenge, method: 'S256' as const } }),
  })
  if (to === undefined || (!install && !authorize)) return { issued }
  const facts = { ...factsOf(world, { client: wish.client, user: wish.user, scope: wish.scope.join(' ') }), code: issued.id }
  if (!install) {
    const adds = Object.entries(authorize?.adds ?? {}).map(([name, value]) => [name, fillText(value, facts)] as const)
    const state = wish.state === undefined ? [] : [['state', wish.state] as const]
    return { issued, url: withParameters(to, [['code', issued.id], ...state, ...adds]) }
  }
  const [path = '', query] = to.split('?', 2)
  const slash = install.slash === 'always' || (install.slash === 'when-absent' && !path.endsWith('/')) ? '/' : ''
  const params = Object.entries(install.parameters).map(([name, value]) => [name, fillText(value, facts)] as const)
  return { issued, url: withParameters(`${path}${slash}${query === undefined ? '' : `?${query}`}`, params) }
}

/** An API key to be used as an assertion; it still has to be signed. */
export const mintApiKey = (
  world: World,
  tx: Tx,
  of: { user: User; scope: readonly string[]; name: string; id?: string; lifetime?: number },
): Issued => {
  const { assertion } = world.settings
  if (!assertion) throw new Error('this provider has no API keys')
  const expires = world.now + (of.lifetime ?? assertion.lifetime)
  const facts = () =>
    factsOf(world, {
      client: { id: '', secret: '', name: '', redirectUris: [], scope: [] },
      user: of.user,
      scope: of.scope.join(' '),
    })
  const own = of.id
  const issued = make(own === undefined ? world : { ...world, mint: () => own }, assertion.format, 'assertion', expires, facts)
  tx.put('apiKey', issued.id, { user: of.user.id, scope: of.scope.join(' '), name: of.name, expires })
  return issued
}

export interface TokenWish {
  readonly client: Client
  readonly user: User
  readonly scope: readonly string[]
  readonly lifetime?: number | null
}

/** The kinds of token that can be handed out without a flow. */
export type Mintable = 'access_token' | 'refresh_token' | 'id_token'

/** Tokens without a flow: what a provider's own page would hand out. */
export const mintTokens = (world: World, tx: Tx, of: TokenWish & { readonly kinds: readonly Mintable[] }): readonly Issued[] => {
  const grant = { client: of.client, user: of.user, scope: of.scope.join(' '), ...connect(world, tx, of.client.id, of.user.id) }
  const refresh = of.kinds.includes('refresh_token') ? makeRefresh(world, tx, grant, minted) : undefined
  const held = refresh && !('kind' in refresh) ? refresh.issued : undefined
  const { idToken } = world.settings
  const identity =
    idToken && of.kinds.includes('id_token')
      ? [make(world, idToken.format, 'id_token', world.now + (of.lifetime ?? idToken.lifetime), () => factsOf(world, grant))]
      : []
  if (!of.kinds.includes('access_token')) return [...(held ? [held] : []), ...identity]
  const access = makeAccess(world, tx, grant, held?.id ?? minted, of.lifetime === undefined ? world.settings.access.lifetime : of.lifetime)
  return [access, ...(held ? [held] : []), ...identity]
}
