/** Every route of the control API, asked once rightly and once wrongly; both ways as described. */

import { afterAll, describe, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { calling, operations } from './calls.js'

const double = await createServer({ seed: 1 })
afterAll(() => double.close())
const call = calling(double.url())
const { accessToken = '', user } = await double.tokens.mint('vcita')
await fetch(`${double.url()}/zettle/token`, { method: 'POST' })
await fetch(`${double.url()}/nowhere`)

/** In this order. A string in place of a body is none. */
const right: readonly (readonly [operation: string, method: string, path: string, body?: unknown])[] = [
  ['health', 'GET', '/healthz'],
  ['readiness', 'GET', '/readyz'],
  ['index', 'GET', '/'],
  ['glance', 'GET', '/__admin'],
  ['status', 'GET', '/__admin/status'],
  ['vocabulary', 'GET', '/__admin/vocabulary'],
  ['listProviders', 'GET', '/__admin/providers'],
  ['getProvider', 'GET', '/__admin/providers/zettle'],
  ['listConnections', 'GET', '/__admin/connections'],
  ['listConnections', 'GET', `/__admin/connections?provider=vcita&user=${user}&limit=1`],
  ['describe', 'GET', '/__admin/openapi.json'],
  [
    'createSandbox',
    'POST',
    '/__admin/sandboxes',
    { name: 'job7', quirks: { 'zoho-payments/twenty-refresh-tokens': 3 }, ttl: '10m', seed: 7 },
  ],
  ['createSandbox', 'POST', '/__admin/sandboxes', { tolerant: true, clock: { freeze: 1565876581 } }],
  ['createSandbox', 'POST', '/__admin/sandboxes'],
  ['listSandboxes', 'GET', '/__admin/sandboxes'],
  ['getSandbox', 'GET', '/__admin/sandboxes/job7'],
  ['deleteSandbox', 'DELETE', '/__admin/sandboxes/job7'],
  ['getClock', 'GET', '/__admin/clock'],
  ['setClock', 'POST', '/__admin/clock', { advance: '2h' }],
  ['setClock', 'POST', '/__admin/clock', { freeze: true }],
  ['setClock', 'POST', '/__admin/clock', { advanceTo: 'next-expiry' }],
  ['setClock', 'POST', '/__admin/clock', { advanceTo: 'next-expiry', of: { provider: 'vcita', kind: 'access_token' } }],
  ['setClock', 'POST', '/__admin/clock', { advanceTo: 4_000_000_000 }],
  ['setClock', 'POST', '/__admin/clock', { freeze: 1565876581 }],
  ['setClock', 'POST', '/__admin/clock', { skew: -30 }],
  ['setClock', 'POST', '/__admin/clock', { run: true }],
  ['setClock', 'POST', '/__admin/clock', { reset: true }],
  ['registerClient', 'POST', '/__admin/clients', { provider: 'zettle', clientId: 'mine', redirectUris: ['https://app.example/callback'] }],
  [
    'registerClient',
    'POST',
    '/__admin/clients',
    { provider: 'ziina', username: 'u', password: 'p', loopback: true, trusted: true, name: 'N' },
  ],
  ['listClients', 'GET', '/__admin/clients?provider=zettle'],
  ['getClient', 'GET', '/__admin/clients/mine'],
  ['removeClient', 'DELETE', '/__admin/clients/mine?provider=zettle'],
  [
    'addUser',
    'POST',
    '/__admin/users',
    { provider: 'zentail', id: 'second', email: 'owner@second-shop.example', name: 'Second', profile: {} },
  ],
  ['listUsers', 'GET', '/__admin/users'],
  ['getUser', 'GET', '/__admin/users/second'],
  ['removeUser', 'DELETE', '/__admin/users/second'],
  ['mintTokens', 'POST', '/__admin/tokens/mint', { provider: 'ziina' }],
  ['mintTokens', 'POST', '/__admin/tokens/mint', { provider: 'zettle', wrong: 'signature', lifetime: '5m', kind: 'access_token' }],
  ['mintTokens', 'POST', '/__admin/tokens/mint', { provider: 'ziina', kind: 'id_token' }],
  ['listTokens', 'GET', `/__admin/tokens?value=${accessToken}&state=live`],
  ['listTokens', 'GET', `/__admin/tokens?provider=vcita&kind=access_token&user=${user}&limit=1`],
  ['expireTokens', 'POST', '/__admin/tokens/expire', { value: accessToken }],
  ['revokeTokens', 'POST', '/__admin/tokens/revoke', { provider: 'zettle', kind: 'refresh_token' }],
  ['rotateTokens', 'POST', '/__admin/tokens/rotate', { provider: 'ziina' }],
  ['mintCode', 'POST', '/__admin/providers/zoho-payments/codes', { scope: 'ZohoPay.payments.CREATE,ZohoPay.payments.READ', lifetime: 180 }],
  ['mintCode', 'POST', '/__admin/providers/zentail/codes'],
  ['mintAssertion', 'POST', '/__admin/providers/zettle/assertions', { name: 'key', lifetime: '1h' }],
  ['rotateKey', 'POST', '/__admin/providers/zettle/keys', { old: 'gone' }],
  ['listQuirks', 'GET', '/__admin/quirks'],
  ['toggleQuirks', 'PUT', '/__admin/quirks', { 'zettle/may-rotate-at-any-time': 'same', 'vcita/code-lives-30-seconds': 1 }],
  ['listQuirksOfProvider', 'GET', '/__admin/quirks/zettle'],
  ['toggleQuirk', 'PUT', '/__admin/quirks/vcita/code-lives-30-seconds', { value: 5 }],
  ['getQuirk', 'GET', '/__admin/quirks/vcita/code-lives-30-seconds'],
  ['untoggleQuirk', 'DELETE', '/__admin/quirks/vcita/code-lives-30-seconds'],
  ['untoggleQuirksOfProvider', 'DELETE', '/__admin/quirks/zettle'],
  ['untoggleQuirks', 'DELETE', '/__admin/quirks'],
  [
    'addFault',
    'POST',
    '/__admin/faults',
    { provider: 'zettle', operation: 'token', kind: 'lose', when: { grantType: 'refresh_token', nth: 2 } },
  ],
  ['addFault', 'POST', '/__admin/faults', { kind: 'refuse', reason: 'refresh_token_revoked', times: 'always', probability: 0.5 }],
  ['addFault', 'POST', '/__admin/faults', { kind: 'status', status: 503, headers: { 'X-A': 'b' }, body: { a: 1 } }],
  ['addFault', 'POST', '/__admin/faults', { kind: 'delay', for: '200ms' }],
  ['addFault', 'POST', '/__admin/faults', { kind: 'tamper', parameter: 'state', how: 'missing' }],
  ['addFault', 'POST', '/__admin/faults', { kind: 'say', set: { expires_in: '3600' }, remove: ['scope'] }],
  ['addFault', 'POST', '/__admin/faults', { provider: 'zettle', operation: 'token', kind: 'hold', phase: 'after', limit: '10s' }],
  ['listFaults', 'GET', '/__admin/faults'],
  ['getFault', 'GET', '/__admin/faults/f1'],
  ['removeFault', 'DELETE', '/__admin/faults/f1'],
  ['clearFaults', 'DELETE', '/__admin/faults'],
  ['setApproval', 'PUT', '/__admin/approvals', { provider: 'vcita', deny: true, once: true }],
  ['setApproval', 'PUT', '/__admin/approvals', { error: 'server_error' }],
  ['getApprovals', 'GET', '/__admin/approvals'],
  ['clearApprovals', 'DELETE', '/__admin/approvals'],
  ['listJournal', 'GET', '/__admin/journal'],
  ['listJournal', 'GET', '/__admin/journal?provider=zettle&operation=token&outcome=refused&limit=5'],
  ['listJournal', 'GET', '/__admin/journal?format=har'],
  ['awaitJournal', 'GET', '/__admin/journal/await?outcome=unknown'],
  ['getJournalEntry', 'GET', '/__admin/journal/r1'],
  ['putReport', 'PUT', '/__admin/reports/run-1', { cases: [], running: true }],
  ['listReports', 'GET', '/__admin/reports'],
  ['getReport', 'GET', '/__admin/reports/run-1'],
  ['removeReport', 'DELETE', '/__admin/reports/run-1'],
  ['exportState', 'GET', '/__admin/state'],
  ['importState', 'PUT', '/__admin/state', { format: 'authdouble', version: 1, records: {} }],
  ['clearJournal', 'DELETE', '/__admin/journal'],
  ['reset', 'POST', '/__admin/reset', {}],
]

it('every route is here', () => {
  const elsewhere = ['streamJournal', 'awaitHeld', 'releaseHeld', 'console']
  expect([...new Set([...right.map(([id]) => id), ...elsewhere])].sort()).toEqual(operations.map(({ id }) => id).sort())
})

it.each(right.map(([id, method, path, body]) => ({ id, method, path, body })))('$id: $method $path', async ({ id, method, path, body }) => {
  const answer = await call(method, path, body)
  expect([answer.status < 300, answer.operation]).toEqual([true, id])
})

/** What is sent, and the field that is named in the answer. */
const wrong: readonly (readonly [method: string, path: string, field: string, body?: unknown])[] = [
  ['POST', '/sandboxes', 'title', { title: 'x' }],
  ['POST', '/sandboxes', 'name', { name: 'No Name' }],
  ['POST', '/sandboxes', 'seed', { seed: 'x' }],
  ['POST', '/sandboxes', 'quirks', { quirks: { 'zettle/no-such': true } }],
  ['POST', '/sandboxes', 'quirks.zettle/x', { quirks: { 'zettle/x': [] } }],
  ['POST', '/sandboxes', 'clock.forward', { clock: { forward: 1 } }],
  ['POST', '/sandboxes', 'ttl', { ttl: 'soon' }],
  ['POST', '/reset', 'hard', { hard: true }],
  ['PUT', '/state', 'format', {}],
  ['PUT', '/state', 'version', { format: 'authdouble', version: 99 }],
  ['PUT', '/state', 'records', { format: 'authdouble', version: 1 }],
  ['PUT', '/state', 'records.zettle.client.a', { format: 'authdouble', version: 1, records: { zettle: { client: { a: 1 } } } }],
  ['PUT', '/state', 'quirks.zettle/no-such', { format: 'authdouble', version: 1, records: {}, quirks: { 'zettle/no-such': true } }],
  ['POST', '/clock', 'advanced', { advanced: '2h' }],
  ['POST', '/clock', 'advance', { advance: 'tomorrow' }],
  ['POST', '/clock', 'advance', { advance: -1 }],
  ['POST', '/clock', 'advance', { advance: '36500000d' }],
  ['POST', '/clock', 'advanceTo', { advanceTo: 1 }],
  ['POST', '/clock', 'advanceTo', { advanceTo: 'next-expiry', of: { client: 'nobody' } }],
  ['POST', '/clock', 'of.clients', { advanceTo: 'next-expiry', of: { clients: 'x' } }],
  ['POST', '/clock', 'freeze', { freeze: 1e12 }],
  ['POST', '/sandboxes', 'ttl', { ttl: '36500000d' }],
  ['POST', '/clock', 'freeze', { freeze: 'now' }],
  ['GET', '/clients?provider=acme', 'provider'],
  ['POST', '/clients', 'provider', {}],
  ['POST', '/clients', 'provider', { provider: 'acme' }],
  ['POST', '/clients', 'secret', { provider: 'zettle', secret: 'x' }],
  ['POST', '/clients', 'redirectUris.0', { provider: 'zettle', redirectUris: ['nowhere'] }],
  ['POST', '/clients', 'scope', { provider: 'zettle', scope: 'EVERYTHING' }],
  ['POST', '/clients', 'username', { provider: 'zettle', username: 'x' }],
  ['GET', '/users?provider=acme', 'provider'],
  ['POST', '/users', 'mail', { provider: 'zettle', mail: 'x' }],
  ['POST', '/users', 'profile', { provider: 'zettle', profile: [] }],
  ['GET', '/tokens?kind=cookie', 'kind'],
  ['GET', '/tokens?limit=0', 'limit'],
  ['GET', '/tokens?colour=red', 'colour'],
  ['GET', '/connections?provider=acme', 'provider'],
  ['GET', '/connections?limit=0', 'limit'],
  ['POST', '/tokens/rotate', 'kinds', { kinds: 'x' }],
  ['POST', '/tokens/mint', 'provider', {}],
  ['POST', '/tokens/mint', 'wrong', { provider: 'vcita', wrong: 'signature' }],
  ['POST', '/tokens/mint', 'user', { provider: 'vcita', user: 'nobody' }],
  ['POST', '/tokens/mint', 'clientId', { provider: 'vcita', clientId: 'nobody' }],
  ['POST', '/tokens/mint', 'kind', { provider: 'zentail', kind: 'refresh_token' }],
  ['POST', '/tokens/expire', 'kind', { kind: 'cookie' }],
  ['POST', '/tokens/revoke', 'all', { all: true }],
  ['POST', '/providers/zettle/codes', 'redirectUri', { redirectUri: 'https://attacker.example/' }],
  ['POST', '/providers/zettle/codes', 'lifetime', { lifetime: 'long' }],
  ['POST', '/providers/zettle/codes', 'codeChallenge', { codeChallenge: 'short' }],
  ['POST', '/providers/vcita/assertions', 'provider', {}],
  ['POST', '/providers/zettle/keys', 'old', { old: 'kept' }],
  ['PUT', '/quirks', 'zettle/no-such', { 'zettle/no-such': true }],
  ['PUT', '/quirks', 'zettle', { zettle: true }],
  ['PUT', '/quirks/vcita/code-lives-30-seconds', 'value', { value: 'soon' }],
  ['PUT', '/quirks/vcita/code-lives-30-seconds', 'value', {}],
  ['POST', '/faults', 'kind', {}],
  ['POST', '/faults', 'kind', { kind: 'fire' }],
  ['POST', '/faults', 'reason', { kind: 'refuse' }],
  ['POST', '/faults', 'reason', { kind: 'refuse', reason: 'bored' }],
  ['POST', '/faults', 'reason', { kind: 'lose', reason: 'code_used' }],
  ['POST', '/faults', 'when.grant', { kind: 'lose', when: { grant: 'x' } }],
  ['POST', '/faults', 'times', { kind: 'lose', times: 0 }],
  ['POST', '/faults', 'probability', { kind: 'lose', probability: 0 }],
  ['POST', '/faults', 'how', { kind: 'tamper', parameter: 'state' }],
  ['POST', '/faults', 'phase', { kind: 'hold', phase: 'between' }],
  ['POST', '/faults', 'phase', { kind: 'lose', phase: 'after' }],
  ['POST', '/faults', 'limit', { kind: 'hold', limit: '1d' }],
  ['POST', '/faults', 'set', { kind: 'say', set: 'expires_in' }],
  ['POST', '/faults', 'headers.X-A', { kind: 'status', headers: { 'X-A': 'a\r\nb' } }],
  ['PUT', '/approvals', 'as', { as: 'nobody' }],
  ['PUT', '/approvals', 'deny', { deny: false }],
  ['GET', '/journal?outcome=fine', 'outcome'],
  ['GET', '/journal?since=yesterday', 'since'],
  ['GET', '/journal?provider=zettle&provider=vcita', 'provider'],
  ['GET', '/journal/await?timeout=1h', 'timeout'],
  ['GET', '/events?outcome=fine', 'outcome'],
  ['PUT', '/reports/r', 'cases', { cases: 'none' }],
  ['PUT', '/reports/a%20b', 'id', { cases: [] }],
]

describe('a wrong call changes nothing and names the field', () => {
  it.each(wrong.map(([method, path, field, body]) => ({ method, path, field, body })))(
    '$method $path: $field',
    async ({ method, path, field, body }) => {
      const before = await double.state.export()
      const answer = await call(method, `/__admin${path}`, body)
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid', field } })
      expect(await double.state.export()).toEqual(before)
    },
  )

  it.each([
    ['GET', '/sandboxes/nobody'],
    ['DELETE', '/sandboxes/nobody'],
    ['GET', '/clients/nobody'],
    ['DELETE', '/clients/nobody'],
    ['GET', '/users/nobody'],
    ['DELETE', '/users/nobody'],
    ['GET', '/providers/acme'],
    ['POST', '/providers/acme/codes'],
    ['POST', '/providers/acme/assertions'],
    ['POST', '/providers/acme/keys'],
    ['GET', '/quirks/acme'],
    ['DELETE', '/quirks/acme'],
    ['GET', '/quirks/zettle/no-such'],
    ['PUT', '/quirks/zettle/no-such'],
    ['DELETE', '/quirks/zettle/no-such'],
    ['GET', '/faults/f999'],
    ['DELETE', '/faults/f999'],
    ['POST', '/faults/f999/release'],
    ['GET', '/faults/f999/arrived'],
    ['GET', '/journal/r999'],
    ['GET', '/reports/nobody'],
    ['DELETE', '/reports/nobody'],
    ['GET', '/nothing-of-the-kind'],
  ])('%s %s: there is none', async (method, path) => {
    const body = method === 'PUT' ? { value: true } : undefined
    expect(await call(method, `/__admin${path}`, body)).toMatchObject({ status: 404, body: { error: 'not_found' } })
  })

  it('a name that is taken, a selection that fits nothing, a method that is none', async () => {
    await call('POST', '/__admin/sandboxes', { name: 'twice' })
    expect(await call('POST', '/__admin/sandboxes', { name: 'twice' })).toMatchObject({ status: 409, body: { error: 'exists' } })
    const { clientId } = double.provider('zettle')
    expect(await call('POST', '/__admin/clients', { provider: 'zettle', clientId })).toMatchObject({ status: 409 })
    await call('POST', '/__admin/users', { provider: 'zettle', id: 'twice' })
    expect(await call('POST', '/__admin/users', { provider: 'zettle', id: 'twice' })).toMatchObject({
      status: 409,
      body: { error: 'exists' },
    })
    expect(await call('POST', '/__admin/tokens/expire', { value: 'nobody' })).toMatchObject({ status: 404 })
    expect(await call('POST', '/__admin/tokens/revoke', { value: 'nobody' })).toMatchObject({ status: 404 })
    expect(await call('POST', '/__admin/tokens/rotate', { provider: 'vcita' })).toMatchObject({ status: 404 })
    const refused = await call('DELETE', '/__admin/clock')
    expect(refused).toMatchObject({ status: 405, body: { error: 'method_not_allowed' } })
    expect(refused.headers.get('allow')).toContain('POST')
  })

  it('a body that is no JSON, or does not say that it is', async () => {
    const send = (type: string, body: string) =>
      fetch(`${double.url()}/__admin/clock`, { method: 'POST', headers: { 'content-type': type }, body })
    expect((await send('application/json', '{"advance"')).status).toBe(400)
    expect((await send('application/x-www-form-urlencoded', '{"advance":"2h"}')).status).toBe(415)
    expect(double.clock.state().offset).toBe(0)
  })
})
