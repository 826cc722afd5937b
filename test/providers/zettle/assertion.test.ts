import { beforeEach, describe, expect, it } from 'vitest'
import { form, jwtPart, send, serving, text } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zettle')
const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const exchange = (assertion: string, client_id: string) => form(stage.play.address.tokenUrl, { grant_type, client_id, assertion })
const newKey = async () => {
  const given = await stage.play.admin('/providers/zettle/assertions', { name: 'Sync', scope: 'READ:PURCHASE' })
  return { key: text(given, 'assertion'), own: text(given, 'clientId') }
}

describe('the assertion grant of Zettle', () => {
  let key = ''
  let own = ''
  beforeEach(async () => {
    ;({ key, own } = await newKey())
  })

  it('an API key is a JWT with kid "0" that ends some 30 years on', () => {
    expect(jwtPart(key, 'header')).toEqual({ kid: '0', typ: 'JWT', alg: 'RS256' })
    const claims = jwtPart(key, 'claims')
    expect(claims).toMatchObject({
      iss: 'iZettle',
      aud: 'API',
      type: 'user-assertion',
      renewed: false,
      client_id: own,
      scope: ['READ:PURCHASE'],
    })
    expect(claims['user']).toEqual({
      userType: 'USER',
      uuid: 'de305d54-75b4-431b-adb2-eb6b9e546014',
      orgUuid: 'ab305d54-75b4-431b-adb2-eb6b9e546013',
      userRole: 'OWNER',
    })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(946_707_776)
  })

  it('a key and its own client_id give an access token and no refresh token, as often as wanted', async () => {
    for (let i = 0; i < 2; i += 1) {
      const answer = await exchange(key, own)
      expect(answer.status).toBe(200)
      expect(Object.keys(answer.body)).toEqual(['access_token', 'expires_in'])
      expect((await stage.play.call(text(answer, 'access_token'))).status).toBe(200)
    }
  })

  it('the token of a key carries the scope of the key and nothing more', async () => {
    const access = text(await exchange(key, own), 'access_token')
    expect(jwtPart(access, 'claims')['scope']).toBe('READ:PURCHASE')
  })

  it('a registered app is named in the token when it presents the key under its own client_id', async () => {
    stage.double.quirks.set('zettle/client-in-claims', true)
    const { clientId } = stage.play.address
    const access = text(await exchange(key, clientId), 'access_token')
    expect(jwtPart(access, 'claims')['client_id']).toBe(clientId)
  })

  quirkTest(
    'zettle/key-works-for-registered-clients',
    stage,
    async ({ play }) => (await exchange((await newKey()).key, play.address.clientId)).status,
    { on: 200, off: 400 },
  )

  it('a client_id that is neither the key’s own nor registered is refused', async () => {
    const answer = await exchange(key, '00000000-0000-4000-8000-000000000000')
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_client'])
  })

  it('a revoked key is refused although its exp is 30 years away', async () => {
    const state = JSON.parse((await stage.play.admin('/state')).text)
    state.records.zettle.apiKey[own].ended = 'revoked'
    await stage.play.admin('/state', state, 'PUT')
    const answer = await exchange(key, own)
    expect([answer.status, answer.body]).toEqual([400, { error: 'invalid_grant', error_description: 'Invalid assertion JWT' }])
    expect(stage.double.journal.last({ operation: 'token' })?.reason).toBe('assertion_revoked')
  })

  it('a forged key, a key of nobody and no key at all are refused', async () => {
    const [header, claims] = key.split('.')
    for (const forged of [`${header}.${claims}.AAAA`, 'not.a.jwt', 'x']) {
      const answer = await exchange(forged, own)
      expect([answer.status, answer.body]).toEqual([400, { error: 'invalid_grant', error_description: 'Invalid assertion JWT' }])
    }
    const none = await form(stage.play.address.tokenUrl, { grant_type, client_id: own })
    expect([none.status, none.body['error']]).toEqual([400, 'invalid_request'])
  })

  it('the API key page is filled in by its link and hands out a key that works', async () => {
    const page = await send(`${stage.play.url}/apps/api-keys?name=WooCommerce+Sync&scopes=READ:PURCHASE+READ:FINANCE`)
    expect(page.text).toContain('name="name" value="WooCommerce Sync"')
    expect(page.text).toContain('name="scopes" value="READ:PURCHASE READ:FINANCE"')
    const made = await form(`${stage.play.url}/apps/api-keys`, { name: 'WooCommerce Sync', scopes: 'READ:PURCHASE READ:FINANCE' })
    const [made1 = '', made2 = ''] = [...made.text.matchAll(/<code data-value="[^"]*"[^>]*>([^<]+)<\/code>/g)].map(([, value]) => value)
    expect(jwtPart(made1, 'claims')['scope']).toEqual(['READ:PURCHASE', 'READ:FINANCE'])
    expect((await exchange(made1, made2)).status).toBe(200)
  })
})
