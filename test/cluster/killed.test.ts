import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RedisServer } from '../store/redis-server.js'
import { redisInstalled, startRedis } from '../store/redis-server.js'
import { roundRobin } from './replicas.js'

describe.runIf(redisInstalled)('a replica that is killed', () => {
  let redis: RedisServer
  const children = new Set<ChildProcess>()
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL')
    await redis.stop()
  })

  const start = (): Promise<{
    readonly child: ChildProcess
    readonly url: string
    readonly providers: { readonly [id: string]: { readonly [member: string]: string } }
  }> =>
    new Promise((resolve, reject) => {
      const flags = ['--port', '0', '--json', '--log-level', 'silent', '--store', redis.url]
      const quirks = ['ten-access-tokens-in-ten-minutes', 'fifteen-access-tokens'].flatMap((name) => [
        '--quirk',
        `zoho-payments/${name}=false`,
      ])
      const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', ...flags, ...quirks], { stdio: ['ignore', 'pipe', 'inherit'] })
      children.add(child)
      let said = ''
      child.stdout.on('data', (chunk) => {
        said += chunk
        if (said.includes('\n')) resolve({ child, ...JSON.parse(said) })
      })
      child.on('exit', () => reject(new Error('the replica ended')))
    })

  it('takes nothing with it that was promised, and the others go on', async () => {
    const replicas = await Promise.all([start(), start(), start()])
    const proxy = await roundRobin(replicas.map(({ url }) => url))
    try {
      const { clientId = '', clientSecret = '' } = replicas[0]?.providers['zoho-payments'] ?? {}
      const token = async (parameters: { readonly [name: string]: string }) => {
        const body = new URLSearchParams({ ...parameters, client_id: clientId, client_secret: clientSecret })
        const reply = await fetch(`${proxy.url}/zoho-payments/oauth/v2/token`, { method: 'POST', body })
        return reply.status === 502
          ? undefined
          : ((await reply.json()) as { readonly access_token?: string; readonly refresh_token?: string })
      }
      const minted = await fetch(`${proxy.url}/__admin/providers/zoho-payments/codes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
      const { code } = (await minted.json()) as { readonly code: string }
      const first = await token({ grant_type: 'authorization_code', code })
      const refresh = first?.refresh_token ?? ''
      const promised: string[] = []
      let stop = false
      let lost = 0
      const client = async (): Promise<void> => {
        while (!stop) {
          const reply = await token({ grant_type: 'refresh_token', refresh_token: refresh })
          if (reply === undefined) lost += 1
          else if (reply.access_token !== undefined) promised.push(reply.access_token)
          else throw new Error(JSON.stringify(reply))
        }
      }
      const clients = Promise.all(Array.from({ length: 6 }, client))
      await expect.poll(() => promised.length).toBeGreaterThan(30)
      replicas[1]?.child.kill('SIGKILL')
      const before = promised.length
      await expect.poll(() => promised.length).toBeGreaterThan(before + 30)
      stop = true
      await clients
      // At most what was under way in it got no answer.
      expect(lost).toBeLessThanOrEqual(6)
      const works = await Promise.all(
        promised.map(async (access) => {
          const headers = { authorization: `Zoho-oauthtoken ${access}` }
          return (await fetch(`${proxy.url}/zoho-payments/api/v1/payments?account_id=23137556`, { headers })).status !== 401
        }),
      )
      expect(works).not.toContain(false)
    } finally {
      await proxy.close()
    }
  })
})
