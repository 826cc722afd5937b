import { connect } from 'node:net'
import { connect as secure } from 'node:tls'
import { expect, test } from 'vitest'
import { host, present, proxiedEcho, run } from './ground.js'

/** Writes bytes to the proxy and gives back all that came until it closed or `until` was seen. */
const exchange = (url: string, bytes: string, until?: string) =>
  new Promise<string>((resolve, reject) => {
    let got = ''
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => {
      got += chunk
      if (until && got.includes(until)) socket.destroy()
    })
    socket.on('close', () => resolve(got)).on('error', reject)
  })

test.runIf(present('curl'))('curl reaches a real host name over TLS, with the proxy and the authority from its environment', async () => {
  await using double = await proxiedEcho()
  const { stdout, stderr, code } = await run('curl', ['-sS', '-d', 'grant_type=x', `https://${host}/token?a=b`], double.variables)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(`POST /token?a=b\n${host}\nhttps\ngrant_type=x`)
})

test.runIf(present('python3'))("so does Python's urllib", async () => {
  await using double = await proxiedEcho()
  const program = `import urllib.request as r; print(r.urlopen("https://${host}/token", b"grant_type=x").read().decode(), end="")`
  const { stdout, stderr } = await run('python3', ['-c', program], double.variables)
  expect({ stdout, stderr }).toEqual({ stdout: `POST /token\n${host}\nhttps\ngrant_type=x`, stderr: '' })
})

test.runIf(present('curl'))('plain HTTP is answered in absolute form', async () => {
  await using double = await proxiedEcho()
  const { stdout } = await run('curl', ['-sS', `http://${host}:8080/token`], double.variables)
  expect(stdout).toBe(`GET /token\n${host}:8080\nhttp\n`)
})

test.runIf(present('curl'))('any other host is refused, by tunnel and by absolute form, and the refusal says why', async () => {
  await using double = await proxiedEcho()
  const tunnel = await run('curl', ['-sS', 'https://elsewhere.example/'], double.variables)
  expect(tunnel).toMatchObject({ code: 56, stderr: expect.stringContaining('403') })
  const plain = await run('curl', ['-sS', '-w', '%{http_code}', 'http://elsewhere.example/'], double.variables)
  expect(plain.stdout).toMatch(/^\{"error":"host_not_answered","message":".*elsewhere\.example.*oauth\.example\.com.*NO_PROXY.*"\}\n403$/)
  expect(double.refused).toEqual([
    { method: 'CONNECT', target: 'elsewhere.example:443', status: 403 },
    { method: 'GET', target: 'http://elsewhere.example/', status: 403 },
  ])
})

test('the host of an absolute target replaces what the Host header says', async () => {
  await using double = await proxiedEcho()
  const answer = await exchange(double.url, `GET http://${host}/x HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n`)
  expect(answer).toContain(`GET /x\n${host}\nhttp`)
})

test('a Host header inside the tunnel that the tunnel is not for is misdirected', async () => {
  await using double = await proxiedEcho()
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(double.url).port), '127.0.0.1', () =>
      socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`),
    )
    socket.once('data', () => {
      const tls = secure({ socket, servername: host, ca: double.identity.cert, rejectUnauthorized: false })
      tls.write('GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n')
      let got = ''
      tls
        .on('data', (chunk) => (got += chunk))
        .on('close', () => resolve(got))
        .on('error', reject)
    })
  })
  expect(answer).toMatch(/^HTTP\/1\.1 421 Misdirected Request/)
})

test("a request in origin form is the server's own, and one to its own address through itself too", async () => {
  await using double = await proxiedEcho()
  const authority = new URL(double.url).host
  expect(await (await fetch(`${double.url}/healthz`)).text()).toBe(`GET /healthz\n${authority}\nhttp\n`)
  const through = await exchange(double.url, `GET ${double.url}/healthz HTTP/1.1\r\nHost: ${authority}\r\nConnection: close\r\n\r\n`)
  expect(through).toContain('GET /healthz')
})

test('a tunnel to something that is no authority is a bad request', async () => {
  await using double = await proxiedEcho()
  const answer = await exchange(double.url, 'CONNECT user@oauth.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request[\s\S]*bad_target/)
})

test('a client that leaves in the middle of a tunnel does not disturb the next one', async () => {
  await using double = await proxiedEcho()
  for (let round = 0; round < 3; round += 1) {
    expect(await exchange(double.url, `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 'Established')).toContain('200')
    await exchange(double.url, `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}\r\n\r\nthis is not TLS`)
  }
  expect(await (await fetch(`${double.url}/still-here`)).text()).toContain('GET /still-here')
})
