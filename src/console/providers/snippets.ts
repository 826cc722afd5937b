/** The demo client in the words of the libraries that people use, and as environment and shell lines. */

import { curlOf } from '../api/lines.js'
import type { Address, Provider } from '../types.js'
import { codeDraft, wireOf } from './request.js'

const variables: readonly (readonly [name: string, member: keyof Address])[] = [
  ['BASE_URL', 'baseUrl'],
  ['AUTHORIZE_URL', 'authorizeUrl'],
  ['TOKEN_URL', 'tokenUrl'],
  ['REVOKE_URL', 'revokeUrl'],
  ['USERINFO_URL', 'userinfoUrl'],
  ['RESOURCE_URL', 'resourceUrl'],
  ['CLIENT_ID', 'clientId'],
  ['CLIENT_SECRET', 'clientSecret'],
  ['USERNAME', 'username'],
  ['PASSWORD', 'password'],
  ['REDIRECT_URI', 'redirectUri'],
  ['SCOPE', 'scope'],
]

const envLines = ({ id, address }: Provider): string => {
  const prefix = `AUTHDOUBLE_${id.toUpperCase().replaceAll('-', '_')}`
  const lines = variables.flatMap(([name, member]) => {
    const value = address[member]
    return value === undefined
      ? []
      : [`${prefix}_${name}=${/^[\w.:/@%+,=-]*$/.test(value) ? value : `"${value.replace(/["\\$\x60]/g, '\\$&')}"`}`]
  })
  return `${lines.join('\n')}\n`
}

const q = (text: string | undefined): string => `'${(text ?? '').replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const who = ({ address, flow }: Provider) =>
  flow.authenticates === 'username'
    ? { id: address.username ?? '', secret: address.password ?? '' }
    : { id: address.clientId, secret: address.clientSecret ?? '' }

const openidClient = (provider: Provider): string => {
  const { address, flow, issuer } = provider
  const { id, secret } = who(provider)
  const auth =
    flow.authenticates === 'username'
      ? `(as, app, body, headers) => headers.set('authorization', 'Basic ' + btoa(${q(`${id}:${secret}`)}))`
      : flow.authenticates === 'basic'
        ? `client.ClientSecretBasic(${q(secret)})`
        : `client.ClientSecretPost(${q(secret)})`
  const endpoints = [
    `issuer: ${q(issuer)}`,
    ...(address.authorizeUrl === undefined ? [] : [`authorization_endpoint: ${q(address.authorizeUrl)}`]),
    `token_endpoint: ${q(address.tokenUrl)}`,
  ]
  return `import * as client from 'openid-client'

const config = new client.Configuration(
  { ${endpoints.join(', ')} },
  ${q(address.clientId)}, undefined,
  ${auth},
)
client.allowInsecureRequests(config) // this server speaks plain HTTP
`
}

const simpleOauth2 = (provider: Provider): string => {
  const { address, flow } = provider
  const { id, secret } = who(provider)
  const token = new URL(address.tokenUrl)
  const authorize = address.authorizeUrl === undefined ? '' : `, authorizePath: ${q(new URL(address.authorizeUrl).pathname)}`
  return `import { AuthorizationCode } from 'simple-oauth2'

const client = new AuthorizationCode({
  client: { id: ${q(id)}, secret: ${q(secret)} },
  auth: { tokenHost: ${q(token.origin)}, tokenPath: ${q(token.pathname)}${authorize} },
  options: { authorizationMethod: ${q(flow.authenticates === 'body' ? 'body' : 'header')} },
})
`
}

const requestsOauthlib = (provider: Provider): string => {
  const { address, flow } = provider
  const { id, secret } = who(provider)
  const auth =
    flow.authenticates === 'body' ? `include_client_id=True, client_secret=${q(secret)}` : `auth=HTTPBasicAuth(${q(id)}, ${q(secret)})`
  const imports = flow.authenticates === 'body' ? '' : 'from requests.auth import HTTPBasicAuth\n'
  return `import os
from requests_oauthlib import OAuth2Session
${imports}
os.environ['OAUTHLIB_INSECURE_TRANSPORT'] = '1'  # this server speaks plain HTTP
session = OAuth2Session(${q(address.clientId)}, redirect_uri=${q(address.redirectUri)})
token = session.fetch_token(${q(address.tokenUrl)}, code=code, ${auth})
`
}

const goOauth2 = (provider: Provider): string => {
  const { address, flow } = provider
  const { id, secret } = who(provider)
  const d = (text: string | undefined): string => JSON.stringify(text ?? '')
  return `config := &oauth2.Config{
	ClientID:     ${d(id)},
	ClientSecret: ${d(secret)},
	RedirectURL:  ${d(address.redirectUri)},
	Endpoint: oauth2.Endpoint{
		AuthURL:   ${d(address.authorizeUrl)},
		TokenURL:  ${d(address.tokenUrl)},
		AuthStyle: oauth2.${flow.authenticates === 'body' ? 'AuthStyleInParams' : 'AuthStyleInHeader'},
	},
}
`
}

export const snippetsOf = (provider: Provider): readonly (readonly [title: string, text: string])[] => [
  ['Environment', envLines(provider)],
  ['curl', `${curlOf(wireOf(codeDraft(provider, 'CODE', provider.address.redirectUri, undefined)))}\n`],
  ['openid-client', openidClient(provider)],
  ['simple-oauth2', simpleOauth2(provider)],
  ['requests-oauthlib', requestsOauthlib(provider)],
  ['golang.org/x/oauth2', goOauth2(provider)],
]
