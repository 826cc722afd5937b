/** Clients that go wrong on the way to the provider and back. */

import type { Tokens } from '../parts.js'
import { fileStorage, Nonsense, Refusal, reference } from '../parts.js'
import type { Broken } from './broken.js'

const without = (members: Record<string, string>, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)))

/** Takes a callback as it comes, but for errors. */
const trusting = (query: URLSearchParams): string => {
  const error = query.get('error')
  if (error) throw new Refusal(error)
  const code = query.get('code')
  if (!code) throw new Nonsense('no code came')
  return code
}

export const brokenAuthorize: readonly Broken[] = [
  {
    name: 'leaves-out-redirect-uri',
    says: 'sends no redirect_uri to the authorization endpoint',
    providers: ['ziina', 'vcita'],
    killedBy: ['authorize.required-parameters'],
    parts: () => ({ authorization: (given, pending) => without(reference.authorization(given, pending), 'redirect_uri') }),
  },
  {
    name: 'leaves-out-response-type',
    says: 'sends no response_type to the authorization endpoint',
    providers: ['zettle', 'ziina'],
    killedBy: ['authorize.required-parameters'],
    parts: () => ({ authorization: (given, pending) => without(reference.authorization(given, pending), 'response_type') }),
  },
  {
    name: 'joins-scopes-by-comma',
    says: 'joins scopes by commas',
    providers: ['zettle'],
    killedBy: ['authorize.scope-syntax'],
    parts: () => ({
      authorization: (given, pending) => ({ ...reference.authorization(given, pending), scope: (given.scope ?? '').replaceAll(' ', ',') }),
    }),
  },
  {
    name: 'encodes-the-plus',
    says: 'joins scopes by plus signs and encodes those',
    providers: ['ziina'],
    killedBy: ['authorize.scope-syntax'],
    parts: () => ({
      authorization: (given, pending) => ({ ...reference.authorization(given, pending), scope: (given.scope ?? '').replaceAll(' ', '+') }),
    }),
  },
  {
    name: 'sends-no-state',
    says: 'sends no state',
    providers: ['vcita'],
    killedBy: ['authorize.state-sent'],
    parts: () => ({
      authorization: (given, pending) => without(reference.authorization(given, pending), 'state'),
      believe: (_, query) => trusting(query),
    }),
  },
  {
    name: 'one-state-for-all',
    says: 'sends the same state in every request',
    providers: ['zettle'],
    killedBy: ['authorize.state-fresh'],
    parts: () => ({ newState: () => 'q8Xo3mZ7vK2pL5nR9tW4yB' }),
  },
  {
    name: 'counts-its-states',
    says: 'sends the time as state',
    providers: ['ziina'],
    killedBy: ['authorize.state-unguessable'],
    parts: () => {
      let last = 0
      return {
        newState: () => {
          // Two logins may begin within a millisecond, and the same state twice would be another fault.
          last = Math.max(last + 1, Date.now())
          return String(last)
        },
      }
    },
  },
  {
    name: 'ignores-state',
    says: 'does not look at the state that comes back',
    providers: ['zettle', 'vcita'],
    killedBy: ['authorize.state-compared', 'authorize.state-required', 'authorize.state-single'],
    parts: () => ({ believe: (_, query) => trusting(query) }),
  },
  {
    name: 'compares-state-when-there',
    says: 'compares state only when it comes',
    providers: ['zettle'],
    killedBy: ['authorize.state-required'],
    parts: () => ({
      believe: (_, query, pending) => {
        if (query.has('state') && query.get('state') !== pending?.state) throw new Nonsense('state differs')
        return trusting(query)
      },
    }),
  },
  {
    name: 'takes-the-first-state',
    says: 'compares the first of two states',
    providers: ['vcita'],
    killedBy: ['authorize.state-single'],
    parts: () => ({
      believe: (_, query, pending) => {
        if (query.get('state') !== pending?.state) throw new Nonsense('state differs')
        return trusting(query)
      },
    }),
  },
  {
    name: 'ignores-iss',
    says: 'does not look at iss',
    providers: ['ziina'],
    killedBy: ['authorize.iss-compared', 'authorize.iss-exact', 'authorize.iss-required'],
    parts: () => ({ believe: (given, query, pending) => reference.believe({ ...given, provider: 'zettle' }, query, pending) }),
  },
  {
    name: 'normalises-iss',
    says: 'compares iss without the slash at its end',
    providers: ['ziina'],
    killedBy: ['authorize.iss-exact'],
    parts: () => ({
      believe: (given, query, pending) => {
        query.set('iss', (query.get('iss') ?? '').replace(/\/$/, ''))
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    name: 'compares-the-beginning-of-iss',
    says: 'takes an iss that begins as its own',
    providers: ['ziina'],
    killedBy: ['authorize.iss-alike', 'authorize.iss-exact'],
    parts: () => ({
      believe: (given, query, pending) => {
        if (query.get('iss')?.startsWith(given.issuer)) query.set('iss', given.issuer)
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    name: 'compares-iss-when-there',
    says: 'compares iss only when it comes',
    providers: ['ziina'],
    killedBy: ['authorize.iss-required'],
    parts: () => ({
      believe: (given, query, pending) => reference.believe({ ...given, provider: query.has('iss') ? 'ziina' : 'zettle' }, query, pending),
    }),
  },
  {
    name: 'asks-offline-without-consent',
    says: 'asks for offline_access without prompt=consent',
    providers: ['ziina'],
    killedBy: ['authorize.consent-for-offline', 'authorize.offline-granted'],
    parts: () => ({ authorization: (given, pending) => without(reference.authorization(given, pending), 'prompt') }),
  },
  {
    name: 'overlooks-a-denial',
    says: 'goes on without a code when the user denied',
    providers: ['zettle', 'ziina'],
    killedBy: ['authorize.denial-is-final', 'authorize.denial-reported'],
    parts: () => ({ believe: (_, query) => String(query.get('code')) }),
  },
  {
    name: 'hides-a-denial',
    says: 'reports a denial as something that it did not understand',
    providers: ['zettle'],
    killedBy: ['authorize.denial-reported'],
    parts: () => ({
      believe: (given, query, pending) => {
        if (query.has('error')) throw new Nonsense('no code came')
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    name: 'sulks-after-a-denial',
    says: 'connects no more once a callback had an error',
    providers: ['vcita', 'zettle', 'ziina'],
    killedBy: ['authorize.denial-recovers', 'authorize.forged-error', 'authorize.forged-error-iss'],
    parts: () => {
      let denied = false
      return {
        believe: (given, query, pending) => {
          denied ||= query.has('error')
          if (denied) throw new Refusal('access_denied')
          return reference.believe(given, query, pending)
        },
      }
    },
  },
  {
    name: 'compares-half-a-state',
    says: 'compares the first eight characters of state',
    providers: ['zettle', 'ziina', 'vcita'],
    killedBy: ['authorize.state-exact', 'authorize.state-single'],
    parts: () => ({
      believe: (given, query, pending) => {
        if (pending && query.get('state')?.slice(0, 8) === pending.state.slice(0, 8)) query.set('state', pending.state)
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    name: 'one-session-for-all',
    says: 'takes a callback in whatever browser it comes',
    providers: ['zettle', 'ziina', 'vcita'],
    killedBy: ['authorize.state-of-session'],
    parts: () => ({ pick: (pending, query) => pending.find(({ state }) => state === query.get('state')) }),
  },
  {
    name: 'one-tab-at-a-time',
    says: 'forgets an authorization when another begins',
    providers: ['zettle', 'ziina', 'vcita'],
    killedBy: ['authorize.two-tabs'],
    parts: () => ({ began: (_, next) => [next] }),
  },
  {
    name: 'overlooks-an-error-beside-a-code',
    says: 'takes a code although an error stands beside it',
    providers: ['zettle', 'ziina', 'vcita'],
    killedBy: ['authorize.code-beside-error'],
    parts: () => ({
      believe: (given, query, pending) => {
        if (query.has('code')) query.delete('error')
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    name: 'takes-the-first-code',
    says: 'takes the first of two codes',
    providers: ['zettle', 'ziina', 'vcita'],
    killedBy: ['authorize.code-single'],
    parts: () => ({
      believe: (given, query, pending) => {
        query.set('code', query.get('code') ?? '')
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    name: 'forgets-its-tokens-on-the-way',
    says: 'forgets its tokens when an authorization begins or a callback fails',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['authorize.connection-survives'],
    parts: () => ({ spoils: (what) => what !== 'refresh' }),
  },
  {
    name: 'lets-any-server-end-an-authorization',
    says: 'does not look at iss when an error comes, and forgets the authorization',
    providers: ['ziina'],
    killedBy: ['authorize.forged-error-iss'],
    parts: () => {
      const ended: unknown[] = []
      return {
        believe: (given, query, pending) => {
          const error = query.get('error')
          if (error !== null && pending?.state === query.get('state')) {
            ended.push(pending?.state)
            throw new Refusal(error)
          }
          if (ended.includes(pending?.state)) throw new Nonsense('no authorization was asked for')
          return reference.believe(given, query, pending)
        },
      }
    },
  },
  {
    name: 'keeps-its-first-refresh-token',
    says: 'goes on with the refresh token of its first connection after another',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['authorize.new-tokens'],
    parts: () => {
      let first: string | undefined
      return {
        tokensOf: (reply, before, now) => {
          const tokens = reference.tokensOf(reply, before, now)
          if (before) return tokens
          first ??= tokens.refresh_token
          return first === undefined ? tokens : { ...tokens, refresh_token: first }
        },
      }
    },
  },
  {
    name: 'keeps-its-first-tokens',
    says: 'goes on with the tokens of its first connection after another',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['authorize.new-tokens'],
    parts: () => {
      let first: Tokens | undefined
      return {
        tokensOf: (reply, before) => {
          const tokens = reference.tokensOf(reply, before)
          if (before) return tokens
          first ??= tokens
          return first
        },
      }
    },
  },
  {
    name: 'takes-an-error-without-state-for-its-own',
    says: 'forgets what it asked for when an error comes without state',
    providers: ['zettle', 'ziina', 'vcita'],
    killedBy: ['authorize.forged-error'],
    parts: () => ({
      believe: (given, query, pending) => {
        if (query.has('error') && !query.has('state')) {
          fileStorage(given).write({ pending: [] })
          throw new Refusal(String(query.get('error')))
        }
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    name: 'asks-for-online-access',
    says: 'does not ask for a refresh token where it must be asked for',
    providers: ['zoho-payments'],
    killedBy: ['authorize.asks-to-last'],
    parts: () => ({ authorization: (given, pending) => without(reference.authorization(given, pending), 'access_type') }),
  },
  {
    name: 'asks-for-consent-never',
    says: 'does not ask again for a refresh token when a user connects again, and forgets the one that it had',
    providers: ['zoho-payments'],
    killedBy: ['authorize.asks-to-last-again'],
    parts: () => ({ authorization: (given, pending) => without(reference.authorization(given, pending), 'prompt') }),
  },
]
