import { describe, expect, it } from 'vitest'
import { form, jwtPart, send, serving, text } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zettle')
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('the API of Zettle', () => {
  it('GET /users/self tells the user and the organisation, in any case of the scheme', async () => {
    const { access } = await stage.play.connect()
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const answer = await send(`${stage.play.url}/users/self`, { headers: { authorization: `${scheme} ${access}` } })
      expect(answer.body).toEqual({
        uuid: 'de305d54-75b4-431b-adb2-eb6b9e546014',
        organizationUuid: 'ab305d54-75b4-431b-adb2-eb6b9e546013',
      })
    }
  })

  it('GET /users/me goes to /users/self', async () => {
    const answer = await send(`${stage.play.url}/users/me`)
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${stage.play.url}/users/self`])
  })

  it('a call without the scope it needs is answered 403', async () => {
    const { access } = await stage.play.connect({ scope: 'READ:FINANCE' })
    const answer = await send(`${stage.play.url}/purchases/v2`, { headers: bearer(access) })
    expect([answer.status, answer.body['errorType']]).toEqual([403, 'FORBIDDEN'])
    const fit = await stage.play.connect({ scope: 'READ:PURCHASE' })
    expect((await send(`${stage.play.url}/purchases/v2`, { headers: bearer(fit.access) })).status).toBe(200)
    expect((await send(`${stage.play.url}/v2/accounts/liquid/balance`, { headers: bearer(fit.access) })).status).toBe(403)
  })

  it('a call without a token, with a forged one or with a refresh token is answered 401', async () => {
    const { access, refresh } = await stage.play.connect()
    const forged = `${access.split('.').slice(0, 2).join('.')}.AAAA`
    for (const headers of [{}, bearer(forged), bearer(refresh), bearer('x'), { authorization: access }])
      expect((await send(`${stage.play.url}/users/self`, { headers })).status).toBe(401)
  })

  quirkTest(
    'zettle/expired-token-is-invalid-request',
    stage,
    async ({ play, double }) => {
      const { access } = await play.connect()
      double.clock.advance('2h')
      const answer = await play.call(access)
      return [answer.status, answer.headers.get('www-authenticate')]
    },
    {
      on: [401, 'Bearer error="invalid_request", error_description="ACCESS_TOKEN_EXPIRED"'],
      off: [401, 'Bearer error="invalid_token", error_description="ACCESS_TOKEN_EXPIRED"'],
    },
  )

  quirkTest(
    'zettle/expired-token-wording',
    stage,
    async ({ play, double }) => {
      const { access } = await play.connect()
      double.clock.advance('2h')
      const answer = await play.call(access)
      const body = String(answer.body['developerMessage'])
      return [answer.headers.get('www-authenticate')?.includes(`error_description="${body}"`), body]
    },
    {
      on: [true, 'ACCESS_TOKEN_EXPIRED'],
      off: [true, 'The access token expired'],
      'in-plain-words': [true, 'The access token has expired'],
    },
  )

  quirkTest(
    'zettle/some-services-use-plain-words',
    stage,
    async ({ play, double }) => {
      const { access } = await play.connect()
      double.clock.advance('2h')
      const answers = await Promise.all(
        ['/users/self', '/purchases/v2', '/v2/accounts/liquid/balance'].map((path) =>
          send(`${play.url}${path}`, { headers: bearer(access) }),
        ),
      )
      return answers.map(({ headers, body }) => {
        const said = /error_description="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1]
        return said === body['developerMessage'] ? said : [said, body]
      })
    },
    {
      on: ['ACCESS_TOKEN_EXPIRED', 'ACCESS_TOKEN_EXPIRED', 'The access token has expired'],
      off: ['ACCESS_TOKEN_EXPIRED', 'ACCESS_TOKEN_EXPIRED', 'ACCESS_TOKEN_EXPIRED'],
    },
  )

  it('a call without a token is asked for one: nothing has expired', async () => {
    const answer = await send(`${stage.play.url}/users/self`)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  })

  quirkTest(
    'zettle/unknown-key-is-a-server-error',
    stage,
    async ({ play, double }) => {
      const { access } = await play.connect()
      await double.registry.main.instances.get('zettle')?.keys.rotate('gone')
      const disconnect = { method: 'DELETE', headers: bearer(access) }
      const answers = [
        await play.call(access),
        await send(`${play.url}/users/self`, { headers: bearer(access) }),
        await send(`${play.url}/application-connections/self`, disconnect),
      ]
      return answers.map(({ status, headers, body }) => [
        status,
        headers.get('www-authenticate') !== null,
        /^KeyNotFoundException: Key \d{13} was not found/.test(String(body['developerMessage'])),
      ])
    },
    { on: Array(3).fill([500, false, true]), off: Array(3).fill([401, true, false]) },
  )

  it('DELETE /application-connections/self answers 204 and ends every token of the connection', async () => {
    const first = await stage.play.connect()
    const second = await stage.play.connect()
    const over = await send(`${stage.play.url}/application-connections/self`, { method: 'DELETE', headers: bearer(first.access) })
    expect([over.status, over.text]).toEqual([204, ''])
    for (const { access, refresh } of [first, second]) {
      expect((await stage.play.call(access)).status).toBe(401)
      expect((await stage.play.refresh(refresh)).body).toEqual({ error: 'invalid_grant', error_description: 'invalid refresh_token' })
    }
    expect((await stage.play.call((await stage.play.connect()).access)).status).toBe(200)
  })

  quirkTest(
    'zettle/connection-is-the-organizations',
    stage,
    async ({ play, double }) => {
      const { access } = await play.connect()
      const profile = { organizationUuid: 'ab305d54-75b4-431b-adb2-eb6b9e546013' }
      const { id } = await double.users.add('zettle', { id: 'c0305d54-75b4-431b-adb2-eb6b9e546015', profile })
      double.approve({ as: id }, { once: true })
      const colleague = await play.connect()
      await send(`${play.url}/application-connections/self`, { method: 'DELETE', headers: bearer(access) })
      return [(await play.call(colleague.access)).status, (await play.refresh(colleague.refresh)).status]
    },
    { on: [401, 400], off: [200, 200] },
  )

  it('a token for all opens every service, and says so', async () => {
    const { access } = await stage.play.connect({ scope: 'all' })
    expect(jwtPart(access, 'claims')['scope']).toBe('all')
    for (const path of ['/purchases/v2', '/v2/accounts/liquid/balance'])
      expect((await send(`${stage.play.url}${path}`, { headers: bearer(access) })).status).toBe(200)
  })

  it('the connection of another merchant outlives it', async () => {
    const { access } = await stage.play.connect()
    stage.double.approve({ as: '3f6f2b1c-1c5b-4f0e-8d53-5f5f6c7a8b90' }, { once: true })
    const other = await stage.play.connect()
    await send(`${stage.play.url}/application-connections/self`, { method: 'DELETE', headers: bearer(access) })
    expect((await stage.play.call(other.access)).status).toBe(200)
    expect((await stage.play.refresh(other.refresh)).status).toBe(200)
  })

  it('X-iZettle-Application-Id is kept in the journal', async () => {
    const { access } = await stage.play.connect()
    const { clientId } = stage.play.address
    await send(`${stage.play.url}/users/self`, { headers: { ...bearer(access), 'X-iZettle-Application-Id': clientId } })
    expect(stage.double.journal.last({ operation: 'userinfo' })?.request.headers).toContainEqual(['X-iZettle-Application-Id', clientId])
  })

  it('the hosts of before and of today answer alike when a request names them', async () => {
    const { code } = { code: await stage.play.code() }
    const { clientId, clientSecret, redirectUri } = stage.play.address
    const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: clientId, client_secret: clientSecret }
    const first = await form(`${stage.double.url()}/token`, fields, { host: 'oauth.izettle.com' })
    expect(first.status).toBe(200)
    const self = await send(`${stage.double.url()}/users/self`, {
      headers: { host: 'oauth.zettle.com', ...bearer(text(first, 'access_token')) },
    })
    expect(self.status).toBe(200)
  })
})
