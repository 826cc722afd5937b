/** openid-client, as its documents show it, through everything that it knows. */

import { createServer as createHttp } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer, type Double } from '../../../src/index.js'

let double: Double
beforeAll(async () => {
  double = await createServer({ providers: ['plain'], host: '127.0.0.1' })
})
afterAll(() => double.close())

const callback = 'http://127.0.0.1:4741/callback'
const insecure = { execute: [client.allowInsecureRequests] }

/** A key of a client's own. */
const keyFor = async (alg: string): Promise<{ readonly privateKey: CryptoKey; readonly jwk: { [member: string]: string } }> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, jwk: { ...((await exportJWK(publicKey)) as { [member: string]: string }), alg: alg === 'Ed25519' ? 'EdDSA' : alg } }
}

const discovered = async (auth?: client.ClientAuth, id = 'plain-client', secret?: string) =>
  client.discovery(new URL(double.url('plain')), id, secret ?? 'plain-demo-secret', auth, insecure)

/** The browser's leg: where the server sends it. */
const follow = async (url: URL): Promise<URL> => {
  const response = await fetch(url, { redirect: 'manual' })
  return new URL(response.headers.get('location') ?? '', url)
}

const begin = async (config: client.Configuration, more: { [name: string]: string } = {}, options: { push?: boolean } = {}) => {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const parameters = {
    redirect_uri: callback,
    scope: 'openid email profile read',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  }
  const url = options.push
    ? await client.buildAuthorizationUrlWithPAR(config, parameters)
    : client.buildAuthorizationUrl(config, parameters)
  return { url, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true } }
}

const connected = async (config: client.Configuration, more: { [name: string]: string } = {}, options: { push?: boolean } = {}) => {
  const { url, checks } = await begin(config, more, options)
  return client.authorizationCodeGrant(config, await follow(url), checks)
}

describe('openid-client', () => {
  it('discovers the server, signs a person in, reads userinfo, refreshes, introspects and revokes', async () => {
    const config = await discovered()
    const tokens = await connected(config)
    expect(tokens.claims()).toMatchObject({ iss: double.url('plain'), aud: 'plain-client', sub: '248289761001' })
    const claims = await client.fetchUserInfo(config, tokens.access_token, '248289761001')
    expect(claims).toMatchObject({ email: 'jane@example.com', name: 'Jane Doe', email_verified: true })
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
    expect(refreshed.claims()?.sub).toBe('248289761001')
    expect(await client.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: true, client_id: 'plain-client' })
    await client.tokenRevocation(config, refreshed.refresh_token ?? '')
    expect(await client.tokenIntrospection(config, refreshed.access_token)).toEqual({ active: false })
  })

  it('pushes its request, and the request is good once', async () => {
    const config = await discovered()
    double.quirks.set('plain/pushed-requests-only', true)
    const { url, checks } = await begin(config, {}, { push: true })
    expect((await client.authorizationCodeGrant(config, await follow(url), checks)).access_token).toBeTruthy()
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(400)
    expect(double.journal.last('plain')?.reason).toBe('request_uri_invalid')
    double.quirks.reset('plain/pushed-requests-only')
  })

  it('asks for client credentials, and exchanges what it got for a token of another audience', async () => {
    const config = await discovered()
    const own = await client.clientCredentialsGrant(config, { scope: 'read', resource: 'https://api.example/a' })
    expect(own.refresh_token).toBeUndefined()
    const user = await connected(config)
    const exchanged = await client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', {
      subject_token: user.access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      actor_token: own.access_token,
      actor_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'https://api.example/b',
      scope: 'read',
    })
    expect(exchanged['issued_token_type']).toBe('urn:ietf:params:oauth:token-type:access_token')
    const about = await client.tokenIntrospection(config, exchanged.access_token)
    expect(about).toMatchObject({ active: true, aud: 'https://api.example/b', sub: '248289761001', scope: 'read' })
    expect(about['act']).toEqual({ sub: 'plain-client' })
  })

  it('authorizes a device: waits, is told to wait, and gets tokens once the person has agreed', async () => {
    const config = await discovered()
    double.clock.freeze()
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid read' })
    const poll = () =>
      client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', { device_code: device.device_code })
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' })
    await expect(poll()).rejects.toMatchObject({ error: 'slow_down' })
    expect((await fetch(device.verification_uri_complete ?? '')).status).toBe(200)
    expect((await poll()).access_token).toBeTruthy()
    await expect(poll()).rejects.toMatchObject({ error: 'invalid_grant' })
    double.clock.run()
  })

  it('binds its tokens to a key, with the nonce that the server asks for', async () => {
    const config = await discovered()
    double.quirks.set('plain/dpop-nonces', true)
    const handle = client.getDPoPHandle(config, await client.randomDPoPKeyPair())
    const { url, checks } = await begin(config)
    const tokens = await client.authorizationCodeGrant(config, await follow(url), checks, undefined, { DPoP: handle })
    expect(tokens.token_type).toBe('dpop')
    const call = (DPoP?: client.DPoPHandle) =>
      client.fetchProtectedResource(config, tokens.access_token, new URL(`${double.url('plain')}/resource`), 'GET', null, undefined, {
        ...(DPoP ? { DPoP } : {}),
      })
    expect((await call(handle)).status).toBe(200)
    await expect(call()).rejects.toThrow()
    expect(double.journal.last('plain')?.reason).toBe('token_bound')
    await expect(call(client.getDPoPHandle(config, await client.randomDPoPKeyPair()))).rejects.toThrow()
    double.quirks.reset('plain/dpop-nonces')
  })

  it.each(['ES256', 'PS256', 'RS256', 'Ed25519'] as const)('registers itself with a key and authenticates with it: %s', async (alg) => {
    const { privateKey, jwk } = await keyFor(alg)
    const idAlg = alg === 'Ed25519' ? 'EdDSA' : alg
    const config = await client.dynamicClientRegistration(
      new URL(double.url('plain')),
      {
        redirect_uris: [callback],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ ...jwk, kid: 'k1' }] },
        id_token_signed_response_alg: idAlg,
        userinfo_signed_response_alg: idAlg,
        introspection_signed_response_alg: idAlg,
      },
      client.PrivateKeyJwt(
        { key: privateKey, kid: 'k1' },
        {
          // What the registry of JWT algorithms came to call Ed25519 is EdDSA in what servers publish.
          [client.modifyAssertion]: (header) => {
            header['alg'] = idAlg
          },
        },
      ),
      { ...insecure },
    )
    const tokens = await connected(config)
    expect(tokens.claims()?.sub).toBe('248289761001')
    expect(JSON.parse(Buffer.from(tokens.id_token?.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ alg: idAlg })
    expect(await client.fetchUserInfo(config, tokens.access_token, '248289761001')).toMatchObject({ email: 'jane@example.com' })
    expect(await client.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true })
  })

  it('authenticates with a JWT under its secret, and with its secret in the body', async () => {
    for (const auth of [client.ClientSecretJwt('plain-demo-secret'), client.ClientSecretPost('plain-demo-secret')])
      expect((await client.clientCredentialsGrant(await discovered(auth))).access_token).toBeTruthy()
  })

  it('signs its request (JAR), and is answered in the mode that it asks for', async () => {
    const { privateKey, jwk } = await keyFor('ES256')
    const config = await client.dynamicClientRegistration(
      new URL(double.url('plain')),
      { redirect_uris: [callback], jwks: { keys: [jwk] }, token_endpoint_auth_method: 'client_secret_post' },
      undefined,
      { ...insecure },
    )
    double.quirks.set('plain/signed-requests-only', true)
    const verifier = client.randomPKCECodeVerifier()
    const parameters = {
      redirect_uri: callback,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: 'xyz',
    }
    const signed = await client.buildAuthorizationUrlWithJAR(config, parameters, privateKey)
    const checks = { pkceCodeVerifier: verifier, expectedState: 'xyz' }
    expect((await client.authorizationCodeGrant(config, await follow(signed), checks)).access_token).toBeTruthy()
    expect((await follow(client.buildAuthorizationUrl(config, parameters))).searchParams.get('error') ?? 'page').toBe('page')
    expect(double.journal.last('plain')?.reason).toBe('request_object_missing')
    double.quirks.reset('plain/signed-requests-only')
  })

  it('logs the person out, and the client that was signed in to is told', async () => {
    const received: string[] = []
    const rp = createHttp((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += chunk))
      request.on('end', () => {
        received.push(new URLSearchParams(body).get('logout_token') ?? '')
        response.end()
      })
    })
    await new Promise<void>((resolve) => rp.listen(0, '127.0.0.1', resolve))
    const { port } = rp.address() as AddressInfo
    const config = await client.dynamicClientRegistration(
      new URL(double.url('plain')),
      {
        redirect_uris: [callback],
        token_endpoint_auth_method: 'client_secret_post',
        post_logout_redirect_uris: ['http://127.0.0.1:4741/bye'],
        backchannel_logout_uri: `http://127.0.0.1:${port}/logout`,
      },
      undefined,
      { ...insecure },
    )
    const tokens = await connected(config)
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://127.0.0.1:4741/bye',
      state: 'z',
    })
    expect((await follow(url)).href).toBe('http://127.0.0.1:4741/bye?state=z')
    const claims = JSON.parse(Buffer.from(received[0]?.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ sub: '248289761001', sid: tokens.claims()?.['sid'], aud: config.clientMetadata().client_id })
    expect(claims.events).toHaveProperty(['http://schemas.openid.net/event/backchannel-logout'])
    await new Promise((resolve) => rp.close(resolve))
  })
})
