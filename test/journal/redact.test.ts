import { describe, expect, it } from 'vitest'
import type { JournalEntry } from '../../src/index.js'
import { fingerprint, redact } from '../../src/index.js'

const entry = (
  request: Partial<JournalEntry['request']>,
  response: Partial<JournalEntry['response']> = {},
  more: Partial<JournalEntry> = {},
): JournalEntry => ({
  id: 'r1',
  at: 0,
  took: 1,
  outcome: 'answered',
  quirks: [],
  ...more,
  request: { method: 'POST', url: '/x', headers: [], parameters: {}, ...request },
  response: { status: 200, headers: [], complete: true, ...response },
})

const secret = 'abc/def+ghi=jkl~mno'
const shown = (one: JournalEntry): string => JSON.stringify(redact(one))
const form = { headers: [['content-type', 'application/x-www-form-urlencoded']] as const }
const json = { headers: [['content-type', 'application/json']] as const }

describe('a secret is hidden', () => {
  it.each<readonly [string, JournalEntry]>([
    ['in a form', entry({ ...form, body: `refresh_token=${encodeURIComponent(secret)}` })],
    ['with lower-case escapes', entry({ ...form, body: `refresh_token=${encodeURIComponent(secret).toLowerCase()}` })],
    [
      'with more escapes than are needed',
      entry({ ...form, body: `refresh_token=${[...secret].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}` }),
    ],
    ['under an escaped name', entry({ ...form, body: `refresh%5Ftoken=${secret}` })],
    ['in JSON', entry({ ...json, body: JSON.stringify({ refresh_token: secret }) })],
    ['in JSON with escaped slashes', entry({ ...json, body: `{"refresh_token":"${secret.replaceAll('/', '\\/')}"}` })],
    ['in JSON with escaped letters', entry({ ...json, body: `{"refresh_token":"\\u0061${secret.slice(1)}"}` })],
    ['under a camelCase member', entry({ ...json, body: JSON.stringify({ refreshToken: secret }) })],
    ['in a list', entry({ ...json, body: JSON.stringify({ tokens: [{ access_token: [secret] }] }) })],
    ['in a query', entry({ url: `/x?code=${encodeURIComponent(secret)}` })],
    ['in a fragment', entry({}, { headers: [['location', `https://a.example/#access_token=${encodeURIComponent(secret)}`]] })],
    [
      'in a multipart form',
      entry({
        headers: [['content-type', 'multipart/form-data; boundary=b']],
        body: `--b\r\ncontent-disposition: form-data; name="client_secret"\r\n\r\n${secret}\r\n--b--\r\n`,
      }),
    ],
    ['in x-api-key', entry({ headers: [['X-Api-Key', secret]] })],
    ['in Authorization', entry({ headers: [['authorization', `Bearer ${secret}`]] })],
    ['in a body that was cut off', entry({}, { ...json, body: `{"access_token":"${secret}","refr`, complete: false })],
    ['in a cookie', entry({ headers: [['cookie', `session=${secret}`]] })],
    [
      'where an error echoes it',
      entry({ parameters: { refresh_token: secret } }, { ...json, body: JSON.stringify({ error_description: `no token ${secret} here` }) }),
    ],
  ])('%s', (_, one) => {
    const text = shown(one)
    for (const form of [secret, encodeURIComponent(secret), encodeURIComponent(secret).toLowerCase(), secret.slice(1)])
      expect(text).not.toContain(form)
  })

  it('however short it is', () => {
    expect(redact(entry({ parameters: { code: 'x1' } })).request.parameters).toEqual({ code: fingerprint('x1') })
  })

  it('in a reply whose bytes were garbled', () => {
    const garbled = [...`{"access_token":"${secret}"}`].map((char, at) => (at % 3 === 1 ? '\ufffd' : char)).join('')
    const text = shown(entry({}, { ...json, body: garbled }, { fault: { id: 'f1', kind: 'garble' } }))
    expect(text).not.toContain(garbled)
  })

  it('and has the same fingerprint wherever it stands', () => {
    const { request } = redact(
      entry({
        ...json,
        url: `/x?token=${encodeURIComponent(secret)}`,
        body: JSON.stringify({ token: secret }),
        parameters: { token: secret },
      }),
    )
    expect(request.url).toContain(fingerprint(secret))
    expect(request.body).toContain(fingerprint(secret))
    expect(request.parameters).toEqual({ token: fingerprint(secret) })
  })
})

describe('what is no secret is shown', () => {
  it('the code of an error', () => {
    const body = JSON.stringify({ code: 'error', message: 'an error came' })
    expect(redact(entry({}, { ...json, body })).response.body).toBe(body)
  })

  it('a body in which nothing is hidden, to the letter', () => {
    const body = '{ "scope" : "READ:PURCHASE",  "expires_in": 7200 }'
    expect(redact(entry({}, { ...json, body })).response.body).toBe(body)
  })

  it('a word that a short secret happens to be', () => {
    const { response } = redact(entry({ parameters: { code: 'error' } }, { ...json, body: '{"error":"an error"}' }))
    expect(response.body).toBe('{"error":"an error"}')
  })
})

it('half a surrogate pair does not stop it', () => {
  expect(() => redact(entry({ ...json, body: '{"code":"\\ud800abcdefgh"}', parameters: { code: '\ud800abcdefgh' } }))).not.toThrow()
})

it('its cost grows with the length of the entry, and no faster', () => {
  const cost = (count: number): number => {
    const body = Array.from({ length: count }, (_, at) => `code=${'abcdefgh'.repeat(1)}${at}`).join('&')
    const one = entry({ ...form, body })
    redact(one)
    const start = process.cpuUsage()
    for (let i = 0; i < 5; i += 1) redact(one)
    const { user, system } = process.cpuUsage(start)
    return user + system
  }
  const small = cost(2000)
  // Ten times as much may cost thirty times as much on a bad day; what grew with the square cost a hundred times as much.
  expect(cost(20_000) / small).toBeLessThan(40)
})
