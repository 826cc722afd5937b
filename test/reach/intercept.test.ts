import { fetch as undiciFetch } from 'undici'
import { expect, test } from 'vitest'
import { intercept } from '../../src/reach/intercept.js'
import { host, plainEcho } from './ground.js'

test("fetch reaches the double under the host's real name", async () => {
  await using double = await plainEcho()
  await using _reach = intercept({ url: double.url, hosts: [host] })
  const answer = await fetch(`https://${host}/token?a=b`, { method: 'POST', body: new URLSearchParams({ grant_type: 'x' }) })
  expect(await answer.text()).toBe(`POST /token?a=b\n${host}\nhttp\ngrant_type=x`)
  expect(answer.url).toBe(`https://${host}/token?a=b`)
})

test('so does the fetch of the undici package', async () => {
  await using double = await plainEcho()
  await using _reach = intercept({ url: double.url, hosts: [host] })
  const answer = await undiciFetch(`https://${host}/token`)
  expect(await answer.text()).toContain(host)
})

test('headers that a caller sets arrive, a list of values included', async () => {
  await using double = await plainEcho()
  await using _reach = intercept({ url: double.url, hosts: [host] })
  const headers = new Headers([
    ['authorization', 'Basic eDp5'],
    ['accept', 'a/b'],
    ['accept', 'c/d'],
  ])
  const answer = await fetch(new Request(`https://${host}/`, { headers }))
  expect(JSON.parse(answer.headers.get('x-headers') ?? '')).toMatchObject({ authorization: 'Basic eDp5', accept: 'a/b, c/d', host })
})

test('other hosts are passed on, or refused on demand, and loopback is always let through', async () => {
  await using double = await plainEcho()
  await using other = await plainEcho()
  await using _reach = intercept({ url: double.url, hosts: [host], others: 'refuse' })
  expect(await (await fetch(`${other.url}/own`)).text()).toContain('GET /own')
  await expect(fetch('https://elsewhere.example/')).rejects.toMatchObject({
    cause: { message: expect.stringContaining('elsewhere.example is not answered here') },
  })
})

test('after it is restored, fetch goes where it went before', async () => {
  await using double = await plainEcho('double')
  await using real = await plainEcho('real')
  const answeredBy = async () => (await fetch(real.url.replace('127.0.0.1', 'localhost'))).headers.get('x-name')
  {
    await using _reach = intercept({ url: double.url, hosts: ['localhost'] })
    expect(await answeredBy()).toBe('double')
  }
  expect(await answeredBy()).toBe('real')
})

test('interceptions nest: the inner one leaves the outer in force', async () => {
  await using outer = await plainEcho('outer')
  await using inner = await plainEcho('inner')
  await using _outer = intercept({ url: outer.url, hosts: ['a.example'] })
  {
    await using _inner = intercept({ url: inner.url, hosts: ['b.example'] })
    expect((await fetch('https://a.example/')).headers.get('x-name')).toBe('outer')
    expect((await fetch('https://b.example/')).headers.get('x-name')).toBe('inner')
  }
  expect((await fetch('https://a.example/')).headers.get('x-name')).toBe('outer')
})
