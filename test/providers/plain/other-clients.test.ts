/** oidc-client-ts, as it runs in a browser, and oauth4webapi, called one step after another. */

import * as oauth from 'oauth4webapi'
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createServer, type Double } from '../../../src/index.js'

let double: Double
beforeAll(async () => {
  double = await createServer({ providers: ['plain'], host: '127.0.0.1' })
})
afterAll(() => double.close())

const follow = async (url: string): Promise<string> => (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? ''

it.each(['query', 'fragment'] as const)(
  'oidc-client-ts signs in without a secret (%s), loads userinfo, refreshes and signs out',
  async (response_mode) => {
    const client = new OidcClient({
      authority: double.url('plain'),
      client_id: 'plain-public',
      redirect_uri: 'http://127.0.0.1:4741/callback',
      post_logout_redirect_uri: 'http://127.0.0.1:4741/callback',
      scope: 'openid email read',
      response_mode,
      loadUserInfo: true,
      stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    })
    const { url } = await client.createSigninRequest({ nonce: 'n-1', max_age: 60 })
    const response = await client.processSigninResponse(await follow(url))
    expect(response.profile).toMatchObject({ sub: '248289761001', email: 'jane@example.com' })
    const state = { id_token: response.id_token, session_state: null, scope: response.scope, profile: response.profile }
    const refreshed = await client.useRefreshToken({
      state: { ...state, refresh_token: response.refresh_token ?? '', data: undefined } as never,
    })
    expect(refreshed.access_token).not.toBe(response.access_token)
    expect(refreshed.refresh_token).not.toBe(response.refresh_token)
    await client.revokeToken(refreshed.refresh_token ?? '', 'refresh_token')
    const signout = await client.createSignoutRequest({ id_token_hint: refreshed.id_token ?? '', state: { from: 'here' } })
    expect(await follow(signout.url)).toMatch(/^http:\/\/127\.0\.0\.1:4741\/callback\?state=/)
  },
)

it('oauth4webapi reads the metadata by both discovery algorithms, and a signed introspection', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true }
  const issuer = new URL(double.url('plain'))
  for (const algorithm of ['oidc', 'oauth2'] as const)
    expect((await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...insecure }))).issuer).toBe(
      issuer.href,
    )
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
  const client = { client_id: 'plain-client' }
  const auth = oauth.ClientSecretBasic('plain-demo-secret')
  const granted = await oauth.processClientCredentialsResponse(
    as,
    client,
    await oauth.clientCredentialsGrantRequest(as, client, auth, { scope: 'read' }, insecure),
  )
  const asked = await oauth.introspectionRequest(as, client, auth, granted.access_token, { requestJwtResponse: true, ...insecure })
  expect(asked.headers.get('content-type')).toBe('application/token-introspection+jwt')
  const told = await oauth.processIntrospectionResponse(as, { ...client, introspection_signed_response_alg: 'RS256' }, asked)
  expect(told).toMatchObject({ active: true, scope: 'read', sub: 'plain-client' })
})

it('oauth4webapi finds the authorization server of a resource, and is told by its challenge where to look', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true }
  const resource = new URL(`${double.url('plain')}/resource`)
  const metadata = await oauth.processResourceDiscoveryResponse(resource, await oauth.resourceDiscoveryRequest(resource, insecure))
  expect(metadata.authorization_servers).toEqual([double.url('plain')])
  await expect(oauth.protectedResourceRequest('wrong', 'GET', resource, undefined, undefined, insecure)).rejects.toMatchObject({
    cause: [expect.objectContaining({ scheme: 'bearer', parameters: expect.objectContaining({ error: 'invalid_token' }) })],
  })
})
