import { afterAll, beforeEach, expect, it } from 'vitest'
import type { FaultSpec } from '../../src/index.js'
import { createServer, drip, garble, gatewayPage, truncate, wrongLength } from '../../src/index.js'
import { exchange, post } from './wire.js'

const double = await createServer({ providers: ['zettle'] })
beforeEach(() => double.reset())
afterAll(() => double.close())
const { tokenUrl, clientId, clientSecret = '' } = double.provider('zettle')

const refreshed = async (spec: FaultSpec, until?: (text: string) => boolean) => {
  const { refreshToken = '' } = await double.tokens.mint('zettle')
  double.faults.next('zettle', 'token', spec)
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret }
  const arrived = await exchange(tokenUrl, post(tokenUrl, form), until)
  const [head = '', body = ''] = arrived.text.split('\r\n\r\n')
  return { ...arrived, head, body, announced: Number(/content-length: (\d+)/i.exec(head)?.[1]) }
}

it('a truncated body: fewer bytes than announced, then the end', async () => {
  const { head, body, announced, end } = await refreshed(truncate(12))
  expect(head).toContain('HTTP/1.1 200 OK')
  expect(body).toBe('{"access_tok')
  expect(announced).toBeGreaterThan(100)
  expect(end).toBe('closed')
  expect(double.journal.last('zettle', 'token')).toMatchObject({ response: { body: '{"access_tok', complete: false } })
})

it('a wrong length: more bytes are announced than come', async () => {
  const { body, announced, end } = await refreshed(wrongLength(7))
  expect(JSON.parse(body)).toHaveProperty('access_token')
  expect(announced).toBe(Buffer.byteLength(body) + 7)
  expect(end).toBe('closed')
})

it('a wrong length below zero: a client that trusts it reads half a body', async () => {
  const { body, announced } = await refreshed(wrongLength(-20))
  expect(announced).toBe(Buffer.byteLength(body) - 20)
})

it('garbled bytes: as many as announced, and no JSON', async () => {
  let length = 0
  const { bytes, announced } = await refreshed(garble(), (text) => {
    length = Number(/content-length: (\d+)/i.exec(text)?.[1])
    return Number.isFinite(length) && text.includes('\r\n\r\n')
  })
  const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
  expect(announced).toBe(body.length)
  expect(() => JSON.parse(body.toString())).toThrow()
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(body)).toThrow()
})

it('a gateway page: the token was issued, and HTML takes the place of the answer', async () => {
  const { head, body } = await refreshed(gatewayPage(), (text) => text.includes('</html>'))
  expect(head).toContain('HTTP/1.1 502 Bad Gateway')
  expect(head).toContain('text/html')
  expect(body).toContain('<h1>502 Bad Gateway</h1>')
  expect(double.journal.last('zettle', 'token')).toMatchObject({
    outcome: 'answered',
    issued: [{ kind: 'access_token' }, { kind: 'refresh_token' }],
  })
})

it('a drip: the body comes byte by byte, and is whole in the end', async () => {
  const seen: number[] = []
  const { body, announced } = await refreshed(drip('1ms'), (text) => {
    seen.push(text.length)
    return text.endsWith('}')
  })
  expect(JSON.parse(body)).toHaveProperty('access_token')
  expect(announced).toBe(Buffer.byteLength(body))
  expect(new Set(seen).size).toBeGreaterThan(10)
})
