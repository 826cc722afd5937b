import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ClientEnvironment } from '../../src/conformance/drivers/driver.js'
import type { ModuleSteps } from '../../src/conformance/drivers/module.js'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { runConformance } from '../../src/conformance/runner/run.js'

interface Tokens {
  readonly access: string
  readonly refresh?: string
}

type Members = Readonly<Record<string, string>>

/** Strict, as certified libraries are: a reply that is outside the specification is refused, and changes nothing. */
const textIn = (reply: Readonly<Record<string, unknown>>, member: string): string | undefined => {
  const value = reply[member]
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw new Error(`${member} is no text`)
}

interface Habits {
  readonly scope?: string
  readonly prompt?: string
  readonly basic?: (given: ClientEnvironment) => string
  /** It sends a nonce, and leaves the signature to TLS. */
  readonly nonce?: true
  readonly renews?: true
}

/** One customer, in memory. Whoever restarts it connects again. */
const inMemory =
  (habits: Habits) =>
  (given: ClientEnvironment): ModuleSteps => {
    const pending = new Map<string, { readonly nonce: string }>()
    let held: Tokens | undefined
    let renewing: Promise<void> | undefined
    let waitUntil = 0
    if (/[^\x20-\x7e]/.test(given.clientSecret ?? '')) throw new Error('a client secret is printable ASCII')

    const ask = async (members: Members): Promise<Readonly<Record<string, unknown>>> => {
      if (Date.now() < waitUntil) throw new Error('the provider asked to wait')
      const basic = habits.basic?.(given)
      const secret = { client_id: given.clientId, client_secret: given.clientSecret ?? '' }
      const response = await fetch(given.tokenUrl, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.timeout(3000),
        ...(basic === undefined ? {} : { headers: { authorization: `Basic ${Buffer.from(basic).toString('base64')}` } }),
        body: new URLSearchParams({ ...members, ...(basic === undefined ? secret : {}) }),
      })
      // The date is compared with the own clock, as most clients do.
      const later = Date.parse(response.headers.get('retry-after') ?? '')
      if (later > 0) waitUntil = later
      const reply = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>
      if (typeof reply['error'] === 'string') throw new Error(`the token endpoint said ${reply['error']}`)
      if (!response.ok || textIn(reply, 'access_token') === undefined) throw new Error(`no tokens, status ${response.status}`)
      return reply
    }
    const keep = (reply: Readonly<Record<string, unknown>>): void => {
      const refresh = textIn(reply, 'refresh_token') ?? held?.refresh
      held = { access: String(reply['access_token']), ...(refresh === undefined ? {} : { refresh }) }
    }
    const renew = (): Promise<void> => {
      const work = async (): Promise<void> => keep(await ask({ grant_type: 'refresh_token', refresh_token: held?.refresh ?? '' }))
      renewing ??= work().finally(() => {
        renewing = undefined
      })
      return renewing
    }
    const call = async (): Promise<number> => {
      if (!held) throw new Error('connect first')
      const options = {
        headers: { authorization: `Bearer ${held.access}` },
        redirect: 'manual',
        signal: AbortSignal.timeout(3000),
      } as const
      return (await fetch(given.resourceUrl ?? '', options)).status
    }
    return {
      authorize: () => {
        const [state, nonce] = [randomUUID(), randomUUID()]
        pending.set(state, { nonce })
        const { scope, prompt } = habits
        const asked = {
          ...(scope === undefined ? {} : { scope }),
          ...(prompt === undefined ? {} : { prompt }),
          ...(habits.nonce ? { nonce } : {}),
        }
        const url = { response_type: 'code', client_id: given.clientId, redirect_uri: given.redirectUri ?? '', state, ...asked }
        return `${given.authorizeUrl}?${new URLSearchParams(url)}`
      },
      callback: async ({ url }) => {
        const { code, state = '', error, iss } = Object.fromEntries(new URL(url ?? '').searchParams)
        const begun = pending.get(state)
        if (!begun || (given.provider !== 'zettle' && iss !== given.issuer)) throw new Error('this callback is not the answer to a request')
        pending.delete(state)
        if (error !== undefined || code === undefined) throw new Error(`not connected: ${error}`)
        const reply = await ask({ grant_type: 'authorization_code', code, redirect_uri: given.redirectUri ?? '' })
        const [, body = ''] = String(reply['id_token'] ?? '').split('.')
        const claims = body === '' ? undefined : JSON.parse(Buffer.from(body, 'base64url').toString())
        const own = claims && claims.iss === given.issuer && [claims.aud].flat().includes(given.clientId) && claims.exp * 1000 > Date.now()
        if (claims && !(own && (!habits.nonce || claims.nonce === begun.nonce))) throw new Error('the ID token is not for this request')
        held = undefined
        keep(reply)
      },
      call: async () => {
        const status = await call()
        if (status !== 401) return status
        if (!habits.renews || held?.refresh === undefined) {
          held = undefined
          throw new Error('the token has ended: connect again')
        }
        await renew()
        return call()
      },
      ...(habits.renews ? { refresh: renew } : {}),
      ...(habits.renews && given.revokeUrl !== undefined
        ? {
            revoke: async () => {
              const options = { method: 'DELETE', headers: { authorization: `Bearer ${held?.access}` }, signal: AbortSignal.timeout(3000) }
              const { status } = await fetch(given.revokeUrl ?? '', options)
              // The provider must be told with the token: it is kept, and the user may try again.
              if (status !== 204) throw new Error(`leaving failed with ${status}; the connection goes on`)
              held = undefined
            },
          }
        : {}),
    }
  }

const issued = ({ username, password }: ClientEnvironment): string => `${username}:${password}`
const registered = ({ clientId, clientSecret }: ClientEnvironment): string => `${clientId}:${clientSecret}`

const spared: readonly (readonly [does: string, provider: 'ziina' | 'zettle' | 'plain', habits: Habits, only: readonly string[]])[] = [
  [
    'keeps nothing over a restart, never refreshes and asks for one scope',
    'ziina',
    { scope: 'read_account', basic: issued },
    [
      'authorize/separates-scopes-with-spaces',
      'authorize/asks-consent-with-offline-access',
      'authorize/handles-access-denied',
      'exchange/keeps-a-long-token',
      'errors/survives-a-refused-connection-at-refresh',
    ],
  ],
  [
    'refuses what is outside the specification, waits by its own clock, and says that leaving failed',
    'zettle',
    { scope: 'READ:PURCHASE', renews: true },
    [
      'errors/obeys-retry-after-date-at-refresh',
      'exchange/encodes-a-letter-beyond-ascii',
      'refresh/takes-a-reply-with-an-empty-refresh-token',
      'refresh/takes-a-reply-with-null-for-a-refresh-token',
      'disconnect/leaves-although-the-revocation-fails',
    ],
  ],
  [
    'leaves the signature of an ID token to TLS',
    'ziina',
    { scope: 'openid read_account', basic: issued, nonce: true },
    ['exchange/verifies-the-id-token'],
  ],
  ['compares all of iss', 'plain', { scope: 'read', basic: registered }, ['authorize/refuses-iss-that-looks-alike']],
]

describe.concurrent('A client that does no harm is spared', () => {
  it.each(spared)('although it %s', async (_, provider, habits, only) => {
    const { cases, exitCode } = await runConformance({ provider, driver: clientDriver(inMemory(habits)), only, seed: 'spared', jobs: 5 })
    const other = cases.flatMap(({ id, checks }) => checks.map(({ id: check, verdict, why, seen }) => ({ id, check, verdict, why, seen })))
    expect(cases).toHaveLength(only.length)
    expect(other.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable')).toEqual([])
    expect(exitCode).toBe(0)
  })
})
