import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Double, ProviderId } from '../../src/index.js'
import { createServer, providers } from '../../src/index.js'
import { quirksOf } from '../../src/provider/quirk.js'
import { basic, form, playing } from '../kit.js'

let double: Double
beforeAll(async () => {
  double = await createServer({ host: '127.0.0.1', tolerant: true })
})
afterAll(() => double.close())

const exchange = async (id: ProviderId, user: string, password: string, body: { [name: string]: string } = {}) => {
  const play = playing(double, id)
  const redirect = id === 'zoho-payments' ? {} : { redirect_uri: play.address.redirectUri }
  const fields = { grant_type: 'authorization_code', code: await play.code(), ...redirect, ...body }
  const answer = await form(play.address.tokenUrl, fields, user === '' ? {} : { authorization: basic(user, password) })
  return typeof answer.body['access_token']
}

it('a tolerant server takes credentials in every place that it may take them, at every provider', async () => {
  for (const { id, settings } of providers) {
    const { clientId, clientSecret = double.provider(id).password ?? '' } = double.provider(id)
    const names = quirksOf(settings).map(({ quirk }) => quirk.name)
    // What the specifications allow is taken without any tolerance.
    expect([id, names.some((name) => name.startsWith('also-takes-'))]).toEqual([id, id !== 'plain'])
    expect([id, await exchange(id, clientId, clientSecret)]).toEqual([id, 'string'])
    expect([id, await exchange(id, '', '', { client_id: clientId, client_secret: clientSecret })]).toEqual([id, 'string'])
  }
})

it.each(providers.map(({ id }) => id))('a tolerant server takes Bearer at the API of %s', async (id) => {
  const play = playing(double, id)
  expect((await play.call((await play.connect()).access, 'Bearer ')).status).toBe(200)
})

it('a single quirk is stronger than tolerance', async () => {
  await using strict = await createServer({ host: '127.0.0.1', tolerant: true, quirks: { 'zentail/also-takes-bearer': false } })
  const play = playing(strict, 'zentail')
  expect((await play.call((await play.connect()).access, 'Bearer ')).status).toBe(401)
})
