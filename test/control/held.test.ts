import { afterAll, beforeEach, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { calling } from './calls.js'

const double = await createServer({ providers: ['zettle'] })
beforeEach(() => double.reset())
afterAll(() => double.close())
const call = calling(double.url())
const { tokenUrl, clientId, clientSecret = '' } = double.provider('zettle')

const refresh = async (): Promise<Response> => {
  const { refreshToken = '' } = await double.tokens.mint('zettle')
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret }
  return fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) })
}
const hold = async (more = {}): Promise<string> =>
  (await call('POST', '/__admin/faults', { kind: 'hold', operation: 'token', ...more })).body.id

it('a request is held, waited for and released over HTTP', async () => {
  const id = await hold({ phase: 'after' })
  const first = refresh()
  expect((await call('GET', `/__admin/faults/${id}/arrived`)).body).toMatchObject({ id, phase: 'after', held: 1, arrived: 1 })
  expect((await call('POST', `/__admin/faults/${id}/release`, {})).body).toMatchObject({ id, held: 0, arrived: 1 })
  expect((await first).status).toBe(200)
})

it('it is released with its reply lost, or refused', async () => {
  const lost = await hold()
  const first = refresh()
  await call('GET', `/__admin/faults/${lost}/arrived`)
  const gone = expect(first).rejects.toThrow()
  await call('POST', `/__admin/faults/${lost}/release`, { lose: true })
  await gone
  const refused = await hold()
  const second = refresh()
  await call('GET', `/__admin/faults/${refused}/arrived`)
  await call('POST', `/__admin/faults/${refused}/release`, { refuse: 'refresh_token_revoked' })
  expect((await second).status).toBe(400)
  expect((await call('GET', '/__admin/journal')).body.entries.map(({ fault }: { fault: object }) => fault)).toMatchObject([
    { kind: 'hold', released: 'lose' },
    { kind: 'hold', released: 'refuse' },
  ])
})

it('what cannot be released is told', async () => {
  const id = await hold()
  expect(await call('POST', `/__admin/faults/${id}/release`)).toMatchObject({ status: 409, body: { error: 'nothing_held' } })
  expect(await call('GET', `/__admin/faults/${id}/arrived?timeout=5ms`)).toMatchObject({ status: 408, body: { error: 'timeout' } })
  expect(await call('POST', `/__admin/faults/${id}/release`, { refuse: 'bored' })).toMatchObject({ status: 400, body: { field: 'refuse' } })
  expect(await call('POST', `/__admin/faults/${id}/release`, { lose: true, refuse: 'code_used' })).toMatchObject({ status: 400 })
  expect(await call('GET', `/__admin/faults/${id}/arrived?timeout=1h`)).toMatchObject({ status: 400, body: { field: 'timeout' } })
  const { id: other } = (await call('POST', '/__admin/faults', { kind: 'lose' })).body
  expect(await call('POST', `/__admin/faults/${other}/release`)).toMatchObject({ status: 400 })
})

it('a hold that is deleted lets its request go, spent or not', async () => {
  const id = await hold()
  const first = refresh()
  await call('GET', `/__admin/faults/${id}/arrived`)
  expect((await call('DELETE', `/__admin/faults/${id}`)).status).toBe(204)
  expect((await first).status).toBe(200)
})

it('a state that is exported while a request is held holds none', async () => {
  const id = await hold()
  const first = refresh()
  await call('GET', `/__admin/faults/${id}/arrived`)
  expect(JSON.stringify((await call('GET', '/__admin/state')).body)).not.toContain('"held"')
  await call('POST', `/__admin/faults/${id}/release`)
  await first
})
