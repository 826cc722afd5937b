import { describe, expect, it } from 'vitest'
import { providers } from '../../src/index.js'
import { send, serving } from '../kit.js'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND']

describe.each(providers.map(({ id }) => id))('%s', (id) => {
  const stage = serving(id)

  it(`answers a wrong method ${id === 'ziina' ? '404, as its engine does' : '405'} with Allow`, async () => {
    const instance = stage.double.registry.main.instances.get(id)
    const endpoints = Object.values(instance?.settings().endpoints ?? {}).filter(({ path }) => (instance?.routes(path).length ?? 0) > 0)
    expect(endpoints.length).toBeGreaterThan(2)
    for (const { path } of endpoints) {
      const known = (instance?.routes(path) ?? []).flatMap(({ endpoint }) => endpoint.methods)
      for (const method of methods.filter((one) => !known.some((own) => own === one))) {
        const answer = await send(`${stage.play.url}${path}`, { method })
        expect([method, path, answer.status]).toEqual([method, path, id === 'ziina' ? 404 : 405])
        expect(answer.headers.get('allow')?.split(', ').sort()).toEqual([...new Set(known)].sort())
      }
    }
  })

  it('answers a path that it does not serve 404 with advice, and notes it', async () => {
    const answer = await send(`${stage.play.url}/oauth/tokens`)
    expect(answer.status).toBe(404)
    expect(answer.body).toMatchObject({
      error: 'not_found',
      message: expect.stringContaining('nearest'),
      nearest: { path: expect.stringContaining(`/${id}/`) },
    })
    expect(stage.double.journal.last()?.outcome).toBe('unknown')
  })
})
