import { expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { redisInstalled, startRedis } from './redis-server.js'

it.runIf(redisInstalled)('/readyz says that the store is away, and /healthz that the process is alive all the same', async () => {
  const redis = await startRedis()
  try {
    await using double = await createServer({ providers: ['vcita'], store: redis.url })
    const ask = (path: string) => fetch(`${double.url()}${path}`)
    expect((await ask('/readyz')).status).toBe(200)
    await redis.kill()
    await expect.poll(async () => (await ask('/readyz')).status, { timeout: 10_000 }).toBe(503)
    expect(await (await ask('/readyz')).json()).toEqual({
      status: 'unavailable',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      message: expect.stringMatching(/./),
    })
    expect((await ask('/healthz')).status).toBe(200)
    // Whether there is such a sandbox is not known now.
    const inSandbox = await ask('/~elsewhere/vcita/oauth/userinfo')
    expect({ status: inSandbox.status, said: await inSandbox.json() }).toEqual({
      status: 503,
      said: { error: 'store_unavailable', message: expect.stringMatching(/./) },
    })
    expect(inSandbox.headers.get('retry-after')).toBe('1')
    await redis.start()
    await expect.poll(async () => (await ask('/readyz')).status, { timeout: 10_000 }).toBe(200)
  } finally {
    await redis.stop()
  }
})
