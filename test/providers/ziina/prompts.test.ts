import { describe, expect, it } from 'vitest'
import { basic, form, formsOf, query, send, serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('ziina', { interactive: true })

const request = (fields: { readonly [name: string]: string }): string => {
  const { clientId, redirectUri } = stage.play.address
  return query({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope: 'openid', ...fields })
}

/** Sends the form of a page with other values. */
const submit = (page: string, fields: { readonly [name: string]: string }, cookie = '') => {
  const [shown] = formsOf(page)
  if (!shown) throw new Error(page)
  return form(new URL(shown.action, stage.play.url).href, { ...shown.fields, ...fields }, { cookie })
}

const loggedIn = async (asked: string) => {
  const login = await submit((await send(`${stage.play.address.authorizeUrl}?${asked}`)).text, { email: 'amal@example.com' })
  return { to: login.headers.get('location') ?? '', cookie: (login.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' }
}
const ask = (asked: string, cookie: string) => send(`${stage.play.address.authorizeUrl}?${asked}`, { headers: { cookie } })

describe('prompt at Ziina', () => {
  it('login shows the log-in although somebody is logged in, and goes on behind it', async () => {
    const { cookie } = await loggedIn(request({}))
    const again = await ask(request({ prompt: 'login consent' }), cookie)
    expect(again.text).toContain('type="password"')
    const login = await submit(again.text, { email: 'noor@example.com' }, cookie)
    const consent = await send(new URL(login.headers.get('location') ?? '', stage.play.url).href, {
      headers: { cookie: (login.headers.get('set-cookie') ?? '').split(';', 1)[0] },
    })
    expect(consent.text).not.toContain('type="password"')
  })

  it('none succeeds after an approval of the same scope, and only then', async () => {
    const { to, cookie } = await loggedIn(request({}))
    const before = await ask(request({ prompt: 'none' }), cookie)
    expect(before.headers.get('location')).toContain('error=consent_required')
    const page = await send(new URL(to, stage.play.url).href, { headers: { cookie } })
    const approved = await submit(page.text, { choice: 'approve' }, cookie)
    expect(approved.headers.get('location')).toContain('code=')
    expect((await ask(request({ prompt: 'none' }), cookie)).headers.get('location')).toContain('code=')
    expect((await ask(request({ prompt: 'none', scope: 'openid email' }), cookie)).headers.get('location')).toContain('consent_required')
    expect((await ask(request({ prompt: 'none' }), '')).headers.get('location')).toContain('login_required')
  })
})

const plain = serving('ziina')

describe('what a token of Ziina opens', () => {
  it.each([
    ['write_payment_intents', '/api/payment_intent'],
    ['write_refunds', '/api/refund'],
    ['write_webhooks', '/api/webhook'],
    ['write_transfers', '/api/transfer'],
  ])('%s opens POST %s, and nothing else', async (scope, path) => {
    const { access } = await plain.play.connect({ scope })
    const call = (where: string) => send(`${plain.play.url}${where}`, { method: 'POST', headers: { authorization: `Bearer ${access}` } })
    for (const one of ['/api/payment_intent', '/api/refund', '/api/webhook', '/api/transfer'])
      expect((await call(one)).status, one).toBe(one === path ? 200 : 403)
  })

  quirkTest('ziina/empty-state-comes-back', plain, async ({ play }) => (await play.authorize({ state: '' })).params['state'], {
    on: '',
    off: undefined,
  })

  quirkTest(
    'ziina/metadata-as-published',
    plain,
    async ({ play }) => {
      const { body } = await send(`${play.url}/oidc/.well-known/openid-configuration`)
      const { username = '', password = '' } = play.address
      const implicit = await form(play.address.tokenUrl, { grant_type: 'client_credentials' }, { authorization: basic(username, password) })
      return [body['response_types_supported'], body['grant_types_supported'], implicit.body['error']]
    },
    {
      on: [
        ['code id_token', 'code', 'id_token', 'none'],
        ['implicit', 'authorization_code', 'refresh_token', 'client_credentials'],
        'unsupported_grant_type',
      ],
      off: [['code'], ['authorization_code', 'refresh_token'], 'unsupported_grant_type'],
    },
  )
})
