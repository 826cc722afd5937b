import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answered, DecisionContext, Issued, Outcome, Request } from '../../src/protocol/context.js'
import { decide } from '../../src/protocol/decide.js'
import { issueCode } from '../../src/protocol/issuance.js'
import type { Client, Tx, User } from '../../src/protocol/records.js'
import { settle } from '../../src/provider/quirk.js'
import type { Endpoint, Settings } from '../../src/provider/settings.js'
import { providers } from '../../src/providers/index.js'
import { createMints } from '../../src/sandbox/mint.js'
import { seedOf, seedRecords } from '../../src/sandbox/seed.js'
import { memoryStore } from '../../src/store/memory.js'

/** A provider without HTTP: records, a clock that only goes on, and what was issued so far. */
const bench = (id: string) => {
  const provider = providers.find((one) => one.id === id)
  if (!provider) throw new Error(`no provider ${id}`)
  const settings = settle<Settings>(provider.settings)
  const seed = seedOf(provider)
  const store = memoryStore(() => now)
  const mints = createMints('properties')
  let now = 1_800_000_000
  const [client] = seed.clients
  const context = (): DecisionContext => ({
    settings,
    now,
    mint: mints.take().mint,
    approval: {},
    users: seed.users.map(({ id }) => id),
    base: `http://double/${id}`,
  })
  const run = <T>(decision: (tx: Tx) => T): T => store.transact(id, decision) as T
  run((tx) => seedRecords(context(), tx, seed))
  const credentials = (): Request['credentials'] =>
    client?.username === undefined
      ? { basic: 'absent', id: client?.clientId, secret: client?.clientSecret }
      : {
          basic: { readings: [{ user: client.username, password: client.password ?? '' }], undecodable: false },
          id: undefined,
          secret: undefined,
        }
  const endpoint = (operation: string): [string, Endpoint] =>
    Object.entries(settings.endpoints).find(([, one]) => one.operation === operation) as [string, Endpoint]
  const ask = (operation: string, params: { [name: string]: string }, token?: string): Outcome => {
    const [name, { path, host, methods }] = endpoint(operation)
    const request: Request = {
      operation: operation as Request['operation'],
      endpoint: name,
      method: methods[0] ?? 'GET',
      path,
      host,
      params: new Map(Object.entries(params)),
      credentials: credentials(),
      tokens: token === undefined ? [] : [{ id: token, scheme: settings.resource.scheme, in: 'header' }],
      session: undefined,
    }
    return run((tx) => decide(context(), tx, request))
  }
  const code = (user: number): string =>
    run((tx) => {
      const owner = tx.get('user', seed.users[user % seed.users.length]?.id ?? '') as User
      const options = { client: tx.get('client', client?.clientId ?? '') as Client, user: owner, scope: client?.scope ?? [] }
      return issueCode(context(), tx, { ...options, redirectUri: 'http://127.0.0.1/callback' }).issued.id
    })
  return { ask, code, run, pass: (seconds: number) => (now += seconds), seed, settings, client: client?.clientId ?? '' }
}

const issuedBy = (outcome: Outcome): readonly Issued[] => outcome.trace.issued ?? []
const redeem = (one: ReturnType<typeof bench>, code: string): Outcome =>
  one.ask('token', { grant_type: 'authorization_code', code, redirect_uri: 'http://127.0.0.1/callback' })

type Step = { readonly do: 'authorize' | 'redeem' | 'refresh' | 'wait' | 'nonsense'; readonly pick: number }
const steps = fc.array(
  fc.record({ do: fc.constantFrom<Step['do']>('authorize', 'redeem', 'refresh', 'wait', 'nonsense'), pick: fc.nat(60) }),
  { maxLength: 60 },
)

/** Plays random requests; every outcome goes to the observer together with what had been sent. */
const play = (
  one: ReturnType<typeof bench>,
  sequence: readonly Step[],
  observe: (step: Step, sent: string, outcome: Outcome) => void,
): readonly string[] => {
  const codes: string[] = []
  const refreshes: string[] = []
  for (const step of sequence) {
    if (step.do === 'authorize') codes.push(one.code(step.pick))
    else if (step.do === 'wait') one.pass(step.pick * 7)
    else {
      const from = step.do === 'redeem' ? codes : refreshes
      const sent = step.do === 'nonsense' || from.length === 0 ? `nonsense-${step.pick}` : (from[step.pick % from.length] ?? '')
      const outcome = step.do === 'refresh' ? one.ask('token', { grant_type: 'refresh_token', refresh_token: sent }) : redeem(one, sent)
      for (const { role, id } of issuedBy(outcome)) if (role === 'refresh_token' && !refreshes.includes(id)) refreshes.push(id)
      observe(step, sent, outcome)
    }
  }
  return refreshes
}

describe.each(['zettle', 'zoho-payments', 'ziina'])('%s, whatever is asked in whatever order', (id) => {
  it('redeems a code at most once, and issues nothing where it refuses', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const redeemed = new Map<string, number>()
        play(bench(id), sequence, (step, sent, outcome) => {
          if (outcome.kind === 'refused') expect(issuedBy(outcome)).toEqual([])
          else if (step.do === 'redeem') redeemed.set(sent, (redeemed.get(sent) ?? 0) + 1)
        })
        for (const times of redeemed.values()) expect(times).toBe(1)
      }),
      { numRuns: 60 },
    )
  })

  it('gives the same answers on the same records', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const record = () => {
          const seen: unknown[] = []
          play(bench(id), sequence, (_, sent, outcome) =>
            seen.push([sent, outcome.kind, outcome.kind === 'refused' ? outcome.reason : issuedBy(outcome)]),
          )
          return seen
        }
        expect(record()).toEqual(record())
      }),
      { numRuns: 20 },
    )
  })
})

it('Zoho never keeps more than twenty refresh tokens of a user alive', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 45 }), (count) => {
      const one = bench('zoho-payments')
      const held: string[] = []
      for (let i = 0; i < count; i += 1)
        for (const { role, id } of issuedBy(redeem(one, one.code(0)))) if (role === 'refresh_token') held.push(id)
      const live = held.filter((id) => one.run((tx) => tx.get('refresh', id)?.ended) === undefined)
      expect(live).toEqual(held.slice(-20))
    }),
    { numRuns: 15 },
  )
})

it('after a disconnect no token of that connection works at Zettle, and those of others do', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }), (mine, refreshed) => {
      const one = bench('zettle')
      const tokensOf = (user: number, count: number) =>
        Array.from({ length: count }, () => issuedBy(redeem(one, one.code(user)) as Answered))
      const own = tokensOf(0, mine).flat()
      const others = tokensOf(1, 1).flat()
      for (let i = 0; i < refreshed; i += 1) {
        const last = own.findLast(({ role }) => role === 'refresh_token')
        own.push(...issuedBy(one.ask('token', { grant_type: 'refresh_token', refresh_token: last?.id ?? '' })))
      }
      const access = own.find(({ role }) => role === 'access_token')
      expect(one.ask('disconnect', {}, access?.id).kind).toBe('answered')
      for (const { role, id } of own) {
        const outcome =
          role === 'refresh_token' ? one.ask('token', { grant_type: 'refresh_token', refresh_token: id }) : one.ask('userinfo', {}, id)
        expect(outcome.kind).toBe('refused')
      }
      for (const { role, id } of others) if (role === 'access_token') expect(one.ask('userinfo', {}, id).kind).toBe('answered')
    }),
    { numRuns: 25 },
  )
})
