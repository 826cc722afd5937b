import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServer, type Double } from '../../src/index.js'
import { interceptVariables } from '../../src/intercept/environment.js'
import { intercept } from '../../src/intercept/intercept.js'
import { directory, present, run } from './ground.js'

let state: Awaited<ReturnType<typeof directory>>
let double: Double
const watched: string[] = []

beforeAll(async () => {
  state = await directory()
  double = await createServer({
    proxy: true,
    tls: {},
    caDirectory: state.path,
    watch: ({ method, path, status }) => watched.push(`${method} ${path} ${status}`),
  })
})

afterAll(async () => {
  await double.close()
  await state[Symbol.asyncDispose]()
})

const variables = () =>
  interceptVariables({ url: double.url(), proxy: double.endpoints.proxy ?? '', caFile: double.endpoints.ca ?? '', hosts: double.hosts })

const redeemable = async () => {
  const { authorizeUrl = '', clientId, clientSecret = '', redirectUri } = double.provider('zettle')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'READ:FINANCE',
    state: 's',
  })
  const landed = await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })
  const code = new URL(landed.headers.get('location') ?? '').searchParams.get('code') ?? ''
  return new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    client_id: clientId,
    client_secret: clientSecret,
  })
}

test.runIf(present('curl'))('curl redeems a code at https://oauth.zettle.com/token, and it is the double that answers', async () => {
  const { stdout, stderr } = await run('curl', ['-sS', '-d', String(await redeemable()), 'https://oauth.zettle.com/token'], variables())
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) })
  expect(double.journal.last()).toMatchObject({ provider: 'zettle', operation: 'token', outcome: 'answered', request: { url: '/token' } })
})

test.runIf(present('python3'))("so does Python's urllib", async () => {
  const program =
    'import sys, urllib.request as r; print(r.urlopen("https://oauth.zettle.com/token", sys.argv[1].encode()).read().decode())'
  const { stdout, stderr } = await run('python3', ['-c', program, String(await redeemable())], variables())
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toMatchObject({ access_token: expect.any(String) })
})

test('so does fetch in this process, with an interceptor that takes the double as it is', async () => {
  const body = await redeemable()
  await using _reach = intercept(double)
  const answer = await fetch('https://oauth.zettle.com/token', { method: 'POST', body })
  expect(await answer.json()).toMatchObject({ access_token: expect.any(String) })
})

test('so does a client that opens TLS itself: the double that is handed over tells its TLS port', async () => {
  await using _reach = intercept(double)
  const ca = await readFile(double.endpoints.ca ?? '')
  const socket = connectTls({ host: 'oauth.zettle.com', port: 443, servername: 'oauth.zettle.com', ca })
  await once(socket, 'secureConnect')
  const port = socket.remotePort
  socket.destroy()
  expect({ authorized: socket.authorized, port }).toEqual({ authorized: true, port: Number(new URL(double.endpoints.tls ?? '').port) })
})

test('so does a library that is older than fetch and has agents of its own', async () => {
  const body = await redeemable()
  await using _reach = intercept({ url: double.url(), hosts: double.hosts, others: 'refuse' })
  const { AuthorizationCode } = createRequire(import.meta.url)('simple-oauth2')
  const client = new AuthorizationCode({
    client: { id: body.get('client_id'), secret: body.get('client_secret') },
    auth: { tokenHost: 'https://oauth.zettle.com', tokenPath: '/token' },
    options: { authorizationMethod: 'body' },
  })
  const { token } = await client.getToken({ code: body.get('code'), redirect_uri: body.get('redirect_uri') })
  expect(token).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) })
})

test.runIf(present('curl'))('nothing else is reached: the proxy refuses every other host, and who watches is told', async () => {
  const { code, stdout } = await run('curl', ['-sS', 'https://www.zettle.com/'], variables())
  expect({ code, stdout }).toEqual({ code: 56, stdout: '' })
  expect(watched).toContain('CONNECT www.zettle.com:443 403')
})

test.runIf(present('curl'))('the port with TLS answers under each real name, its certificate being good for it', async () => {
  const port = new URL(double.endpoints.tls ?? '').port
  for (const [host, path] of [
    ['auth.ziina.com', '/oidc/jwks'],
    ['accounts.zoho.eu', '/oauth/v2/token'],
    ['api.vcita.biz', '/oauth/userinfo'],
    ['localhost', '/healthz'],
  ] as const) {
    const args = [
      '-sS',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code} %{ssl_verify_result}',
      '--connect-to',
      `::127.0.0.1:${port}`,
      `https://${host}${path}`,
    ]
    const { stdout, stderr } = await run('curl', args, { CURL_CA_BUNDLE: double.endpoints.ca ?? '' })
    expect(`${host} ${stdout} ${stderr}`).toMatch(new RegExp(`^${host} (200|400|401|405) 0 $`))
  }
})

test('links in an answer lead back to the host that was asked', async () => {
  await using _reach = intercept(double)
  const discovery = await (await fetch('https://auth.ziina.com/oidc/.well-known/openid-configuration')).json()
  expect(discovery).toMatchObject({ token_endpoint: 'https://auth.ziina.com/oidc/token' })
  const direct = await (await fetch(`${double.url('ziina')}/oidc/.well-known/openid-configuration`)).json()
  expect(direct).toMatchObject({ token_endpoint: `${double.url('ziina')}/oidc/token` })
})

test('each provider is at the root of a name of its own below localhost', async () => {
  const answer = await fetch(new URL('/token', double.url().replace('127.0.0.1', 'zettle.localhost')), { method: 'POST' }).catch(
    () => undefined,
  )
  // Not every system resolves names below localhost; the Host header is what counts.
  const status = answer?.status ?? Number(/ (\d+) /.exec(await raw('zettle.localhost', 'POST /token'))?.[1])
  expect(status).toBe(400)
})

const raw = (host: string, line: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(double.url()).port), '127.0.0.1', () =>
      socket.write(`${line} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`),
    )
    let got = ''
    socket
      .on('data', (chunk) => (got += chunk))
      .on('close', () => resolve(got))
      .on('error', reject)
  })

test('without --tls and --proxy no authority is made and the port is no proxy', async () => {
  await using empty = await directory()
  await using plain = await createServer({ providers: ['zettle'], caDirectory: `${empty.path}/none` })
  expect(plain.endpoints).toEqual({})
  const { code } = await run('curl', ['-sS', '-x', plain.url(), 'https://oauth.zettle.com/token'], {})
  expect(code).not.toBe(0)
  expect(plain.hosts).toContain('oauth.zettle.com')
})
