/** Dynamic client registration and its management (RFC 7591, RFC 7592). */

import { describe, expect, it } from 'vitest'
import { form, json, send, serving, text } from '../../kit.js'

const stage = serving('plain')
const register = (metadata: unknown) => json(`${stage.play.url}/register`, metadata)
const uri = 'https://client.example/cb'

describe('registration', () => {
  it('gives a client what it needs, and says what it was registered as', async () => {
    const answer = await register({ redirect_uris: [uri], client_name: 'Mine', software_id: '4NRB1', scope: 'read nonsense' })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      client_id: expect.any(String),
      client_secret: expect.any(String),
      client_secret_expires_at: 0,
      client_name: 'Mine',
      redirect_uris: [uri],
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'read',
      software_id: '4NRB1',
    })
  })

  it.each([
    [{}, 'invalid_redirect_uri'],
    [{ redirect_uris: ['http://client.example/cb'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: [`${uri}#x`] }, 'invalid_redirect_uri'],
    [{ redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: 'not a list' }, 'invalid_redirect_uri'],
    [{ redirect_uris: [uri], token_endpoint_auth_method: 'tls_client_auth' }, 'invalid_client_metadata'],
    [{ redirect_uris: [uri], grant_types: ['password'] }, 'invalid_client_metadata'],
    [{ redirect_uris: [uri], response_types: ['token'] }, 'invalid_client_metadata'],
    [{ redirect_uris: [uri], jwks: 1 }, 'invalid_client_metadata'],
    [{ redirect_uris: [uri], jwks_uri: 'https://client.example/jwks' }, 'invalid_client_metadata'],
    [{ redirect_uris: [uri], token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
    [{ redirect_uris: [uri], logo_uri: 'no url' }, 'invalid_client_metadata'],
  ])('refuses %j with %s', async (metadata, error) => {
    const answer = await register(metadata)
    expect([answer.status, answer.body['error']]).toEqual([400, error])
  })

  it('a client uses the one method that it registered, and no grant that it did not', async () => {
    const answer = await register({ redirect_uris: [uri], token_endpoint_auth_method: 'client_secret_post' })
    const [id, secret] = [text(answer, 'client_id'), text(answer, 'client_secret')]
    const basic = { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
    const body = { 'content-type': 'application/x-www-form-urlencoded' }
    const ask = (fields: string, headers = {}) =>
      send(stage.play.address.tokenUrl, {
        method: 'POST',
        headers: { ...body, ...headers },
        body: `grant_type=client_credentials${fields}`,
      })
    expect((await ask('', basic)).body['error']).toBe('invalid_client')
    expect((await ask(`&client_id=${id}&client_secret=${secret}`)).body['error']).toBe('unauthorized_client')
  })

  it('a client reads, changes and deletes its registration, with its own token alone', async () => {
    const answer = await register({ redirect_uris: [uri] })
    const url = text(answer, 'registration_client_uri')
    const authorization = `Bearer ${text(answer, 'registration_access_token')}`
    const headers = { authorization, 'content-type': 'application/json' }
    expect((await send(url)).status).toBe(401)
    expect((await send(url, { headers: { authorization: 'Bearer x' } })).body['error']).toBe('invalid_token')
    expect((await send(url, { headers })).body['redirect_uris']).toEqual([uri])
    const id = text(answer, 'client_id')
    const change = JSON.stringify({ client_id: id, redirect_uris: [`${uri}/2`], client_name: 'Changed' })
    expect((await send(url, { method: 'PUT', headers, body: change })).body).toMatchObject({ client_id: id, client_name: 'Changed' })
    expect((await send(url, { method: 'DELETE', headers })).status).toBe(204)
    expect((await send(url, { headers })).status).toBe(401)
  })
})

describe('pushed requests and secrets', () => {
  it('a request that is refused when it is pushed is refused to the client, as JSON', async () => {
    const { clientId, clientSecret } = stage.play.address
    const answer = await form(`${stage.play.url}/par`, {
      client_id: clientId,
      client_secret: clientSecret,
      response_type: 'code',
      redirect_uri: 'https://evil.example/cb',
    })
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_request'])
  })

  it('a client assertion that is no JWT is malformed, and nobody has to be known by it', async () => {
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const answer = await form(stage.play.address.tokenUrl, {
      grant_type: 'client_credentials',
      client_assertion_type: type,
      client_assertion: 'zzz',
    })
    expect([answer.status, stage.double.journal.last('plain')?.reason]).toEqual([401, 'client_assertion_malformed'])
  })

  it('nothing that the server hands out is shown in the journal: codes of devices, registration access tokens, exchanged tokens', async () => {
    const { clientId, clientSecret } = stage.play.address
    const device = await form(`${stage.play.url}/device_authorization`, { client_id: clientId, client_secret: clientSecret })
    const registered = await register({ redirect_uris: [uri] })
    const { access } = await stage.play.connect()
    await stage.play.token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: access,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    })
    const shown = (await stage.play.admin('/journal')).text
    for (const secret of [
      text(device, 'device_code'),
      text(registered, 'registration_access_token'),
      text(registered, 'client_secret'),
      access,
    ])
      expect(shown).not.toContain(secret)
  })
})
