import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AppDescription } from '../../src/conformance/drivers/app.js'
import { appDescriptionOf, appDriverOf } from '../../src/conformance/drivers/app.js'
import { runConformance } from '../../src/conformance/runner/run.js'
import { createServer as createDouble } from '../../src/index.js'

/** A port that is free now: the application has to know authdouble's before a run begins. */
const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A web application that connects its user to Zettle: sessions in a cookie, tokens in memory. */
const application = async (provider: {
  readonly authorizeUrl?: string
  readonly tokenUrl: string
  readonly resourceUrl?: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly scope?: string
}) => {
  const sessions = new Map<string, { state?: string | undefined; token?: string }>()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const id = /sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
    const session = sessions.get(id)
    const redirectUri = `http://${request.headers.host}/oauth/callback`
    const page = (status: number, text: string) => response.writeHead(status, { 'content-type': 'text/html' }).end(text)
    if (url.pathname === '/connect') {
      const [sid, state] = [crypto.randomUUID().replaceAll('-', ''), crypto.randomUUID()]
      sessions.set(sid, { state })
      const query = { response_type: 'code', client_id: provider.clientId, redirect_uri: redirectUri, scope: provider.scope ?? '', state }
      const location = `${provider.authorizeUrl}?${new URLSearchParams(query)}`
      return response.writeHead(302, { location, 'set-cookie': `sid=${sid}; Path=/; HttpOnly` }).end()
    }
    if (!session) return page(401, 'Log in first')
    if (url.pathname === '/oauth/callback') {
      // A page with status 200 tells the user of the failure, as many applications do.
      if (!session.state || url.searchParams.get('state') !== session.state) return page(200, 'Sorry, that did not work')
      session.state = undefined
      const parameters = { grant_type: 'authorization_code', code: url.searchParams.get('code') ?? '', redirect_uri: redirectUri }
      const body = new URLSearchParams({ ...parameters, client_id: provider.clientId, client_secret: provider.clientSecret ?? '' })
      const reply = await fetch(provider.tokenUrl, { method: 'POST', body })
      if (!reply.ok) return page(200, 'Sorry, that did not work')
      session.token = String(((await reply.json()) as { access_token?: string }).access_token)
      return response.writeHead(303, { location: '/' }).end()
    }
    if (url.pathname === '/sync') {
      const reply = await fetch(provider.resourceUrl ?? '', { headers: { authorization: `Bearer ${session.token}` } })
      return page(reply.ok ? 200 : 502, `status ${reply.status}`)
    }
    return page(200, 'Home')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('An application that already runs', () => {
  let app: Awaited<ReturnType<typeof application>>
  let description: AppDescription

  beforeAll(async () => {
    const port = await freePort()
    await using double = await createDouble({ providers: ['zettle'], port })
    app = await application(double.provider('zettle'))
    description = {
      name: 'shop',
      port,
      redirectUri: `${app.base}/oauth/callback`,
      connect: `${app.base}/connect`,
      call: { url: `${app.base}/sync`, method: 'POST' },
      failure: 'Sorry',
    }
  })
  afterAll(() => {
    app.server.closeAllConnections()
    app.server.close()
  })

  it('is connected through the browser, with its own cookies, and judged like any client', async () => {
    const only = [
      'exchange/redeems-the-code',
      'authorize/refuses-wrong-state',
      'exchange/sends-no-code-twice',
      'resource/sends-bearer',
      'refresh/survives-a-restart',
    ]
    const report = await runConformance({ provider: 'zettle', driver: appDriverOf(description), only, seed: 'app' })
    expect(report.run).toMatchObject({ client: 'shop', steps: ['authorize', 'callback', 'call'], driver: 'app' })
    expect(Object.fromEntries(report.cases.map(({ id, verdict }) => [id.replace('zettle/', ''), verdict]))).toEqual({
      'exchange/redeems-the-code': 'pass',
      'authorize/refuses-wrong-state': 'pass',
      'exchange/sends-no-code-twice': 'pass',
      'resource/sends-bearer': 'pass',
      'refresh/survives-a-restart': 'not-applicable',
    })
  })

  it('that does not run at all is not exercised', async () => {
    const gone = { ...description, connect: 'http://127.0.0.1:9/connect' }
    const report = await runConformance({ provider: 'zettle', driver: appDriverOf(gone), only: ['exchange/redeems-the-code'], seed: 'app' })
    expect(report.exitCode).toBe(3)
  })

  it('is described by known members only', () => {
    expect(() => appDescriptionOf({ redirectUri: 'http://127.0.0.1:1/cb', conect: 'http://127.0.0.1:1/' })).toThrow('conect')
    expect(() => appDescriptionOf({ connect: 'http://127.0.0.1:1/' })).toThrow('redirectUri')
    expect(() => appDescriptionOf({ redirectUri: 'http://127.0.0.1:1/cb', call: 'sync' })).toThrow('call')
  })
})
