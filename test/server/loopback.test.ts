import { expect, it } from 'vitest'
import { serving } from '../kit.js'

const stage = serving('ziina')

it.each(['http://127.0.0.1:5000/cb', 'http://127.0.0.1/', 'http://localhost:1/a/b?c=d', 'http://[::1]:65535/cb', 'http://127.9.9.9:80/x'])(
  'the demonstration client is redirected to any loopback address: %s',
  async (redirect_uri) => {
    const { play } = stage
    const answer = await play.authorize({ redirect_uri })
    expect(answer.headers.get('location')?.startsWith(`${redirect_uri}${redirect_uri.includes('?') ? '&' : '?'}code=`)).toBe(true)
    expect((await play.redeem(answer.params['code'] ?? '', { redirect_uri })).status).toBe(200)
  },
)

it.each([
  'http://localhost.evil.example/',
  'http://128.0.0.1/',
  'ftp://127.0.0.1/',
  'http://127.0.0.1:999999/',
  'http://127.0.0.1/#fragment',
])('what is no loopback address is not: %s', async (redirect_uri) => {
  const answer = await stage.play.authorize({ redirect_uri })
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
})
