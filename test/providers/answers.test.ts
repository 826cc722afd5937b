/** Answers that the descriptions name and that no other test has a reason to bring about. */

import { describe, expect, test } from 'vitest'
import { createServer, type Toggles } from '../../src/index.js'

interface Row {
  readonly provider: string
  readonly title: string
  readonly request: string
  /** Form parameters. */
  readonly form?: { readonly [name: string]: string }
  readonly json?: unknown
  readonly headers?: { readonly [name: string]: string }
  /** A minted access token goes into Authorization behind this scheme. */
  readonly scheme?: string
  /** Its scope, where the usual one will not do. */
  readonly scope?: string
  readonly quirks?: Toggles
  readonly interactive?: boolean
  readonly status: number
  /** What the body, or the Location, contains. */
  readonly says?: string
}

const vcitaClient = '5d3c2a1b0f9e8d7c6b5a49382716050f4e3d2c1b0a99887766554433221100ff'
const organisation = '1005.ORGD7K2M9Q4X1B8W6Z3N5P7CJ2D3MO'
const callback = 'https://example.com/callback'
const ask = (parameters: { readonly [name: string]: string }): string => new URLSearchParams(parameters).toString()
const ziinaAsk = { client_id: 'test', response_type: 'code', redirect_uri: callback, scope: 'read_account' }
const vcitaAsk = { client_id: vcitaClient, redirect_uri: callback }
const unknownKey = `${Buffer.from('{"alg":"RS256","kid":"1111111111111"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.c2ln`
const organisationFlow = { 'zoho-payments/has-organisation-flow': true }
const orgAsk = {
  response_type: 'code',
  client_id: organisation,
  redirect_uri: callback,
  scope: 'ZohoPay.payments.READ',
  soid: 'zohopay.23137556',
}

const rows: readonly Row[] = [
  {
    provider: 'ziina',
    title: 'asks a person to log in',
    request: `GET /oidc/auth?${ask(ziinaAsk)}`,
    interactive: true,
    status: 200,
    says: 'password',
  },
  {
    provider: 'ziina',
    title: 'takes the form with 302 as well',
    request: 'POST /oidc/auth',
    form: ziinaAsk,
    quirks: { 'ziina/redirects-with-303': false },
    status: 302,
    says: 'code=',
  },
  {
    provider: 'ziina',
    title: 'asks a person to log in after a form',
    request: 'POST /oidc/auth',
    form: ziinaAsk,
    interactive: true,
    status: 200,
    says: 'password',
  },
  {
    provider: 'ziina',
    title: 'shows a page for an unknown client in a form',
    request: 'POST /oidc/auth',
    form: { ...ziinaAsk, client_id: 'x' },
    status: 400,
    says: 'client is invalid',
  },
  {
    provider: 'ziina',
    title: 'tells it by POST too',
    request: 'POST /oidc/me',
    scheme: 'Bearer ',
    scope: 'openid',
    status: 200,
    says: '"sub"',
  },
  {
    provider: 'ziina',
    title: 'refuses an unknown token at userinfo by POST',
    request: 'POST /oidc/me',
    headers: { authorization: 'Bearer x' },
    status: 401,
    says: 'invalid token provided',
  },
  {
    provider: 'ziina',
    title: 'refuses a token without openid by POST',
    request: 'POST /oidc/me',
    scheme: 'Bearer ',
    scope: 'read_account',
    status: 403,
    says: 'missing openid scope',
  },
  { provider: 'ziina', title: 'logs out by POST', request: 'POST /oidc/session/end', form: {}, status: 200 },
  {
    provider: 'ziina',
    title: 'refuses a token in the query at the API',
    request: 'GET /api/account?access_token=x',
    status: 400,
    says: '"code":"400"',
  },
  { provider: 'ziina', title: 'shows the business connect page', request: 'GET /business/connect', status: 200, says: 'Create token' },
  {
    provider: 'ziina',
    title: 'does not make a token for nobody',
    request: 'POST /business/connect',
    form: { user: 'nobody' },
    status: 400,
    says: 'nobody',
  },
  {
    provider: 'zettle',
    title: 'takes no token whose key is gone',
    request: 'GET /users/self',
    headers: { authorization: `Bearer ${unknownKey}` },
    status: 401,
    says: 'ACCESS_TOKEN_EXPIRED',
  },
  { provider: 'zettle', title: 'does not disconnect without a token', request: 'DELETE /application-connections/self', status: 401 },
  {
    provider: 'zettle',
    title: 'does not disconnect with a token whose key is gone',
    request: 'DELETE /application-connections/self',
    headers: { authorization: `Bearer ${unknownKey}` },
    status: 401,
  },
  {
    provider: 'zettle',
    title: 'does not create an API key for nobody',
    request: 'POST /apps/api-keys',
    form: { name: 'Sync', scopes: 'READ:PURCHASE', user: 'nobody' },
    status: 400,
    says: 'nobody',
  },
  {
    provider: 'zoho-payments',
    title: 'does not revoke an unknown token at the newer path',
    request: 'POST /oauth/v2/revoke/token?token=1000.x.y',
    quirks: { 'zoho-payments/revokes-at-token-revoke': false },
    status: 400,
    says: 'invalid_token',
  },
  {
    provider: 'zoho-payments',
    title: 'asks a person to log in for the organisation flow',
    request: `GET /oauth/v2/org/auth?${ask(orgAsk)}`,
    quirks: organisationFlow,
    interactive: true,
    status: 200,
    says: 'password',
  },
  { provider: 'zentail', title: 'lists no warehouses without a token', request: 'GET /v1/warehouses', status: 401 },
  {
    provider: 'zentail',
    title: 'installs nothing for nobody',
    request: 'POST /apps/install',
    form: { user: 'nobody' },
    status: 400,
    says: 'nobody',
  },
  {
    provider: 'vcita',
    title: 'takes the authorization request as a form',
    request: 'POST /app/oauth/authorize',
    form: vcitaAsk,
    status: 302,
    says: 'code=',
  },
  {
    provider: 'vcita',
    title: 'asks a person to log in after a form',
    request: 'POST /app/oauth/authorize',
    form: vcitaAsk,
    interactive: true,
    status: 200,
    says: 'password',
  },
  {
    provider: 'vcita',
    title: 'shows a page for a strange redirect URI in a form',
    request: 'POST /app/oauth/authorize',
    form: { ...vcitaAsk, redirect_uri: 'https://attacker.example' },
    status: 400,
  },
  {
    provider: 'vcita',
    title: 'shows a page for an unknown client in a form',
    request: 'POST /app/oauth/authorize',
    form: { ...vcitaAsk, client_id: 'x' },
    status: 401,
  },
  {
    provider: 'vcita',
    title: 'lets no request through at a rate of none',
    request: 'GET /oauth/userinfo',
    scheme: 'Bearer ',
    quirks: { 'vcita/eight-requests-a-second': 0 },
    status: 429,
    says: 'Too many requests',
  },
  {
    provider: 'vcita',
    title: 'wants to be told which token',
    request: 'POST /platform/v1/tokens/revoke',
    scheme: 'Bearer ',
    json: {},
    status: 400,
    says: 'token',
  },
]

describe.each(['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'] as const)('%s', (provider) => {
  test.each(rows.filter((row) => row.provider === provider).map((row) => [row.title, row] as const))('%s', async (_, row) => {
    await using double = await createServer({
      providers: [provider],
      quirks: row.quirks ?? {},
      interactive: row.interactive ?? false,
    })
    const [method = '', path = ''] = row.request.split(' ')
    const headers = new Headers(row.headers)
    if (row.scheme !== undefined) {
      const minted = await fetch(`${double.url()}/__admin/tokens/mint`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ provider, ...(row.scope === undefined ? {} : { scope: row.scope }) }),
      })
      headers.set('authorization', `${row.scheme}${((await minted.json()) as { readonly accessToken: string }).accessToken}`)
    }
    if (row.json !== undefined) headers.set('content-type', 'application/json')
    const body = row.json === undefined ? (row.form ? new URLSearchParams(row.form) : null) : JSON.stringify(row.json)
    const response = await fetch(`${double.url(provider)}${path}`, { method, headers, body, redirect: 'manual' })
    const text = `${response.headers.get('location') ?? ''}${await response.text()}`
    expect({ status: response.status, text }).toMatchObject({ status: row.status, text: expect.stringContaining(row.says ?? '') })
  })
})
