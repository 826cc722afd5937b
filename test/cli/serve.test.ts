import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Running } from './command.js'
import { authdouble } from './command.js'

interface Ready {
  readonly event: string
  readonly url: string
  readonly admin: string
  readonly pid: number
  readonly version: string
  readonly providers: { readonly [provider: string]: { readonly [member: string]: string } }
}

let running: Running | undefined
afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.ended
  running = undefined
})

const serve = async (...flags: readonly string[]): Promise<Ready> => {
  running = authdouble(['serve', '--port', '0', '--json', '--log-level', 'silent', ...flags])
  return JSON.parse(await running.line) as Ready
}

const text = async (url: string, init?: RequestInit): Promise<string> => (await fetch(url, init)).text()

describe('authdouble serve', () => {
  it('prints one ready line with the URLs and credentials of every provider', async () => {
    const ready = await serve()
    expect(ready).toMatchObject({ event: 'ready', admin: `${ready.url}/__admin`, pid: running?.child.pid })
    expect(Object.keys(ready.providers)).toEqual(['plain', 'ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'])
    expect(ready.providers['ziina']).toMatchObject({ username: expect.any(String), password: expect.any(String), clientId: 'test' })
    expect(ready.providers['zettle']?.['assertion']).toMatch(/^ey/)
    expect(ready.providers['zentail']).not.toHaveProperty('authorizeUrl')
    expect(JSON.parse(await text(`${ready.url}/healthz`))).toEqual({ status: 'ok', version: ready.version })
  })

  it('serves only the providers it is told to', async () => {
    const ready = await serve('--provider', 'zettle,vcita')
    expect(Object.keys(ready.providers)).toEqual(['zettle', 'vcita'])
    expect((await fetch(`${ready.url}/ziina/oidc/jwks`)).status).toBe(404)
  })

  it('gives the same codes and tokens on every run with one seed, and others with another', async () => {
    const codes: string[] = []
    for (const seed of ['7', '7', '8']) {
      const { url } = await serve('--seed', seed, '--provider', 'vcita')
      codes.push((JSON.parse(await text(`${url}/__admin/providers/vcita/codes`, { method: 'POST' })) as { code: string }).code)
      running?.child.kill('SIGKILL')
      await running?.ended
    }
    expect(codes[0]).toBe(codes[1])
    expect(codes[0]).not.toBe(codes[2])
  })

  it('takes quirks by name, and --tolerant for all that is only tolerated', async () => {
    const { providers } = await serve('--quirk', 'zettle/no-token-type=false', '--tolerant')
    const { tokenUrl = '', clientId, clientSecret } = providers['zettle'] ?? {}
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'IZSEC07b0edfc-f557-4e52-a995-384288e2351e' })
    expect(JSON.parse(await text(tokenUrl, { method: 'POST', headers: { authorization }, body }))).toMatchObject({ token_type: 'Bearer' })
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends on %s with %d', async (signal, code) => {
    await serve()
    running?.child.kill(signal)
    expect(await running?.ended).toMatchObject({ code })
  })

  it('says which port is in use, and ends with 2', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await authdouble(['serve', '--port', String(port)]).ended
    other.close()
    expect(code).toBe(2)
    expect(stderr).toContain(`port ${port} is in use`)
  })

  it.each([
    [['--port', 'http'], '--port'],
    [['--no-such-flag'], '--no-such-flag'],
    [['--quirk', 'zettle/no-such-quirk'], 'no-such-quirk'],
    [['--quirk', 'nonsense'], 'provider/name'],
    [['--quirk', 'vcita/code-lifetime=soon'], 'code-lifetime'],
    [['--provider', 'acme'], 'acme'],
    [['--base-url', 'nowhere'], 'nowhere'],
    [['--log-level', 'loud'], '--log-level'],
  ])('refuses %j with 2 and names what is wrong', async (flags, named) => {
    const { code, stderr } = await authdouble(['serve', '--port', '0', ...flags]).ended
    expect(code).toBe(2)
    expect(stderr).toContain(named)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  it('takes the level from AUTHDOUBLE_LOG_LEVEL where no flag names one', async () => {
    const env = { AUTHDOUBLE_LOG_LEVEL: 'loud' }
    const { code, stderr } = await authdouble(['serve', '--port', '0'], { env }).ended
    expect([code, stderr]).toEqual([2, expect.stringContaining('silent, error, warn, info, debug, not "loud"')])
    running = authdouble(['serve', '--port', '0', '--json', '--log-level', 'silent'], { env })
    expect(JSON.parse(await running.line)).toMatchObject({ event: 'ready' })
  })

  it('asks control calls for the token it was given', async () => {
    const { url } = await serve('--admin-token', 'let-me-in')
    expect((await fetch(`${url}/__admin/clock`)).status).toBe(401)
    expect((await fetch(`${url}/__admin/clock`, { headers: { authorization: 'Bearer let-me-in' } })).status).toBe(200)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it("writes a line for each request, in the provider's words and with the inner reason, and no colours where nobody sees them", async () => {
    running = authdouble(['serve', '--port', '0', '--json', '--provider', 'zettle'])
    const { providers } = JSON.parse(await running.line) as Ready
    const { tokenUrl = '', clientId = '', clientSecret = '' } = providers['zettle'] ?? {}
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: '07b0edfc-f557-4e52-a995-384288e2351e',
      client_id: clientId,
      client_secret: clientSecret,
    })
    for (const status of [200, 400]) expect((await fetch(tokenUrl, { method: 'POST', body })).status).toBe(status)
    running.child.kill('SIGTERM')
    const { stderr } = await running.ended
    expect(stderr).toMatch(
      /^\d\d:\d\d:\d\d zettle POST \/token -> 200 \d+ ms\n\d\d:\d\d:\d\d zettle POST \/token -> 400 invalid_grant \(refresh_token_rotated\) \d+ ms$/m,
    )
  })

  it.each([
    ['silent', []],
    ['error', []],
    ['warn', ['POST /oauth/v2/token -> 200 invalid_code']],
    ['info', ['GET /developerconsole -> 200', 'POST /oauth/v2/token -> 200 invalid_code']],
    ['debug', ['GET /developerconsole -> 200', 'was answered 200', 'POST /oauth/v2/token -> 200 invalid_code', 'no such code was issued']],
  ])('at level %s tells so much', async (level, told) => {
    running = authdouble(['serve', '--port', '0', '--json', '--provider', 'zoho-payments', '--log-level', level])
    const { url, providers } = JSON.parse(await running.line) as Ready
    expect((await fetch(`${url}/zoho-payments/developerconsole`)).status).toBe(200)
    const { tokenUrl = '', clientId = '', clientSecret = '' } = providers['zoho-payments'] ?? {}
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: '1000.no',
      client_id: clientId,
      client_secret: clientSecret,
    })
    // Zoho refuses with 200.
    expect((await fetch(tokenUrl, { method: 'POST', body })).status).toBe(200)
    running.child.kill('SIGTERM')
    const lines = (await running.ended).stderr.split('\n').filter((line) => line !== '')
    expect(lines).toEqual(told.map((text) => expect.stringContaining(text)))
  })

  it('listens on the IPv6 loopback as well', async () => {
    const { url } = await serve()
    const { port } = new URL(url)
    expect(JSON.parse(await text(`http://[::1]:${port}/healthz`))).toMatchObject({ status: 'ok' })
  })
})
