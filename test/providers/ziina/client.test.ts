import { describe, expect, it } from 'vitest'
import { basic, form, json, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('ziina')
const exchange = async (fields: { [name: string]: string | undefined } = {}) => ({
  grant_type: 'authorization_code',
  code: await stage.play.code(),
  redirect_uri: stage.play.address.redirectUri,
  ...fields,
})
const issued = () => basic(stage.play.address.username ?? '', stage.play.address.password ?? '')
const post = async (authorization: string | undefined, fields: { [name: string]: string | undefined } = {}) => {
  const answer = await form(stage.play.address.tokenUrl, await exchange(fields), { authorization })
  return [answer.status, answer.body['error'] ?? answer.body['token_type'], answer.body['error_description']]
}

describe('client authentication at Ziina', () => {
  it('is Basic with an issued user name and password that are not the client_id', async () => {
    const { username, clientId, clientSecret } = stage.play.address
    expect(username).not.toBe(clientId)
    expect(clientSecret).toBeUndefined()
    expect(await post(issued())).toEqual([200, 'Bearer', undefined])
  })

  it('names a Basic challenge for wrong credentials', async () => {
    const answer = await form(stage.play.address.tokenUrl, await exchange(), { authorization: basic('who', 'knows') })
    expect([answer.status, answer.body]).toEqual([401, { error: 'invalid_client', error_description: 'client authentication failed' }])
    expect(answer.headers.get('www-authenticate')).toBe(
      'Basic realm="https://auth.ziina.com", error="invalid_client", error_description="client authentication failed"',
    )
  })

  it('refuses no credentials, a malformed header, an empty password and broken encoding, each in its words', async () => {
    const username = stage.play.address.username ?? ''
    expect(await post(undefined)).toEqual([400, 'invalid_request', 'no client authentication mechanism provided'])
    expect(await post('Basic ???')).toEqual([400, 'invalid_request', 'invalid authorization header value format'])
    expect(await post(`Basic ${Buffer.from('no colon').toString('base64')}`)).toEqual([
      400,
      'invalid_request',
      'invalid authorization header value format',
    ])
    expect(await post(basic(username, ''))).toEqual([400, 'invalid_request', 'client_secret must be provided in the Authorization header'])
    expect(await post(basic(username, '%zz'))).toEqual([
      400,
      'invalid_request',
      'client_id and client_secret in the authorization header are not properly encoded',
    ])
  })

  it('refuses credentials in the header and in the body at once', async () => {
    expect(await post(issued(), { client_secret: 'x' })).toEqual([
      400,
      'invalid_request',
      'client authentication must only be provided using one mechanism',
    ])
  })

  it('refuses a JSON body and a doubled parameter', async () => {
    const answer = await json(stage.play.address.tokenUrl, await exchange(), { authorization: issued() })
    expect([answer.status, answer.body]).toEqual([
      400,
      {
        error: 'invalid_request',
        error_description: 'only application/x-www-form-urlencoded content-type bodies are supported on POST /oidc/token',
      },
    ])
    const doubled = await send(stage.play.address.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: issued() },
      body: 'grant_type=authorization_code&code=a&code=b',
    })
    expect([doubled.status, doubled.body]).toEqual([
      400,
      { error: 'invalid_request', error_description: "'code' parameter must not be provided twice" },
    ])
  })

  it('names what is missing, one or two', async () => {
    expect(await post(issued(), { code: undefined })).toEqual([400, 'invalid_request', "missing required parameter 'code'"])
    expect(await post(issued(), { code: undefined, redirect_uri: undefined })).toEqual([
      400,
      'invalid_request',
      "missing required parameters 'code' and 'redirect_uri'",
    ])
    expect(await post(issued(), { grant_type: 'password' })).toEqual([400, 'unsupported_grant_type', 'unsupported grant_type requested'])
  })

  quirkTest(
    'ziina/client-id-beside-basic',
    stage,
    async ({ play }) => {
      const own = await post(issued(), { client_id: play.address.clientId })
      const other = await post(issued(), { client_id: 'another' })
      return [own[0], other[0], (await post(issued()))[0]]
    },
    {
      on: [200, 400, 200],
      off: [200, 200, 200],
      'must-equal': [200, 400, 200],
      'must-be-absent': [400, 400, 200],
      ignored: [200, 200, 200],
    },
  )

  it('calls another client_id beside Basic a mismatch', async () => {
    expect(await post(issued(), { client_id: 'another' })).toEqual([
      400,
      'invalid_request',
      'mismatch in body and authorization client ids',
    ])
  })

  quirkTest(
    'ziina/username-is-not-the-client-id',
    stage,
    async ({ play }) => [(await post(issued()))[0], (await post(basic(play.address.clientId, 'ziina-demo-password')))[0]],
    { on: [200, 401], off: [401, 200] },
  )

  quirkTest(
    'ziina/also-takes-client-id-as-username',
    stage,
    async ({ play }) => [(await post(issued()))[0], (await post(basic(play.address.clientId, 'ziina-demo-password')))[0]],
    { on: [200, 200], off: [200, 401] },
  )

  quirkTest(
    'ziina/also-takes-body-credentials',
    stage,
    async ({ play }) => (await post(undefined, { client_id: play.address.clientId, client_secret: 'ziina-demo-password' }))[0],
    { on: 200, off: 400 },
  )
})
