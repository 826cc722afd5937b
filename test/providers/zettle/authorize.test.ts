import { describe, expect, it } from 'vitest'
import { serving } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zettle')
const sso = { cookie: 'iz_sso=9c3375c9-fd1b-4fde-9743-6f3d2e475388' }

describe('the authorization endpoint of Zettle', () => {
  it('shows a log-in page to a browser without the SSO cookie', async () => {
    stage.double.approve({ ask: true })
    const page = await stage.play.authorize()
    expect(page.status).toBe(200)
    expect(page.text).toContain('<h1>Log in</h1>')
    expect((await stage.play.authorize({}, { cookie: 'iz_sso=unknown' })).text).toContain('<h1>Log in</h1>')
  })

  it('shows the app and the requested scope to a browser with the SSO cookie, and offers to approve in the same URL', async () => {
    stage.double.approve({ ask: true })
    const page = await stage.play.authorize({ scope: 'READ:FINANCE READ:PURCHASE', state: 's1' }, sso)
    expect(page.status).toBe(200)
    for (const part of ['Demo app', 'READ:FINANCE', 'READ:PURCHASE', 'name="action" value="authorize"', 'name="state" value="s1"'])
      expect(page.text).toContain(part)
  })

  it('redirects with the code and the unchanged state once action=authorize comes with the cookie', async () => {
    stage.double.approve({ ask: true })
    const state = 'a b+c&d=e/ü%20"\'<>#?'
    const landed = await stage.play.authorize({ action: 'authorize', state }, sso)
    expect(landed.status).toBe(302)
    expect(landed.at).toBe(stage.play.address.redirectUri)
    expect(Object.keys(landed.params)).toEqual(['code', 'state'])
    expect(landed.params['code']).toMatch(/^[0-9a-f]{32}$/)
    expect(landed.params['state']).toBe(state)
  })

  it('takes action=authorize from nobody without the cookie', async () => {
    stage.double.approve({ ask: true })
    expect((await stage.play.authorize({ action: 'authorize' })).text).toContain('<h1>Log in</h1>')
  })

  it('answers a redirect URI that is not registered with a page, not a redirect', async () => {
    const answer = await stage.play.authorize({ redirect_uri: 'https://evil.example/get' })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('location')).toBeNull()
    expect(answer.text).toContain('Parameter redirect_uri contains URI that is not allowed')
  })

  it('redirects a denial with access_denied and the state', async () => {
    stage.double.approve({ deny: true })
    const { at, params } = await stage.play.authorize({ state: 's2' })
    expect(at).toBe(stage.play.address.redirectUri)
    expect(params).toMatchObject({ error: 'access_denied', state: 's2' })
    expect(params['code']).toBeUndefined()
  })

  it('ignores parameters it does not know, as its own SDK sends them', async () => {
    const { params } = await stage.play.authorize({ app: 'sdk', prompt: 'login', os: 'android', udid: '1', locale: 'sv' })
    expect(params['code']).toMatch(/^[0-9a-f]{32}$/)
  })

  quirkTest(
    'zettle/redirect-uri-may-be-left-out',
    stage,
    async ({ play }) => {
      const { status, at } = await play.authorize({ redirect_uri: undefined })
      return [status, at]
    },
    { on: [302, 'http://httpbin.org/get'], off: [400, ''] },
  )

  quirkTest(
    'zettle/approves-in-the-same-url',
    stage,
    async ({ play, double }) => {
      double.approve({ ask: true })
      return (await play.authorize({ action: 'authorize' }, sso)).status
    },
    { on: 302, off: 200 },
  )
})
