import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { get, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { Agent, fetch as undiciFetch } from 'undici'
import { expect, test } from 'vitest'
import { createServer } from '../../src/index.js'
import { intercept } from '../../src/intercept/intercept.js'
import { directory, host, plainEcho } from './ground.js'

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

const asked = (url: string) =>
  new Promise<string>((resolve, reject) => get(url, (response) => text(response).then(resolve, reject)).on('error', reject))

test('node:https reaches the double as well, and no certificate is asked for', async () => {
  await using double = await plainEcho()
  await using _reach = intercept({ url: double.url, hosts: [host] })
  const answer = await new Promise<string>((resolve, reject) => {
    const sent = request(`https://${host}/token`, { method: 'POST' }, (response) => text(response).then(resolve, reject))
    sent.on('error', reject).end('grant_type=x')
  })
  expect(answer).toBe(`POST /token\n${host}\nhttp\ngrant_type=x`)
})

test('node:https refuses other hosts on demand, with an error of the request', async () => {
  await using double = await plainEcho()
  await using _reach = intercept({ url: double.url, hosts: [host], others: 'refuse' })
  await expect(asked('https://elsewhere.example/')).rejects.toThrow('elsewhere.example is not answered here')
})

test('a connection that an agent kept does not outlive the interception', async () => {
  await using double = await plainEcho()
  await using nowhere = await plainEcho()
  const real = nowhere.url.replace('http', 'https').replace('127.0.0.1', 'localhost')
  {
    await using _reach = intercept({ url: double.url, hosts: ['localhost'] })
    expect(await asked(real)).toContain('GET /')
  }
  // The echo there speaks no TLS: an answer now could only come over the connection from before.
  await expect(asked(real)).rejects.toThrow()
})

test('a client with a dispatcher of its own reaches the double where it speaks TLS', async () => {
  await using state = await directory()
  await using double = await createServer({ providers: ['zettle'], tls: {}, caDirectory: state.path })
  await using _reach = intercept({ ...double, others: 'refuse' })
  const trust = { ca: await readFile(double.endpoints.ca ?? '', 'utf8') }
  const answer = await undiciFetch('https://oauth.zettle.com/users/self', { dispatcher: new Agent({ connect: trust }) })
  expect(answer.status).toBe(401)
  const socket = connect(443, 'oauth.zettle.com', { servername: 'oauth.zettle.com', ...trust })
  await once(socket, 'secureConnect')
  expect([socket.authorized, socket.remoteAddress]).toEqual([true, '127.0.0.1'])
  socket.destroy()
})

test('and fails where the double does not, or where it asks for another host: it does not go out', async () => {
  await using double = await plainEcho()
  await using _reach = intercept({ url: double.url, hosts: [host], others: 'refuse' })
  const asked = (url: string) => undiciFetch(url, { dispatcher: new Agent() })
  await expect(asked(`https://${host}/`)).rejects.toMatchObject({ cause: { message: expect.stringContaining('started with tls') } })
  await expect(asked('https://elsewhere.example/')).rejects.toMatchObject({
    cause: { message: expect.stringContaining('elsewhere.example is not answered here') },
  })
  expect(await (await asked(`http://${host}/plain`)).text()).toContain('GET /plain')
  expect(await (await asked(`${double.url}/own`)).text()).toContain('GET /own')
})
