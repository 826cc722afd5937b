import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RedisServer } from '../store/redis-server.js'
import { redisInstalled, startRedis } from '../store/redis-server.js'
import type { Cluster } from './replicas.js'
import { startCluster } from './replicas.js'

interface Reply {
  readonly status: number
  readonly body: { readonly [member: string]: unknown }
}

describe.runIf(redisInstalled)('three replicas behind a round-robin proxy are one double', () => {
  let redis: RedisServer
  let cluster: Cluster
  beforeAll(async () => {
    redis = await startRedis()
    cluster = await startCluster(redis.url, { quirks: { 'zoho-payments/ten-access-tokens-in-ten-minutes': false } })
  })
  afterAll(async () => {
    await cluster.close()
    await redis.stop()
  })

  const call = async (method: string, path: string, body?: unknown, base = cluster.url): Promise<Reply> => {
    const reply = await fetch(base + path, {
      method,
      redirect: 'manual',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await reply.text()
    return { status: reply.status, body: text.startsWith('{') ? JSON.parse(text) : { text } }
  }
  const admin = (method: string, path: string, body?: unknown): Promise<Reply> => call(method, `/__admin${path}`, body)
  const form = async (path: string, parameters: { readonly [name: string]: string }): Promise<Reply> => {
    const reply = await fetch(cluster.url + path, { method: 'POST', body: new URLSearchParams(parameters) })
    return { status: reply.status, body: (await reply.json()) as Reply['body'] }
  }
  const secrets = (provider: string) => {
    const { clientId = '', clientSecret = '' } = cluster.replicas[0]?.provider(provider) ?? {}
    return { client_id: clientId, client_secret: clientSecret }
  }
  const zohoCode = async (): Promise<string> => String((await admin('POST', '/providers/zoho-payments/codes', {})).body['code'])
  const zohoToken = (parameters: { readonly [name: string]: string }): Promise<Reply> =>
    form('/zoho-payments/oauth/v2/token', { ...parameters, ...secrets('zoho-payments') })
  const zohoTokens = async (): Promise<{ readonly access: string; readonly refresh: string }> => {
    const { body } = await zohoToken({ grant_type: 'authorization_code', code: await zohoCode() })
    return { access: String(body['access_token']), refresh: String(body['refresh_token']) }
  }
  const zohoCall = async (token: string): Promise<number> =>
    (
      await fetch(`${cluster.url}/zoho-payments/api/v1/payments?account_id=23137556`, {
        headers: { authorization: `Zoho-oauthtoken ${token}` },
      })
    ).status
  const eachReplica = async <T>(look: (base: string) => Promise<T>): Promise<readonly T[]> =>
    Promise.all(cluster.replicas.map((replica) => look(replica.url())))

  it('gives one of fifty redemptions of a code its tokens', async () => {
    const code = await zohoCode()
    const replies = await Promise.all(Array.from({ length: 50 }, () => zohoToken({ grant_type: 'authorization_code', code })))
    expect(replies.filter(({ body }) => body['access_token'] !== undefined)).toHaveLength(1)
    expect(replies.filter(({ body }) => body['error'] === 'invalid_code')).toHaveLength(49)
  })

  it('holds a request at the replica that it came to, until any replica releases it', async () => {
    const { id } = (await admin('POST', '/faults', { provider: 'zoho-payments', operation: 'token', kind: 'hold', phase: 'after' })).body
    const code = await zohoCode()
    const first = zohoToken({ grant_type: 'authorization_code', code })
    expect(await eachReplica((base) => call('GET', `/__admin/faults/${id}/arrived`, undefined, base))).toMatchObject(
      cluster.replicas.map(() => ({ body: { held: 1, arrived: 1 } })),
    )
    expect((await zohoToken({ grant_type: 'authorization_code', code })).body['error']).toBe('invalid_code')
    expect((await admin('POST', `/faults/${id}/release`)).status).toBe(200)
    expect((await first).body).toHaveProperty('access_token')
    const second = (await admin('POST', '/faults', { operation: 'token', kind: 'hold' })).body['id']
    const gone = fetch(`${cluster.url}/zoho-payments/oauth/v2/token`, { method: 'POST' })
    await admin('GET', `/faults/${second}/arrived`)
    await admin('POST', '/reset')
    // What the proxy says of a replica that drops the connection.
    expect((await gone).status).toBe(502)
  })

  it('rotates a refresh token once, whoever is asked', async () => {
    const { redirectUri = '', clientId = '' } = cluster.replicas[0]?.provider('zettle') ?? {}
    const minted = await admin('POST', '/providers/zettle/codes', { redirectUri })
    const first = await form('/zettle/token', {
      grant_type: 'authorization_code',
      code: String(minted.body['code']),
      redirect_uri: redirectUri,
      ...secrets('zettle'),
    })
    await admin('PUT', '/quirks/zettle/may-rotate-at-any-time', { value: true }).catch(() => {})
    const refresh = (token: string): Promise<Reply> =>
      form('/zettle/token', { grant_type: 'refresh_token', refresh_token: token, ...secrets('zettle') })
    expect(clientId).not.toBe('')
    let newest = String(first.body['refresh_token'])
    const spent: string[] = []
    for (let i = 0; i < 6; i += 1) {
      const next = await refresh(newest)
      expect(next.status).toBe(200)
      const token = String(next.body['refresh_token'] ?? newest)
      if (token !== newest) spent.push(newest)
      newest = token
    }
    for (const old of spent) expect((await refresh(old)).status).toBe(400)
  })

  it('lets a user hold twenty refresh tokens, over all replicas together', async () => {
    const all: { readonly refresh: string }[] = []
    for (let i = 0; i < 25; i += 1) all.push(await zohoTokens())
    const works = await Promise.all(
      all.map(
        async ({ refresh }) =>
          (await zohoToken({ grant_type: 'refresh_token', refresh_token: refresh })).body['access_token'] !== undefined,
      ),
    )
    expect(works).toEqual(Array.from({ length: 25 }, (_, i) => i >= 5))
  })

  it('ends for all what one of them revokes', async () => {
    const { access, refresh } = await zohoTokens()
    expect(await Promise.all([1, 2, 3].map(() => zohoCall(access)))).not.toContain(401)
    expect((await call('POST', `/zoho-payments/oauth/v2/token/revoke?token=${refresh}`)).status).toBe(200)
    expect(await Promise.all([1, 2, 3, 4].map(() => zohoCall(access)))).toEqual([401, 401, 401, 401])
  })

  it('signs with one key, and every replica publishes it', async () => {
    const published = await eachReplica(async (base) => (await call('GET', '/ziina/oidc/jwks', undefined, base)).body)
    expect(published[1]).toEqual(published[0])
    expect(published[2]).toEqual(published[0])
  })

  it('has one clock', async () => {
    const before = (await admin('GET', '/clock')).body['now'] as number
    await admin('POST', '/clock', { advance: '2h' })
    const times = await eachReplica(async (base) => (await call('GET', '/__admin/clock', undefined, base)).body['now'] as number)
    for (const now of times) expect(now - before).toBeGreaterThanOrEqual(7200)
    await admin('POST', '/clock', { reset: true })
    const back = await eachReplica(async (base) => (await call('GET', '/__admin/clock', undefined, base)).body['now'] as number)
    for (const now of back) expect(now - before).toBeLessThan(7200)
  })

  it('keeps one journal, with an id of its own for each exchange', async () => {
    await admin('DELETE', '/journal')
    const ids = await Promise.all(
      Array.from({ length: 9 }, async () => (await fetch(`${cluster.url}/vcita/oauth/userinfo`)).headers.get('x-authdouble-request-id')),
    )
    expect(new Set(ids).size).toBe(9)
    const journals = await eachReplica(async (base) => {
      const { body } = await call('GET', '/__admin/journal?operation=userinfo', undefined, base)
      return (body['entries'] as { id: string }[]).map(({ id }) => id)
    })
    for (const journal of journals) expect(new Set(journal)).toEqual(new Set(ids))
    expect(journals[1]).toEqual(journals[0])
    expect((await admin('DELETE', '/journal')).status).toBe(204)
    for (const { body } of await eachReplica((base) => call('GET', '/__admin/journal', undefined, base)))
      expect(body['entries']).toEqual([])
  })

  it('fires a fault that was set on one of them once in all of them', async () => {
    const [first] = cluster.replicas
    const set = await call(
      'POST',
      '/__admin/faults',
      { provider: 'zoho-payments', operation: 'token', kind: 'status', status: 500 },
      first?.url(),
    )
    expect(set.status).toBe(201)
    const replies = await Promise.all(Array.from({ length: 12 }, () => zohoToken({ grant_type: 'refresh_token', refresh_token: 'none' })))
    expect(replies.filter(({ status }) => status === 500)).toHaveLength(1)
  })

  it('knows a sandbox that one of them opened, and forgets it when another one removes it', async () => {
    const made = await admin('POST', '/sandboxes', { name: 'job7', quirks: { 'zettle/access-lives-two-hours': 5 } })
    expect(made.status).toBe(201)
    const minted = await call('POST', '/~job7/__admin/providers/zoho-payments/codes', {})
    const replies = await Promise.all(
      Array.from({ length: 6 }, () =>
        form('/~job7/zoho-payments/oauth/v2/token', {
          grant_type: 'authorization_code',
          code: String(minted.body['code']),
          ...secrets('zoho-payments'),
        }),
      ),
    )
    expect(replies.filter(({ body }) => body['access_token'] !== undefined)).toHaveLength(1)
    expect((await admin('POST', '/sandboxes', { name: 'job7' })).status).toBe(409)
    expect((await admin('DELETE', '/sandboxes/job7')).status).toBe(204)
    for (const { status } of await eachReplica((base) => call('GET', '/~job7/__admin/clock', undefined, base))) expect(status).toBe(404)
  })

  it('goes back to its beginning everywhere at once', async () => {
    const { access } = await zohoTokens()
    expect(await zohoCall(access)).not.toBe(401)
    expect((await admin('POST', '/reset', {})).status).toBe(204)
    expect(await Promise.all([1, 2, 3].map(() => zohoCall(access)))).toEqual([401, 401, 401])
    const fresh = await zohoTokens()
    expect(await Promise.all([1, 2, 3].map(() => zohoCall(fresh.access)))).not.toContain(401)
  })

  it('answers 503 while Redis is away, goes on by itself, and has lost nothing that was promised', async () => {
    await admin('PUT', '/quirks/zoho-payments/fifteen-access-tokens', { value: false })
    const kept = await zohoTokens()
    let stop = false
    let refused = 0
    const promised: string[] = []
    const client = async (): Promise<void> => {
      while (!stop) {
        const { status, body } = await zohoToken({ grant_type: 'refresh_token', refresh_token: kept.refresh })
        if (status === 503) refused += 1
        else if (typeof body['access_token'] === 'string') promised.push(body['access_token'])
        else throw new Error(`neither a token nor 503, but ${status} ${JSON.stringify(body)}`)
      }
    }
    const clients = Promise.all(Array.from({ length: 8 }, client))
    await expect.poll(() => promised.length).toBeGreaterThan(20)
    await redis.kill()
    await expect.poll(() => refused).toBeGreaterThan(20)
    await redis.start()
    const before = promised.length
    await expect.poll(() => promised.length).toBeGreaterThan(before + 20)
    stop = true
    await clients
    const alive = await Promise.all(promised.map(zohoCall))
    expect(alive.filter((status) => status === 401)).toEqual([])
    await admin('DELETE', '/quirks')
  })
})
