import { afterAll, describe, expect, it } from 'vitest'
import { createServer, lose, ValidationError } from '../../src/index.js'

const double = await createServer()
afterAll(() => double.close())

/** What a caller without types, or with a slip of the pen, writes. */
// biome-ignore lint/suspicious/noExplicitAny: misuse is what types would refuse
const loose = double as any
// biome-ignore lint/suspicious/noExplicitAny: likewise
const start = createServer as any

const problem = async (act: () => unknown): Promise<ValidationError> => {
  try {
    await act()
  } catch (error) {
    expect(error).toBeInstanceOf(ValidationError)
    return error as ValidationError
  }
  throw new Error('it was taken silently')
}

describe('createServer tells what is wrong with its options', () => {
  it.each([
    [{ prot: 1 }, 'prot', 'createServer: prot: unknown option; did you mean port?'],
    [{ port: 'abc' }, 'port', 'createServer: port is a port from 0 to 65535, not "abc"'],
    [{ port: 70_000 }, 'port', 'not 70000'],
    [{ providers: ['zetle'] }, 'providers.0', 'did you mean zettle?'],
    [{ providers: [] }, 'providers', 'is a list of at least 1'],
    [
      { quirks: { 'zettle/may-rotate-at-any-tim': true } },
      'quirks.zettle/may-rotate-at-any-tim',
      'did you mean zettle/may-rotate-at-any-time?',
    ],
    [{ adminToken: '' }, 'adminToken', 'is a string that is not empty'],
    [{ tls: { prot: 1 } }, 'tls.prot', 'did you mean port?'],
    [{ baseUrl: 'nowhere' }, 'baseUrl', 'is a URL'],
    [{ journalLimit: 0 }, 'journalLimit', 'is a whole number from 1'],
    [{ seed: '' }, 'seed', 'is a whole number or a string'],
    [{ state: 'a.json', store: 'redis://127.0.0.1' }, 'store', 'not in both'],
    ['zettle', '', 'is an object'],
  ])('%j', async (options, field, message) => {
    const error = await problem(() => start(options))
    expect(error.field).toBe(field)
    expect(error.message).toContain(message)
  })

  it('takes an option that is undefined for one that is left out', async () => {
    const server = await start({ port: undefined, quirks: undefined })
    await server.close()
  })
})

describe('so does every instrument', () => {
  it.each<readonly [string, () => unknown, string, string]>([
    ['an operation', () => loose.faults.next('zettle', 'tokn', lose()), 'operation', 'faults.next: operation is one of'],
    ['the nearest operation', () => loose.faults.next('zettle', 'tokn', lose()), 'operation', 'did you mean token?'],
    ['a provider', () => loose.faults.next('zetle', 'token', lose()), 'provider', 'did you mean zettle?'],
    ['a provider of a fault', () => loose.faults.add({ kind: 'lose', provider: 'zetle' }), 'provider', 'did you mean zettle?'],
    ['a kind', () => loose.faults.add({ kind: 'ratelimit' }), 'kind', 'did you mean rate-limit?'],
    ['no kind', () => loose.faults.add({}), 'kind', 'is missing'],
    ['a member', () => loose.faults.add({ kind: 'delay', four: 1 }), 'four', 'did you mean for?'],
    ['a condition', () => loose.faults.next('zettle', 'token', lose(), { wen: {} }), 'wen', 'did you mean when?'],
    ['a length of time', () => loose.faults.add({ kind: 'delay', for: 'soon' }), 'for', 'such as "30s"'],
    ['a header', () => loose.faults.add({ kind: 'status', headers: { 'x-a': 'a\r\nb' } }), 'headers.x-a', 'on one line'],
    [
      'a character that no header has',
      () => loose.faults.add({ kind: 'status', headers: { 'x-a': '编' } }),
      'headers.x-a',
      'that a header may have',
    ],
    ['a reason', () => loose.faults.add({ kind: 'refuse', reason: 'code_usd' }), 'reason', 'did you mean code_used?'],
    ['a quirk', () => loose.quirks.set('zettle/no-token-typ', true), 'zettle/no-token-typ', 'did you mean zettle/no-token-type?'],
    ['a provider of a quirk', () => loose.quirks.set('zetle/no-token-type', true), 'zetle/no-token-type', 'did you mean zettle?'],
    ['a provider of an address', () => loose.provider('zetle'), 'provider', 'did you mean zettle?'],
    [
      'an option of a code',
      () => loose.codes.mint('zettle', { clientid: 'x' }),
      'clientid',
      'codes.mint: clientid: unknown option; did you mean clientId?',
    ],
    ['an option of a token', () => loose.tokens.mint('zettle', { kind: 'acess_token' }), 'kind', 'did you mean access_token?'],
    ['an option of an API key', () => loose.assertions.mint('zettle', { lifetime: -1 }), 'lifetime', 'is seconds'],
    ['an option of a client', () => loose.clients.register('zettle', { redirectUri: 'x' }), 'redirectUri', 'did you mean redirectUris?'],
    ['an option of a user', () => loose.users.add('zettle', { mail: 'x' }), 'mail', 'did you mean email?'],
    ['an option of a sandbox', () => loose.sandbox({ nam: 'x' }), 'nam', 'did you mean name?'],
    ['the life of a sandbox', () => loose.sandbox({ ttl: 0 }), 'ttl', 'is at least 0.001 seconds'],
  ])('%s', async (_, act, field, message) => {
    const error = await problem(act)
    expect(error.field).toBe(field)
    expect(error.message).toContain(message)
  })

  it('and nothing of it took effect', () => {
    expect(double.faults.list()).toEqual([])
  })
})

it('lengths of time may be said in words wherever they are said in seconds', async () => {
  expect(loose.faults.add({ kind: 'delay', for: '200ms' })).toMatchObject({ for: 0.2 })
  double.faults.clear()
  const { code, expiresAt } = await double.codes.mint('zoho-payments', { lifetime: '2m' })
  expect(code).not.toBe('')
  expect(expiresAt - double.clock.now()).toBeGreaterThan(110)
})
