import { describe, expect, it } from 'vitest'
import { form, landing, send, serving, text } from '../../kit.js'
import { quirkTest } from '../../quirk.js'

const stage = serving('zentail')
const install = (fields: { [name: string]: string } = {}) => form(`${stage.play.url}/apps/install`, fields).then(landing)

describe('installing an app at Zentail', () => {
  it('there is no authorization endpoint', () => {
    expect(stage.play.address.authorizeUrl).toBeUndefined()
  })

  it('the Install button sends the browser to the redirect URL with client_id and code, and no state', async () => {
    expect((await send(`${stage.play.url}/apps/install`)).text).toContain('Install</button>')
    const { status, at, params } = await install()
    expect([status, at]).toEqual([302, 'https://YOUR_DOMAIN/oauth_callback/'])
    expect(params).toEqual({ client_id: '6779ef20e75817b79602', code: expect.stringMatching(/^[a-z0-9]{10}$/) })
    const answer = await stage.play.redeem(params['code'] ?? '', { redirect_uri: 'https://YOUR_DOMAIN/oauth_callback' })
    expect(answer.status).toBe(200)
  })

  it('the control API installs without a browser and tells the same URL', async () => {
    const given = await stage.play.admin('/providers/zentail/codes', {})
    expect(text(given, 'url')).toBe(`https://YOUR_DOMAIN/oauth_callback/?client_id=6779ef20e75817b79602&code=${text(given, 'code')}`)
  })

  quirkTest(
    'zentail/slash-before-the-query',
    stage,
    async ({ play }) => {
      const given = await play.admin('/providers/zentail/codes', { redirectUri: 'http://localhost:1/cb/' })
      return [(await install()).at, text(given, 'url').split('?')[0]]
    },
    {
      on: ['https://YOUR_DOMAIN/oauth_callback/', 'http://localhost:1/cb//'],
      off: ['https://YOUR_DOMAIN/oauth_callback', 'http://localhost:1/cb/'],
      always: ['https://YOUR_DOMAIN/oauth_callback/', 'http://localhost:1/cb//'],
      never: ['https://YOUR_DOMAIN/oauth_callback', 'http://localhost:1/cb/'],
      'when-absent': ['https://YOUR_DOMAIN/oauth_callback/', 'http://localhost:1/cb/'],
    },
  )
})
