/** What a page in a browser may read of the server: what it fetches itself, and not where it sends the person. */

import { expect, it } from 'vitest'
import { send, serving } from '../../kit.js'

const stage = serving('plain')
const headers = { origin: 'https://spa.example' }

it('any page may read the metadata, the keys and what the token endpoint says; none the authorization endpoint or introspection', async () => {
  const readable = async (path: string, method = 'GET') =>
    (await send(`${stage.play.url}${path}`, { method, headers })).headers.get('access-control-allow-origin')
  for (const [path, method] of [
    ['/.well-known/openid-configuration', 'GET'],
    ['/jwks', 'GET'],
    ['/token', 'POST'],
    ['/userinfo', 'GET'],
    ['/revoke', 'POST'],
    ['/register', 'POST'],
    ['/resource', 'GET'],
  ] as const)
    expect([path, await readable(path, method)]).toEqual([path, '*'])
  expect(await readable('/authorize')).toBeNull()
  expect(await readable('/introspect', 'POST')).toBeNull()
})

it('a preflight allows the headers that a page sends', async () => {
  const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization, dpop' }
  const answer = await send(`${stage.play.url}/token`, { method: 'OPTIONS', headers: { ...headers, ...asked } })
  expect([answer.status, answer.headers.get('access-control-allow-headers')]).toEqual([204, 'authorization, dpop'])
})
