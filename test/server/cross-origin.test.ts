import { describe, expect, it } from 'vitest'
import type { Stage } from '../kit.js'
import { send, serving } from '../kit.js'
import { quirkTest } from '../quirk.js'

const own = 'http://127.0.0.1:5173'
const foreign = 'https://attacker.example'

const allowed = (answer: { readonly status: number; readonly headers: Headers }) => answer.headers.get('access-control-allow-origin')

/** What a page of the client and one of somebody else see: the preflight of a token request, and the request. */
const pages = async ({ play, double }: Stage) => {
  const { tokenUrl, resourceUrl = '' } = play.address
  const ask = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
  const preflight = await send(tokenUrl, { method: 'OPTIONS', headers: { origin: own, ...ask } })
  const exchange = async (origin: string) => {
    const { accessToken = '' } = await double.tokens.mint(new URL(play.url).pathname.slice(1))
    const scheme = play.url.endsWith('zoho-payments') ? 'Zoho-oauthtoken ' : play.url.endsWith('zentail') ? '' : 'Bearer '
    return allowed(await send(resourceUrl, { headers: { origin, authorization: `${scheme}${accessToken}` } }))
  }
  return [preflight.status === 204 ? allowed(preflight) : 'refused', await exchange(own), await exchange(foreign)]
}

const on = [own, own, null]
const off = ['refused', null, null]

describe('pages of other origins', () => {
  quirkTest('ziina/also-takes-browser-clients', serving('ziina'), pages, { on, off })
  quirkTest('zettle/also-takes-browser-clients', serving('zettle'), pages, { on, off })
  quirkTest('zoho-payments/also-takes-browser-clients', serving('zoho-payments'), pages, { on, off })
  quirkTest('zentail/also-takes-browser-clients', serving('zentail'), pages, { on, off })
  quirkTest('vcita/also-takes-browser-clients', serving('vcita'), pages, { on, off })

  const stage = serving('ziina', { tolerant: true })

  quirkTest(
    'ziina/metadata-is-open-to-browsers',
    serving('ziina'),
    async ({ play }) => {
      const at = (path: string) => send(`${play.url}/oidc${path}`, { headers: { origin: foreign } })
      return [allowed(await at('/.well-known/openid-configuration')), allowed(await at('/jwks'))]
    },
    { on: ['*', '*'], off: [null, null] },
  )

  it('a preflight says which methods and headers are allowed, and is in the journal', async () => {
    const answer = await send(stage.play.address.userinfoUrl ?? '', {
      method: 'OPTIONS',
      headers: { origin: own, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST')
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization')
    expect(stage.double.journal.last()).toMatchObject({ operation: 'userinfo', outcome: 'answered', request: { method: 'OPTIONS' } })
  })

  it('a preflight for a method that is not served, and OPTIONS without an origin, are refused as before', async () => {
    const url = stage.play.address.tokenUrl
    const wrong = await send(url, { method: 'OPTIONS', headers: { origin: own, 'access-control-request-method': 'DELETE' } })
    expect([wrong.status, allowed(wrong)]).toEqual([404, null])
    expect((await send(url, { method: 'OPTIONS' })).status).toBe(404)
  })

  it('a refused token request can be read by the client’s page too', async () => {
    const answer = await stage.play.token({ grant_type: 'refresh_token', refresh_token: 'none' }, { origin: own })
    expect([answer.status, allowed(answer)]).toEqual([400, own])
  })
})
