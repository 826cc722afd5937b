import { expect, it } from 'vitest'
import { send, serving } from '../kit.js'

const stage = serving('vcita')
const post = (body: string) => send(stage.play.address.tokenUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

it.each(['{', '[]', '"x"', 'null', '7', '{"grant_type":}', `${'['.repeat(10_000)}`])(
  'JSON that is no object is a bad request: %s',
  async (body) => {
    const answer = await post(body)
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_request'])
  },
)

it.each(['{}', '{"grant_type":null}', '{"grant_type":""}'])('a JSON member without a value counts as missing: %s', async (body) => {
  expect((await post(body)).body['error_description']).toBe('Missing required parameter: grant_type.')
})

it.each([
  '{"grant_type":{"a":1}}',
  '{"grant_type":["authorization_code"]}',
  '{"grant_type":true}',
  '{"__proto__":{"grant_type":"x"},"grant_type":"y"}',
])('a JSON member of another type is never taken for a string: %s', async (body) => {
  const answer = await post(body)
  expect([answer.status, answer.body['error']]).toEqual([401, 'invalid_client'])
})
