import { describe, expect, it } from 'vitest'
import { createRedaction } from '../../src/conformance/runner/redaction.js'
import type { JournalEntry } from '../../src/index.js'
import { redact } from '../../src/index.js'

const token = 'IZSEC07b0edfc-f557-4e52-a995-384288e2351e'

const address = {
  baseUrl: 'http://127.0.0.1:43210/zettle',
  tokenUrl: 'http://127.0.0.1:43210/zettle/token',
  clientId: 'c',
  redirectUri: 'http://127.0.0.1:4741/callback',
}

const entry = (operation: 'token' | 'resource', body: object): JournalEntry => ({
  id: 'r1',
  at: 1,
  took: 1,
  operation,
  outcome: 'answered',
  request: { method: 'POST', url: '/zettle/token', headers: [['host', '127.0.0.1:43210']], parameters: {} },
  response: { status: 200, headers: [], body: JSON.stringify(body), complete: true },
  quirks: [],
})

describe('A report hides', () => {
  const hidden = createRedaction(address, [entry('token', { refresh_token: token })], { seed: 'a' })

  it('a token wherever it is said, and its beginning where a client shortened it', () => {
    expect(hidden.text(`refresh with ${token} failed`)).toMatch(/^refresh with ‹[0-9a-f]{8}› failed$/)
    expect(hidden.text(`refresh with ${token.slice(0, 14)}... failed`)).toMatch(/^refresh with ‹[0-9a-f]{8}›\.\.\. failed$/)
    expect(JSON.stringify(hidden.entries)).not.toContain(token.slice(0, 8))
  })

  it('and nothing else: an error that is called code stays', () => {
    const shown = redact(entry('resource', { code: 'error', message: 'an error' }))
    expect(shown.response.body).toBe('{"code":"error","message":"an error"}')
  })

  it('where it happened to listen', () => {
    expect(hidden.entries[0]?.request.headers).toEqual([['host', '127.0.0.1:4740']])
  })
})
