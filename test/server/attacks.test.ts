import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer, drip, truncate } from '../../src/index.js'

let double: Double
beforeAll(async () => {
  double = await createServer({ host: '127.0.0.1' })
})
afterAll(() => double.close())

const admin = (method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${double.url()}/__admin${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

/** Sends bytes as they are, and reads until the server hangs up. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(double.url())
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })

it('a redirect URI that no header can carry is refused where it enters, with the field at fault', async () => {
  const answer = await admin('POST', '/clients', { provider: 'vcita', clientId: 'i', redirectUris: ['https://b.example/编'] })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ field: 'redirectUris.0' })
})

it.each([drip(0.001), truncate(3)])(
  'a body fault on an answer that cannot be sent ends the connection, and not the process: $kind',
  async (fault) => {
    const sandbox = await double.sandbox()
    const document = structuredClone(await sandbox.state.export()) as unknown as {
      records: { vcita: { client: { [id: string]: { redirectUris: string[] } } } }
    }
    const { clientId } = sandbox.provider('vcita')
    const client = document.records.vcita.client[clientId]
    if (!client) throw new Error('the demonstration client is not in the state')
    client.redirectUris = ['https://b.example/\u7f16']
    await sandbox.state.import(document).catch(() => {})
    sandbox.faults.next('vcita', 'authorize', fault)
    const url = `${sandbox.provider('vcita').authorizeUrl}?response_type=code&client_id=${clientId}&redirect_uri=https%3A%2F%2Fb.example%2F%E7%BC%96`
    await fetch(url, { redirect: 'manual' }).catch(() => undefined)
    expect((await fetch(`${double.url()}/healthz`)).status).toBe(200)
  },
)

it('half a surrogate pair is refused, and journal, HAR and await go on', async () => {
  const { tokenUrl } = double.provider('vcita')
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"grant_type":"authorization_code","code":"\\ud800abcd"}',
  })
  expect(answer.status).toBe(400)
  for (const path of ['/journal', '/journal?format=har', '/journal/await?operation=token&provider=vcita'])
    expect((await admin('GET', path)).status).toBe(200)
})

it('half a surrogate pair is refused by the control API, too', async () => {
  expect((await admin('POST', '/users', '{"provider":"zettle","name":"\\uD83D"}')).status).toBe(400)
  expect((await admin('POST', '/users', '{"provider":"zettle","name":"\\uD83D\\uDE00"}')).status).toBe(201)
})

it('an observer that fails does not hurt the exchange that it looks at', async () => {
  const warned = new Promise<Error>((resolve) => process.once('warning', (warning) => resolve(warning)))
  const stop = double.journal.subscribe(() => {
    throw new Error('out of order')
  })
  const { tokenUrl, clientId, clientSecret = '', redirectUri } = double.provider('zettle')
  const { code } = await double.codes.mint('zettle', { redirectUri })
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    client_id: clientId,
    client_secret: clientSecret,
  })
  const answer = await fetch(tokenUrl, { method: 'POST', body })
  stop()
  expect(answer.status).toBe(200)
  expect((await warned).message).toContain('out of order')
})

it.each(['GET //', 'GET //a:b:c/x', 'GET /\\', 'GET /%00', 'GET ?', 'OPTIONS *', 'GET http://[bad/'])(
  '%s is answered, and the HAR can be read',
  async (line) => {
    const answer = await raw(`${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 [24]\d\d /)
    expect((await admin('GET', '/journal?format=har')).status).toBe(200)
  },
)

it.each(['a\r\nb@c', '€@example.com', 'a\0b'])('a log-in as %j is answered with the page again', async (email) => {
  const body = new URLSearchParams({ email, request: 'a=1', path: '/authorize' })
  const answer = await fetch(`${double.url('zettle')}/__login`, { method: 'POST', body, redirect: 'manual' })
  expect(answer.status).toBe(401)
})

it('a log-in form whose request would break a header is refused', async () => {
  const { email } = (await double.users.list('zettle'))[0] ?? { email: '' }
  for (const request of ['a=1\r\nset-cookie: x=y', 'a=€', 'a=\0']) {
    const body = new URLSearchParams({ email, request, path: '/authorize' })
    const answer = await fetch(`${double.url('zettle')}/__login`, { method: 'POST', body, redirect: 'manual' })
    expect(answer.status).toBeLessThan(500)
    expect(answer.headers.get('set-cookie') ?? '').not.toContain('x=y')
  }
})

it('a fault body that is very deep is refused or sent, and nothing falls over', async () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  const answer = await admin('POST', '/faults', `{"kind":"status","provider":"ziina","body":${deep}}`)
  expect(answer.status).toBeLessThan(500)
  await fetch(double.provider('ziina').tokenUrl, { method: 'POST' })
  expect((await admin('GET', '/journal')).status).toBe(200)
  await admin('DELETE', '/faults')
})
