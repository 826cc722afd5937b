import { afterAll, describe, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { send } from '../kit.js'

const double = await createServer({ providers: ['zettle'] })
afterAll(() => double.close())
const port = new URL(double.url()).port

const asked = async (host: string, path: string, sent: { method?: string; body?: string } = {}, url = double.url()) =>
  (await send(`${url}/__admin${path}`, { ...sent, headers: { host, 'content-type': 'application/json' } })).body

describe('the control API', () => {
  it.each(['127.0.0.1:55001', 'authdouble:4740', '192.168.1.7:4740', '[fd00::7]:4740'])(
    'called at %s, hands out addresses that can be reached there',
    async (host) => {
      const made = (await asked(host, '/sandboxes', { method: 'POST', body: '{}' })) as { readonly name: string }
      const url = `http://${host}/~${made.name}`
      expect(made).toMatchObject({
        url,
        admin: `${url}/__admin`,
        providers: { zettle: { baseUrl: `${url}/zettle`, tokenUrl: `${url}/zettle/token` } },
      })
      expect(await asked(host, '')).toMatchObject({ url: `http://${host}`, links: { clock: `http://${host}/__admin/clock` } })
      expect(await asked(host, '/status')).toMatchObject({ url: `http://${host}` })
      expect(await asked(host, '/openapi.json')).toMatchObject({ servers: [{ url: `http://${host}` }] })
      expect(await asked(host, '/providers/zettle')).toMatchObject({ address: { tokenUrl: `http://${host}/zettle/token` } })
      expect(JSON.stringify(await asked(host, '/providers/zettle'))).not.toContain(double.url())
    },
  )

  it.each([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])(
    'called at %s, which is the server itself, says its own URL',
    async (host) => {
      expect(await asked(host, '/sandboxes', { method: 'POST', body: '{}' })).toMatchObject({
        url: expect.stringMatching(`^${double.url()}/~`),
      })
    },
  )

  it('says the URL that was set, wherever it is called', async () => {
    await using named = await createServer({ providers: ['zettle'], baseUrl: 'http://oauth.test:81' })
    const status = await named.fetch('http://127.0.0.1:55001/__admin/status')
    expect(await status.json()).toMatchObject({ url: 'http://oauth.test:81' })
  })
})
