/** The requests of a flow as values, before they are sent: what a client of this provider sends, as its documents show it. */

import type { Provider } from '../types.js'

export type Pair = readonly [name: string, value: string]

export interface Draft {
  readonly method: string
  readonly url: string
  readonly headers: readonly Pair[]
  readonly params: readonly Pair[]
  readonly where: 'query' | 'form' | 'json'
}

export interface Wire {
  readonly method: string
  readonly url: string
  readonly headers: readonly Pair[]
  readonly body?: string
}

/** As it goes over the wire. Parameters without a value are left out. */
export const wireOf = ({ method, url, headers, params, where }: Draft): Wire => {
  const said = params.filter(([name, value]) => name !== '' && value !== '').map(([name, value]): [string, string] => [name, value])
  const encoded = new URLSearchParams(said).toString()
  if (where === 'query' || said.length === 0)
    return { method, url: encoded === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${encoded}`, headers }
  if (where === 'json')
    return {
      method,
      url,
      headers: [...headers, ['content-type', 'application/json']],
      body: JSON.stringify(Object.fromEntries(said), undefined, 2),
    }
  return { method, url, headers: [...headers, ['content-type', 'application/x-www-form-urlencoded']], body: encoded }
}

/** As people read HTTP. */
export const wireText = ({ method, url, headers, body }: Wire): string =>
  [`${method} ${url}`, ...headers.map(([name, value]) => `${name}: ${value}`), ...(body === undefined ? [] : ['', body])].join('\n')

const basicOf = (user: string, password: string): string => {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

/** The client's credentials where this provider's documents put them. */
const credentials = ({ address, flow }: Provider): { readonly headers: readonly Pair[]; readonly params: readonly Pair[] } => {
  const { clientId, clientSecret = '', username = '', password = '' } = address
  if (flow.authenticates === 'username') return { headers: [['authorization', basicOf(username, password)]], params: [] }
  if (flow.authenticates === 'basic') return { headers: [['authorization', basicOf(clientId, clientSecret)]], params: [] }
  return {
    headers: [],
    params: [
      ['client_id', clientId],
      ['client_secret', clientSecret],
    ],
  }
}

const tokenDraft = (provider: Provider, params: readonly Pair[]): Draft => {
  const own = credentials(provider)
  return {
    method: 'POST',
    url: provider.address.tokenUrl,
    headers: own.headers,
    params: [...params, ...own.params],
    where: provider.flow.sends,
  }
}

export interface Proof {
  readonly verifier: string
  readonly challenge: string
}

/** @param proof of PKCE; none where the challenge could not be made */
export const authorizeDraft = (provider: Provider, redirectUri: string, state: string, proof: Proof | undefined): Draft => {
  const { address, flow } = provider
  const offline = flow.offline
  const scope = [address.scope?.replaceAll(',', flow.scopeSeparator ?? ' ') ?? '', offline?.scope ?? ''].filter((one) => one !== '')
  const pkce: readonly Pair[] =
    flow.pkce && proof
      ? [
          ['code_challenge', proof.challenge],
          ['code_challenge_method', 'S256'],
        ]
      : []
  const params: readonly Pair[] = [
    ['response_type', 'code'],
    ['client_id', address.clientId],
    ['redirect_uri', redirectUri],
    ['scope', [...new Set(scope.join(' ').split(' '))].join(flow.scopeSeparator ?? ' ')],
    ['state', state],
    ...(offline ? [['prompt', offline.prompt] as const] : []),
    ...Object.entries({ ...flow.asks, ...flow.requires }),
    ...pkce,
  ]
  return { method: 'GET', url: address.authorizeUrl ?? '', headers: [], params, where: 'query' }
}

export const codeDraft = (provider: Provider, code: string, redirectUri: string, proof: Proof | undefined): Draft =>
  tokenDraft(provider, [
    ['grant_type', 'authorization_code'],
    [provider.flow.codeParameter, code],
    ['redirect_uri', provider.flow.redirectUriAtToken ? redirectUri : ''],
    ['code_verifier', provider.flow.pkce && proof && provider.flow.starts === 'authorize' ? proof.verifier : ''],
  ])

export const refreshDraft = (provider: Provider, token: string): Draft =>
  tokenDraft(provider, [
    ['grant_type', 'refresh_token'],
    ['refresh_token', token],
  ])

const bearing = ({ flow }: Provider, token: string): Pair => ['authorization', flow.scheme === '' ? token : `${flow.scheme} ${token}`]

export const callDraft = (provider: Provider, token: string): Draft => {
  const { resourceUrl, userinfoUrl } = provider.address
  return { method: 'GET', url: resourceUrl ?? userinfoUrl ?? '', headers: [bearing(provider, token)], params: [], where: 'query' }
}

/** Undefined where nothing is revoked over HTTP. */
export const revokeDraft = (provider: Provider, access: string, refresh: string | undefined): Draft | undefined => {
  const { endpoints, flow, address } = provider
  const endpoint = endpoints.find(({ operation, served }) => served && (operation === 'revoke' || operation === 'disconnect'))
  if (!endpoint || address.revokeUrl === undefined) return undefined
  const method = endpoint.methods[0] ?? 'POST'
  if (endpoint.operation === 'disconnect')
    return { method, url: endpoint.url, headers: [bearing(provider, access)], params: [], where: 'query' }
  const token: Pair = ['token', flow.revokes === 'with-token' ? access : (refresh ?? access)]
  if (flow.revokes === 'with-token')
    return { method, url: endpoint.url, headers: [bearing(provider, access)], params: [token], where: flow.sends }
  const own = flow.revokes === 'always' ? credentials(provider) : { headers: [], params: [] }
  return { method, url: endpoint.url, headers: own.headers, params: [token, ...own.params], where: flow.sends }
}
