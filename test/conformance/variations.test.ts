import { describe, expect, it } from 'vitest'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { runConformance } from '../../src/conformance/runner/run.js'
import type { ProviderId } from '../../src/index.js'
import { patience } from '../patience.js'
import type { Parts } from './parts.js'
import { reference } from './parts.js'
import { clientOf } from './reference.js'
import { unkillable } from './shipped.js'

interface Variation {
  readonly does: string
  readonly providers: readonly ProviderId[]
  readonly parts: Partial<Parts>
  /** What the provider is told to take besides what it documents. */
  readonly quirks?: { readonly [name: string]: boolean }
  /** Checks that say so and are no failure: they do not apply, or are advice that was not taken. */
  readonly says?: { readonly [check: string]: 'not-applicable' | 'warn' }
}

const without = (members: Record<string, string>, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)))

const noChallenge = {
  'exchange.pkce-method': 'not-applicable',
  'exchange.pkce-verifier': 'not-applicable',
  'exchange.pkce-fresh': 'not-applicable',
} as const

/** Other ways to do right: what the documents allow, and what careful libraries do. */
const variations: readonly Variation[] = [
  {
    does: 'sends no code_challenge',
    providers: ['ziina', 'vcita'],
    parts: {
      authorization: (given, pending) => without(reference.authorization(given, pending), 'code_challenge', 'code_challenge_method'),
      exchange: (given, code, pending) => without(reference.exchange(given, code, pending), 'code_verifier'),
    },
    says: noChallenge,
  },
  {
    does: 'proves itself by its verifier instead of a secret, as a native app',
    providers: ['zettle'],
    parts: { authenticate: (given, _, parameters) => void Object.assign(parameters, { client_id: given.clientId }) },
  },
  {
    does: 'sends a UUID as state',
    providers: ['vcita'],
    parts: { newState: () => crypto.randomUUID() },
  },
  {
    does: 'sends token requests in the query, as documented',
    providers: ['zoho-payments'],
    parts: {
      send(url, init) {
        const { method, body } = init ?? {}
        return method === 'POST' && typeof body === 'string' && body.includes('grant_type=')
          ? reference.send(`${url}?${body}`, { method })
          : reference.send(url, init)
      },
    },
  },
  {
    does: 'sends redirect_uri although no redirect took place',
    providers: ['zoho-payments'],
    parts: { exchange: (given, code) => ({ grant_type: 'authorization_code', code, redirect_uri: given.redirectUri }) },
  },
  {
    does: 'names the code as the curl sample does',
    providers: ['zentail'],
    parts: {
      exchange: (given, code) => ({ grant_type: 'authorization_code', authorization_code: code, redirect_uri: given.redirectUri }),
    },
  },
  {
    does: 'sends the refresh token without its prefix, as the sample does',
    providers: ['zettle'],
    parts: {
      refreshing: (tokens) => ({ ...reference.refreshing(tokens), refresh_token: (tokens.refresh_token ?? '').replace(/^IZSEC/, '') }),
    },
  },
  {
    does: 'sends client_id beside Basic',
    providers: ['ziina'],
    parts: {
      authenticate: (given, headers, parameters) => {
        reference.authenticate(given, headers, parameters)
        Object.assign(parameters, { client_id: given.clientId })
      },
    },
  },
  {
    does: 'writes bearer in lower case',
    providers: ['zettle'],
    parts: { header: (given, tokens) => ({ ...reference.header(given, tokens), authorization: `bearer ${tokens.access_token}` }) },
  },
  {
    does: 'tries nothing again',
    providers: ['zentail'],
    parts: { again: () => false },
  },
  {
    does: 'calls the user information',
    providers: ['zettle', 'vcita'],
    parts: { resource: ({ userinfoUrl = '' }) => userinfoUrl },
  },
  {
    does: 'sends a form',
    providers: ['vcita'],
    quirks: { 'vcita/also-takes-form': true },
    parts: {
      encode: (_, headers, parameters) => {
        headers.set('content-type', 'application/x-www-form-urlencoded')
        return String(new URLSearchParams(parameters))
      },
    },
    says: { 'exchange.json-body': 'warn' },
  },
  {
    does: 'refreshes five minutes before the end',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    parts: { due: ({ until }, now) => until !== undefined && until <= now + 300_000 },
  },
  {
    does: 'uses a token until it is refused',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    parts: { due: () => false },
    says: { 'refresh.ahead-used': 'not-applicable', 'refresh.ahead-once': 'not-applicable', 'refresh.ahead-in-trouble': 'not-applicable' },
  },
  {
    does: 'leaves refreshing to whoever uses it',
    providers: ['zoho-payments'],
    parts: { due: () => false, expired: () => false },
    says: {
      'refresh.by-itself': 'warn',
      'refresh.reacts-to-401': 'warn',
      'refresh.once-for-many': 'not-applicable',
      'refresh.ahead-used': 'not-applicable',
      'refresh.ahead-once': 'not-applicable',
      'refresh.ahead-in-trouble': 'not-applicable',
      'refresh.late-401-once': 'not-applicable',
      'refresh.waiters-served': 'warn',
      'refresh.flight-ends': 'not-applicable',
      'refresh.customers-apart': 'not-applicable',
      'refresh.customers-served': 'not-applicable',
    },
  },
]

const played = variations.flatMap((one) => one.providers.map((provider) => [one.does, provider, one] as const))

// Most of what they do is waiting: some at once take no longer than one.
describe.concurrent('A client that does right in its own way', { timeout: patience(60_000) }, () => {
  it.each(played)('and %s fails no check at %s', async (_, provider, { parts, quirks = {}, says = {} }) => {
    const report = await runConformance({ provider, driver: clientDriver(clientOf(parts)), quirks, seed: 'variation', jobs: 12 })
    const other = report.cases.flatMap((one) =>
      one.checks.filter(({ verdict, why }) => verdict !== 'pass' && why !== unkillable).map((check) => ({ ...check, of: one.id })),
    )
    expect(
      other.filter(({ id, verdict }) => says[id] !== verdict).map(({ of, id, verdict, why }) => `${of} ${id}: ${verdict}, ${why}`),
    ).toEqual([])
    expect(Object.keys(says).filter((id) => !other.some((check) => check.id === id))).toEqual([])
    expect(report.exitCode).toBe(0)
  })

  it('and leaves API calls to its user passes no check about them', async () => {
    const driver = clientDriver(clientOf({ steps: ({ call: _, ...made }) => made }))
    const { cases } = await runConformance({ provider: 'zettle', driver, seed: 'variation', jobs: 12 })
    const verdictOf = (id: string) => [
      ...new Set(cases.flatMap(({ checks }) => checks.filter((check) => check.id === id).map(({ verdict }) => verdict))),
    ]
    for (const id of [
      'exchange.usable',
      'errors.no-junk-token',
      'errors.refusal-is-remembered',
      'errors.waits',
      'refresh.no-loop',
      'resource.scheme',
    ])
      expect(verdictOf(id), id).toEqual(['not-applicable'])
    expect(cases.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')).toEqual([])
  })
})
