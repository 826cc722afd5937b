import { describe, expect, it } from 'vitest'
import { landing, query, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('vcita')
/** Registers an app that is Trusted, or not, and a session; the answer to its authorization request. */
const asApp = async (trusted: boolean) => {
  const state = JSON.parse((await stage.play.admin('/state')).text)
  const client = state.records.vcita.client[stage.play.address.clientId]
  state.records.vcita.client['trusted-or-not'] = { ...client, id: 'trusted-or-not', trusted }
  state.records.vcita.session = { s1: { user: 'b1c2d3e4f5a60718', proof: 'p' } }
  await stage.play.admin('/state', state, 'PUT')
  stage.double.approve({ ask: true })
  return (await stage.play.authorize({ client_id: 'trusted-or-not' }, { cookie: '_vcita_session=s1' })).status
}

describe('the authorization endpoint of vcita', () => {
  it('takes the URL of the guide and redirects with code and state', async () => {
    const { clientId, redirectUri, authorizeUrl } = stage.play.address
    const { status, at, params } = landing(
      await send(`${authorizeUrl}?${query({ client_id: clientId, redirect_uri: redirectUri, state: '$STATE' })}`),
    )
    expect([status, at]).toEqual([302, redirectUri])
    expect(params).toEqual({ code: expect.stringMatching(/^[0-9a-f]{64}$/), state: '$STATE' })
  })

  it('asks to log in when there is no session', async () => {
    stage.double.approve({ ask: true })
    expect((await stage.play.authorize()).text).toContain('<h1>Log in</h1>')
  })

  it('asks for consent unless the app is Trusted', async () => {
    await stage.play.authorize()
    expect(await asApp(false)).toBe(200)
    expect(await asApp(true)).toBe(302)
  })

  it('shows pages for an unknown client (401) and for a redirect URI that is not registered (400)', async () => {
    const client = await stage.play.authorize({ client_id: 'nobody' })
    expect([client.status, client.at, client.text.includes('invalid_client')]).toEqual([401, '', true])
    const uri = await stage.play.authorize({ redirect_uri: 'https://example.com/callbacks' })
    expect([uri.status, uri.at, uri.text.includes('invalid_redirect_uri')]).toEqual([400, '', true])
  })

  it('redirects a denial with access_denied and the state', async () => {
    stage.double.approve({ deny: true })
    expect((await stage.play.authorize({ state: 's' })).params).toEqual({
      error: 'access_denied',
      error_description: 'The resource owner or authorization server denied the request.',
      state: 's',
    })
  })

  quirkTest('vcita/response-type-not-needed', stage, async ({ play }) => (await play.authorize({ response_type: undefined })).status, {
    on: 302,
    off: 400,
  })

  quirkTest(
    'vcita/trusted-apps-skip-consent',
    stage,
    async ({ play }) => {
      await play.authorize()
      return asApp(true)
    },
    { on: 302, off: 200 },
  )

  quirkTest(
    'vcita/errors-are-shown',
    stage,
    async ({ play }) => {
      const { status, params } = await play.authorize({ response_type: 'token' })
      return [status, params['error']]
    },
    { on: [400, undefined], off: [302, 'unsupported_response_type'] },
  )
})
