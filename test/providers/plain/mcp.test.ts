/** The client of the Model Context Protocol's own SDK, through its whole authorization. */

import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthClientInformationFull, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { expect, it } from 'vitest'
import { createServer } from '../../../src/index.js'
import { jwtPart } from '../../kit.js'

const callback = 'http://127.0.0.1:4741/callback'

/** As an application keeps it: in its memory. */
const application = () => {
  const kept: { client?: OAuthClientInformationFull; tokens?: OAuthTokens; verifier?: string; sent?: URL } = {}
  const provider: OAuthClientProvider = {
    redirectUrl: callback,
    clientMetadata: { redirect_uris: [callback], client_name: 'An agent', token_endpoint_auth_method: 'none' },
    clientInformation: () => kept.client,
    saveClientInformation: (client) => {
      kept.client = client as OAuthClientInformationFull
    },
    tokens: () => kept.tokens,
    saveTokens: (tokens) => {
      kept.tokens = tokens
    },
    redirectToAuthorization: (url) => {
      kept.sent = url
    },
    saveCodeVerifier: (verifier) => {
      kept.verifier = verifier
    },
    codeVerifier: () => kept.verifier ?? '',
  }
  return { kept, provider }
}

it('finds the authorization server of the resource, registers, and gets a token for that resource alone', async () => {
  await using double = await createServer({ providers: ['plain'], host: '127.0.0.1', quirks: { 'plain/mcp': true } })
  const serverUrl = `${double.url('plain')}/mcp`
  const { kept, provider } = application()
  expect(await auth(provider, { serverUrl })).toBe('REDIRECT')
  expect(kept.client?.client_id).toBeTruthy()
  expect(kept.sent?.searchParams.get('resource')).toBe(serverUrl)
  const landed = new URL((await fetch(kept.sent ?? '', { redirect: 'manual' })).headers.get('location') ?? '')
  expect(await auth(provider, { serverUrl, authorizationCode: landed.searchParams.get('code') ?? '' })).toBe('AUTHORIZED')
  expect(jwtPart(kept.tokens?.access_token ?? '', 'claims')['aud']).toBe(serverUrl)
  const call = (path: string) =>
    fetch(`${double.url('plain')}${path}`, { headers: { authorization: `Bearer ${kept.tokens?.access_token}` } })
  expect((await call('/mcp')).status).toBe(200)
  expect((await call('/resource')).status).toBe(401)
  expect(double.journal.last('plain')?.reason).toBe('token_audience_differs')
  const before = kept.tokens?.refresh_token
  expect(await auth(provider, { serverUrl })).toBe('AUTHORIZED')
  expect(kept.tokens?.refresh_token).not.toBe(before)
})

it('a request that names no resource is refused', async () => {
  await using double = await createServer({ providers: ['plain'], host: '127.0.0.1', quirks: { 'plain/mcp': true } })
  const query = new URLSearchParams({ response_type: 'code', client_id: 'plain-client', redirect_uri: callback })
  const response = await fetch(`${double.url('plain')}/authorize?${query}`, { redirect: 'manual' })
  expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_target')
})
