import { describe, expect, it } from 'vitest'
import { providers } from '../../src/index.js'
import { send, serving } from '../kit.js'

describe.each(providers.map(({ id }) => id))('the real hosts of %s', (id) => {
  const stage = serving(id)

  it('lead to it when a request names them, whichever of them serves the path', async () => {
    const instance = stage.double.registry.main.instances.get(id)
    for (const { path, host, alsoHosts = [] } of Object.values(instance?.settings().endpoints ?? {})) {
      if (instance?.routes(path).length === 0) continue
      for (const one of [host, ...alsoHosts, host.toUpperCase(), `${host}:443`, `${id}.localhost:4740`]) {
        const answer = await send(`${stage.double.url()}${path}`, { headers: { host: one } })
        expect([one, path, stage.double.journal.last()?.provider]).toEqual([one, path, id])
        expect(answer.status).toBeLessThan(500)
      }
    }
  })

  it('do not hide the paths by which the double names itself', async () => {
    const address = new URL(stage.play.address.tokenUrl)
    const answer = await send(address.href, { headers: { host: 'oauth.zettle.com' } })
    expect([404, 405]).toContain(answer.status)
    expect(stage.double.journal.last()).toMatchObject({ provider: id, operation: 'token' })
  })

  it('are not guessed at: another host is nobody', async () => {
    const path = new URL(stage.play.address.tokenUrl).pathname.slice(`/${id}`.length)
    for (const host of ['example.com', 'evil.zettle.com', '']) {
      await send(`${stage.double.url()}${path}`, { method: 'POST', headers: { host } })
      expect(stage.double.journal.last()?.outcome).toBe('unknown')
    }
  })
})
