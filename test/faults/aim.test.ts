import { afterAll, beforeEach, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer, status } from '../../src/index.js'

const double: Double = await createServer()
beforeEach(() => double.reset())
afterAll(() => double.close())

const ask = async (provider: string, form: { readonly [name: string]: string } = {}, headers = {}) =>
  (await fetch(double.provider(provider).tokenUrl, { method: 'POST', body: new URLSearchParams(form), headers })).status

const faulty = 599
const fault = status(faulty)

it('strikes once unless told, so often as told, or always', async () => {
  double.faults.next('zettle', 'token', fault, { times: 2 })
  expect([await ask('zettle'), await ask('zettle'), (await ask('zettle')) !== faulty]).toEqual([faulty, faulty, true])
  double.faults.set('zettle', 'token', fault)
  for (let i = 0; i < 5; i += 1) expect(await ask('zettle')).toBe(faulty)
  double.faults.clear()
  expect(await ask('zettle')).not.toBe(faulty)
})

it('strikes only the provider and the operation it is aimed at', async () => {
  double.faults.next('zettle', 'userinfo', fault)
  double.faults.next('vcita', 'token', fault)
  expect(await ask('zettle')).not.toBe(faulty)
  expect(await ask('vcita')).toBe(faulty)
  expect(double.faults.list()).toHaveLength(1)
})

it('waits for the grant type, the client, the path and the method it is aimed at', async () => {
  const when = { grantType: 'refresh_token', clientId: 'mine', path: '/token', method: 'post' }
  double.faults.next('zettle', undefined, fault, { when })
  expect(await ask('zettle', { grant_type: 'refresh_token', client_id: 'yours' })).not.toBe(faulty)
  expect(await ask('zettle', { grant_type: 'authorization_code', client_id: 'mine' })).not.toBe(faulty)
  expect(await ask('zettle', { grant_type: 'refresh_token', client_id: 'mine' })).toBe(faulty)
})

it('knows a client by the user name it was issued', async () => {
  const { username, password, clientId } = double.provider('ziina')
  double.faults.next('ziina', 'token', fault, { when: { clientId } })
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  expect(await ask('ziina', { grant_type: 'refresh_token' }, { authorization })).toBe(faulty)
})

it('waits for the nth request that fits', async () => {
  double.faults.next('zettle', 'token', fault, { when: { nth: 3 } })
  const answers = [await ask('zettle'), await ask('zettle'), await ask('zettle'), await ask('zettle')]
  expect(answers.map((answer) => answer === faulty)).toEqual([false, false, true, false])
})

it('strikes by chance the same requests for the same seed', async () => {
  const pattern = async (seed: number) => {
    await using sandbox = await double.sandbox({ seed })
    sandbox.faults.set('zettle', 'token', fault, { probability: 0.5 })
    const answers: boolean[] = []
    for (let i = 0; i < 24; i += 1) answers.push((await fetch(sandbox.provider('zettle').tokenUrl, { method: 'POST' })).status === faulty)
    return answers
  }
  const [one, again, other] = [await pattern(1), await pattern(1), await pattern(2)]
  expect(again).toEqual(one)
  expect(other).not.toEqual(one)
  expect(new Set(one).size).toBe(2)
})

it('tells how often it fired, spent or not', async () => {
  const { id } = double.faults.next('zettle', 'token', fault)
  expect(double.faults.get(id)).toMatchObject({ phase: 'before', times: 1, fired: 0 })
  await ask('zettle')
  expect(double.faults.get(id)).toMatchObject({ fired: 1 })
  expect(double.faults.list()).toEqual([])
})
