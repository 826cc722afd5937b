import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { send, serving } from '../kit.js'

const stage = serving('zettle')

/** Sends bytes as they are, and gives back all that came. */
const speak = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(stage.double.url()).port), '127.0.0.1', () => socket.end(bytes, 'latin1'))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
const request = (line: string, ...headers: string[]) =>
  speak([line, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', ''].join('\r\n'))

describe('junk in headers', () => {
  it.each([
    ['a line that is no header', ['no header at all'], 400],
    ['a space in a name', ['Bad Name: x'], 400],
    ['a NUL in a value', ['X-Junk: a\0b'], 400],
    // Small enough to be read whole: a server that hangs up on unread bytes resets the connection, and the answer may be lost.
    ['a header of 20 kB', [`X-Long: ${'x'.repeat(20_000)}`], 431],
    ['two content lengths', ['Content-Length: 5', 'Content-Length: 6'], 400],
    ['a length and a coding', ['Content-Length: 5', 'Transfer-Encoding: chunked'], 400],
  ] as const)('%s is refused before anybody reads it', async (_, headers, status) => {
    const answer = await request('POST /zettle/token HTTP/1.1', ...headers)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).not.toMatch(/at .*\.[jt]s:/)
    expect((await stage.play.connect()).answer.status).toBe(200)
  })

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer  x  y',
    'bearer a.b.c',
    ' ',
    'ÿþ',
    'Basic =',
    'Digest username="x"',
    'Bearer ' + 'a.'.repeat(4000),
  ])('Authorization: %s at a resource is answered 401', async (authorization) => {
    const answer = await send(`${stage.play.url}/users/self`, { headers: { authorization } })
    expect(answer.status).toBe(401)
  })

  it('cookies that are none are no session', async () => {
    stage.double.approve({ ask: true })
    for (const cookie of ['iz_sso', '=', 'iz_sso=', ';;;', 'iz_sso=%00%zz', `iz_sso=${'x'.repeat(4000)}`])
      expect((await stage.play.authorize({}, { cookie })).text).toContain('<h1>Log in</h1>')
  })

  it('a request target that is no path of ours is answered and not crashed on', async () => {
    for (const target of [
      '*',
      '/zettle//token',
      '/zettle/../zettle/token',
      '/zettle/%2e%2e/token',
      '/zettle/token%00',
      '//zettle/token',
      '/~/zettle',
      '/~%/x',
      '/%',
    ])
      expect(await request(`GET ${target} HTTP/1.1`)).toMatch(/^HTTP\/1.1 4\d\d /)
  })

  it('a client that goes away in the middle of its body leaves the server up', async () => {
    await speak(
      'POST /zettle/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant',
    )
    expect((await stage.play.connect()).answer.status).toBe(200)
  })

  it('an unknown content coding and a broken charset are bad requests', async () => {
    const fields = { method: 'POST', body: 'grant_type=x' } as const
    const type = 'application/x-www-form-urlencoded'
    const coded = await send(stage.play.address.tokenUrl, { ...fields, headers: { 'content-type': type, 'content-encoding': 'br' } })
    expect(coded.status).toBe(400)
    const charset = await send(stage.play.address.tokenUrl, { ...fields, headers: { 'content-type': `${type}; charset=nonsense` } })
    expect(charset.body['error']).toBe('invalid_client')
  })
})
