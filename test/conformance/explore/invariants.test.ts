import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Driver } from '../../../src/conformance/drivers/driver.js'
import type { ModuleClient } from '../../../src/conformance/drivers/module.js'
import { moduleDriver } from '../../../src/conformance/drivers/moduleProcess.js'
import { invariants, playTurns } from '../../../src/conformance/explore/play.js'
import type { Schedule } from '../../../src/conformance/explore/schedule.js'
import { search } from '../../../src/conformance/explore/search.js'
import { ask } from '../broken/broken.js'
import type { Parts } from '../parts.js'
import { Refusal, reference } from '../parts.js'
import { clientOf } from '../reference.js'
import { stageFor } from './stage.js'

interface Subject {
  /** What it does wrong, and only in some situation: whoever connects and calls sees nothing of it. */
  readonly does: string
  readonly breaks: string
  readonly provider: string
  readonly client: ModuleClient | (() => Promise<Driver>)
  /** How many schedules it may hide from. */
  readonly runs?: number
}

const made = (parts: () => Partial<Parts>): ModuleClient => {
  return (given) => {
    const client = clientOf(parts())
    return typeof client === 'function' ? client(given) : client
  }
}

const isRefresh = (parameters: Record<string, string>): boolean => parameters['grant_type'] === 'refresh_token'

/** Asks again in another way when the first one fails. */
const asking = (again: (parts: Parts, ...rest: Parameters<Parts['ask']>) => ReturnType<Parts['ask']>): Partial<Parts> => ({
  ask: async function (this: Parts, given, parameters) {
    try {
      return await ask(this, given, parameters)
    } catch (error) {
      if (error instanceof Refusal) throw error
      return again(this, given, parameters)
    }
  },
})

const subjects: readonly Subject[] = [
  {
    does: 'gives its tokens up after any failed refresh',
    breaks: 'always.connection-kept',
    provider: 'zettle',
    client: clientOf({ onRefused: (_, tokens) => ({ ...tokens, ended: true }) }),
  },
  {
    does: 'refreshes once for each of several simultaneous calls',
    breaks: 'always.no-replay-of-rotated-token',
    provider: 'ziina',
    client: clientOf({ shares: false, locks: false }),
  },
  {
    does: 'keeps an ended connection when a new one is made',
    breaks: 'always.connects-again',
    provider: 'zettle',
    client: clientOf({
      keep: (storage, customer, tokens) => {
        if (!storage.read().tokens[customer]?.ended) reference.keep(storage, customer, tokens)
      },
    }),
  },
  {
    does: 'goes on with a refresh token whose end it was told',
    breaks: 'always.gives-up-an-ended-token',
    provider: 'zettle',
    client: clientOf({ onRefused: (_, tokens) => tokens }),
  },
  {
    does: 'takes a callback twice',
    breaks: 'always.grant-survives-its-code',
    provider: 'ziina',
    client: clientOf({ once: false }),
  },
  {
    does: 'sends a code again when no answer came',
    breaks: 'always.code-once',
    provider: 'zettle',
    client: made(() => asking(ask)),
  },
  {
    does: 'tries a refresh with GET when POST has failed',
    breaks: 'always.no-secret-in-a-url',
    provider: 'zettle',
    client: made(() =>
      asking(async (parts, given, parameters) => {
        const response = await fetch(`${given.tokenUrl}?${new URLSearchParams(parameters)}`, { signal: AbortSignal.timeout(2000) })
        return parts.read(response.status, await response.text())
      }),
    ),
  },
  {
    does: 'shows the API its refresh token once it has refreshed',
    breaks: 'always.secrets-stay-with-the-token-endpoint',
    provider: 'zettle',
    client: made(() => {
      let refreshed = false
      return {
        refreshing: (tokens) => {
          refreshed = true
          return reference.refreshing(tokens)
        },
        header: (given, tokens) => ({
          ...reference.header(given, tokens),
          ...(refreshed ? { 'x-refresh': tokens.refresh_token ?? '' } : {}),
        }),
      }
    }),
  },
  {
    does: 'hands the address of its callback on once it has refreshed',
    breaks: 'always.no-secret-in-a-referer',
    provider: 'zettle',
    client: made(() => {
      let code = ''
      let refreshed = false
      return {
        exchange: (given, came, pending) => {
          code = came
          return reference.exchange(given, came, pending)
        },
        refreshing: (tokens) => {
          refreshed = true
          return reference.refreshing(tokens)
        },
        header: (given, tokens) => ({
          ...reference.header(given, tokens),
          ...(refreshed ? { referer: `${given.redirectUri}?code=${code}` } : {}),
        }),
      }
    }),
  },
  {
    does: 'puts its refresh token into the message of a refusal',
    breaks: 'always.no-secret-written-down',
    provider: 'zettle',
    client: made(() => ({
      ask: async function (this: Parts, given, parameters) {
        try {
          return await ask(this, given, parameters)
        } catch (error) {
          if (!isRefresh(parameters)) throw error
          throw error instanceof Refusal ? new Refusal(error.code, `${error.code} for ${parameters['refresh_token']}`) : error
        }
      },
    })),
  },
  {
    does: 'has one place for the tokens of all customers',
    breaks: 'always.own-token',
    provider: 'zettle',
    client: clientOf({ customer: () => 'me' }),
  },
  {
    does: 'says that it is connected when the exchange has failed',
    breaks: 'always.truthful',
    provider: 'zettle',
    client: clientOf({ settle: (redeem) => redeem().catch(() => {}) }),
  },
  {
    does: 'repeats a failing refresh thirty times',
    breaks: 'always.bounded-requests',
    provider: 'zettle',
    client: made(() =>
      asking(async (parts, given, parameters) => {
        for (let turn = 0; turn < 30 && isRefresh(parameters); turn += 1) {
          const reply = await ask(parts, given, parameters).catch(() => undefined)
          if (reply) return reply
        }
        throw new Error('it never worked')
      }),
    ),
    runs: 400,
  },
  {
    does: 'waits for ever when the token endpoint fails',
    breaks: 'always.comes-to-an-end',
    provider: 'zettle',
    client: made(() => asking(() => new Promise(() => {}))),
  },
  {
    does: 'takes a state that begins like its own',
    breaks: 'always.accepts-only-its-own',
    provider: 'vcita',
    client: clientOf({
      believe: (given, query, pending) => {
        if (pending && query.get('state')?.startsWith(pending.state.slice(0, 8))) query.set('state', pending.state)
        return reference.believe(given, query, pending)
      },
      authorization: (given, pending) => {
        const { code_challenge: _, code_challenge_method: __, ...rest } = reference.authorization(given, pending)
        return rest
      },
      exchange: (given, code, pending) => {
        const { code_verifier: _, ...rest } = reference.exchange(given, code, pending)
        return rest
      },
    }),
  },
  {
    does: 'takes a state that begins like its own, and is saved by PKCE',
    breaks: 'always.compares-state',
    provider: 'ziina',
    client: clientOf({
      believe: (given, query, pending) => {
        if (pending && query.get('state')?.startsWith(pending.state.slice(0, 8))) query.set('state', pending.state)
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    does: 'takes a callback that names another issuer',
    breaks: 'always.compares-issuer',
    provider: 'ziina',
    client: clientOf({
      believe: (given, query, pending) => {
        query.set('iss', given.issuer)
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    does: 'looks at no ID token beyond its signature',
    breaks: 'always.checks-id-tokens',
    provider: 'vcita',
    client: clientOf({
      identify: async (given, reply, pending) => {
        await reference.identify(given, reply, pending).catch((error: unknown) => {
          if (/signature|algorithm|key/i.test(String(error))) throw error
        })
      },
    }),
  },
  {
    does: 'follows a redirect of the token endpoint with all that it sent',
    breaks: 'always.no-secret-to-a-stranger',
    provider: 'zettle',
    client: made(() => ({
      ask: async function (this: Parts, given, parameters) {
        const headers = new Headers({ accept: 'application/json' })
        const complete = { ...parameters }
        this.authenticate(given, headers, complete)
        const body = this.encode(given, headers, complete)
        const response = await fetch(given.tokenUrl, { method: 'POST', headers, body, signal: AbortSignal.timeout(2000) })
        return this.read(response.status, await response.text())
      },
    })),
  },
  {
    does: 'takes whatever came for tokens when the token endpoint fails',
    breaks: 'always.real-tokens-only',
    provider: 'zettle',
    client: made(() => asking(async () => ({}))),
  },
  {
    does: 'ends its process when the exchange fails',
    breaks: 'always.keeps-running',
    provider: 'zettle',
    client: () => moduleDriver(fileURLToPath(new URL('../clients/ends/dies-at-503.mjs', import.meta.url)), 5000),
  },
]

const driverOf = async ({ client, breaks }: Subject): Promise<ModuleClient | Driver> =>
  breaks === 'always.keeps-running' ? (client as () => Promise<Driver>)() : (client as ModuleClient)

const plain: Schedule['turns'] = [{ act: { do: 'connect' } }, { act: { do: 'call' } }]

describe('A client that', () => {
  it.each(subjects.map((subject) => [subject.does, subject] as const))(
    '%s is found by the search alone, and by its schedule again',
    async (_, subject) => {
      const stage = await stageFor(subject.provider, await driverOf(subject), subject.breaks === 'always.comes-to-an-end' ? 1000 : 8000)
      expect((await playTurns(stage, {}, plain)).violations.map(({ invariant }) => invariant)).not.toContain(subject.breaks)
      const { findings } = await search(stage, {
        runs: subject.runs ?? 200,
        jobs: 2,
        shrinking: 12,
        until: ({ violation }) => violation.invariant === subject.breaks,
      })
      const found = findings.find(({ violation }) => violation.invariant === subject.breaks)
      expect(found, findings.map(({ violation }) => violation.invariant).join()).toBeDefined()
      const { turns = [], ...ground } = found?.schedule ?? {}
      const again = await playTurns(stage, ground, turns)
      expect(again.violations.map(({ invariant }) => invariant)).toContain(subject.breaks)
    },
    300_000,
  )

  it('breaks any invariant is among these', () => {
    expect(subjects.map(({ breaks }) => breaks).sort()).toEqual(invariants.map(({ id }) => id).sort())
  })
})
