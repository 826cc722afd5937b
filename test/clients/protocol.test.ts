import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { missing, type RealClient, realClients, stateFolder, talk } from './talk.js'

// Nothing listens here: saying hello takes no provider.
const nowhere = 'http://127.0.0.1:9/provider'

const environment = async (client: RealClient) => ({
  AUTHDOUBLE_PROVIDER: Object.keys(client.needs)[0],
  AUTHDOUBLE_BASE_URL: nowhere,
  AUTHDOUBLE_AUTHORIZE_URL: `${nowhere}/authorize`,
  AUTHDOUBLE_TOKEN_URL: `${nowhere}/token`,
  AUTHDOUBLE_RESOURCE_URL: `${nowhere}/resource`,
  AUTHDOUBLE_CLIENT_ID: 'client',
  AUTHDOUBLE_CLIENT_SECRET: 'secret',
  AUTHDOUBLE_USERNAME: 'user',
  AUTHDOUBLE_PASSWORD: 'password',
  AUTHDOUBLE_REDIRECT_URI: 'http://127.0.0.1:9/callback',
  AUTHDOUBLE_SCOPE: 'one two',
  AUTHDOUBLE_STATE_DIR: await stateFolder(),
})

describe('a real client', () => {
  test.each(realClients)('$id says hello, knows when it holds no tokens, and leaves by itself', { timeout: 60_000 }, async (client) => {
    const absent = missing(client)
    if (absent && !process.env['CI']) return console.warn(`not tried: ${absent}`)
    expect(absent).toBeUndefined()

    const { ask, gone, kill } = talk(client.argv, await environment(client))
    try {
      const hello = await ask('hello')
      expect(hello).toMatchObject({ id: 1, ok: true, client: expect.stringMatching(/^\S+ \d+\.\d/) })
      expect(hello.steps).toEqual(expect.arrayContaining(['callback', 'call']))
      expect(await ask('call')).toMatchObject({ id: 2, ok: false, error: { kind: 'other', code: 'no_tokens' } })
      expect(await ask('dance')).toMatchObject({ id: 3, ok: false, error: { kind: 'other' } })
      expect(await ask('bye')).toEqual({ id: 4, ok: true })
      expect(await gone).toBe(0)
    } finally {
      kill()
    }
  })

  test('is listed with the way to start it, and no file is left unlisted', () => {
    const files = readdirSync('fixtures/clients').filter((name) => /\.(mjs|php|pl|py|rb|sh)$/.test(name) && !name.startsWith('protocol.'))
    expect(realClients.map((client) => client.argv.at(-1)?.replace('fixtures/clients/', '')).sort()).toEqual(files.sort())
  })
})
