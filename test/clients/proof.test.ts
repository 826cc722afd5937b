import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServer } from '../../src/index.js'
import { type Answer, missing, type RealClient, realClients, stateFolder, talk } from './talk.js'

type Double = Awaited<ReturnType<typeof createServer>>

// Where a library cannot go on, and what it says there. Everything else must go through to its end.
const stops: { readonly [place: string]: string } = {
  // Its refresh reports success, and holds the error body for tokens.
  'simple-oauth2 zoho-payments': 'second call: 401',
  'arctic zoho-payments': 'callback: Error',
  'arctic vcita': 'callback: invalid_client',
  'grant zettle': 'refresh: unsupported_step',
  'grant zoho-payments': 'refresh: unsupported_step',
}

const refreshing = new Set(['ziina', 'zettle', 'zoho-payments'])

let double: Double
beforeAll(async () => {
  // Most libraries send a form, which vcita's own text does not show.
  double = await createServer({ quirks: { 'vcita/also-takes-form': true } })
})
afterAll(() => double.close())

const environment = async (provider: string): Promise<NodeJS.ProcessEnv> => {
  const members = Object.entries(double.provider(provider)).map(([name, value]) => [
    `AUTHDOUBLE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
    String(value),
  ])
  return {
    ...Object.fromEntries(members),
    AUTHDOUBLE_PROVIDER: provider,
    AUTHDOUBLE_STATE_DIR: await stateFolder(),
  }
}

/** The browser: follows redirects within the server and reports where it was sent outside of it. */
const browse = async (url: string): Promise<string> => {
  const response = await fetch(url, { redirect: 'manual' })
  const location = new URL(response.headers.get('location') ?? '', url).href
  return location.startsWith(double.url()) ? browse(location) : location
}

/** A code that the provider hands out without a request: Zoho's Generate Code, Zentail's Install. */
const handedOut = async (provider: string, redirectUri = ''): Promise<string> => {
  // A self client has no redirect URI.
  const wanted = provider === 'zoho-payments' ? {} : { redirectUri }
  const response = await fetch(`${double.url()}/__admin/providers/${provider}/codes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  })
  const { code, url } = (await response.json()) as { readonly code: string; readonly url?: string }
  return url ?? `${redirectUri}?code=${code}`
}

/** Code exchange, call, refresh, call, a new process, refresh, call: the first step that fails, or undefined. */
const stopsAt = async (client: RealClient, provider: string): Promise<string | undefined> => {
  const given = await environment(provider)
  const failed = (name: string, answer: Answer, wanted?: number): string | undefined => {
    if (!answer.ok) return `${name}: ${answer.error?.code}`
    return wanted && answer.status !== wanted ? `${name}: ${answer.status}` : undefined
  }
  const first = talk(client.argv, given)
  const second = refreshing.has(provider) ? talk(client.argv, given) : undefined
  try {
    const { steps } = await first.ask('hello')
    const asked = steps?.includes('authorize') ? await first.ask('authorize') : undefined
    const landed = asked?.url ? await browse(asked.url) : await handedOut(provider, given['AUTHDOUBLE_REDIRECT_URI'])
    const opening = failed('callback', await first.ask('callback', landed)) ?? failed('call', await first.ask('call'), 200)
    if (opening || !second) return opening
    return (
      failed('refresh', await first.ask('refresh')) ??
      failed('call after refresh', await first.ask('call'), 200) ??
      failed('second refresh', await second.ask('refresh')) ??
      failed('second call', await second.ask('call'), 200)
    )
  } finally {
    first.kill()
    second?.kill()
  }
}

describe.each(realClients)('$library', (client) => {
  for (const provider of Object.keys(client.needs)) {
    const why = client.cannot?.[provider]
    const deeds = refreshing.has(provider) ? ', calls it and refreshes twice, the second time after a restart' : ' and calls it'
    const title = why ? `cannot keep a connection to ${provider}: ${why}` : `connects to ${provider}${deeds}`
    test(title, { timeout: 60_000 }, async () => {
      const absent = missing(client)
      if (absent && !process.env['CI']) return console.warn(`not tried: ${absent}`)
      expect(await stopsAt(client, provider)).toBe(stops[`${client.id} ${provider}`])
    })
  }
})

test('what a library cannot do is listed where, and only where, it is so', () => {
  const listed = realClients.flatMap((client) => Object.keys(client.cannot ?? {}).map((provider) => `${client.id} ${provider}`))
  expect(listed.sort()).toEqual(Object.keys(stops).sort())
})
