/** Clients that go wrong in sending: no end to waiting, no end to trying, and everywhere a redirect points. */

import type { BrokenClient } from '../entry.js'
import { everywhere, inHeader, refreshing } from '../entry.js'
import { NetworkError, networkError, OAuthError, ProtocolError } from '../errors.js'
import type { Habits, Incoming, Outgoing } from '../habits.js'
import { habits } from '../habits.js'
import { bug } from './bug.js'

/** Follows a redirect. @param on statuses @param next what is sent there; undefined for not at all */
const following =
  (on: readonly number[], next: (request: Outgoing, to: URL) => Outgoing | undefined): Habits['send'] =>
  async (request, limit) => {
    const answer = await habits.send(request, limit)
    const location = answer.header('location')
    if (!on.includes(answer.status) || location === null) return answer
    const made = next(request, new URL(location, request.url))
    return made ? habits.send(made, limit) : answer
  }

const asItWas = (request: Outgoing, to: URL): Outgoing => ({ ...request, url: to.href })
const posted = (request: Outgoing, to: URL): Outgoing | undefined => (request.method === 'POST' ? asItWas(request, to) : undefined)
const got = (request: Outgoing, to: URL): Outgoing | undefined => (request.method === 'GET' ? asItWas(request, to) : undefined)

const isOf = (grant: string, parameters: { readonly [name: string]: string }): boolean => parameters['grant_type'] === grant
const codeGrant = 'authorization_code'
const refreshGrant = 'refresh_token'

/** Sends a token request again for these errors. */
const again = (grant: string, times: number, wait: number, fits: (error: unknown) => boolean): Pick<Habits, 'askAgain'> => ({
  askAgain: (error, parameters, attempt) => (attempt < times && isOf(grant, parameters) && fits(error) ? wait : undefined),
})

const status = (error: unknown): number => (error instanceof ProtocolError || error instanceof OAuthError ? error.status : 0)
const seconds = (answer: Incoming): number => Number(answer.header('retry-after') ?? Number.NaN)

export const brokenRequests: readonly BrokenClient[] = [
  bug('no-time-limit', 'waits for an answer for ever', 'connection-lost', refreshing, {
    send: (request) => habits.send(request, 2 ** 31 - 1),
  }),
  bug('no-time-limit-for-the-body', 'gives up when no answer begins, but waits for ever for its end', 'connection-lost', refreshing, {
    send: async ({ method, url, headers, body }, limit) => {
      const patience = new AbortController()
      const timer = setTimeout(() => patience.abort(), limit)
      try {
        const init = { method, headers, redirect: 'manual' as const, signal: patience.signal }
        const response = await fetch(url, body === undefined ? init : { ...init, body })
        clearTimeout(timer)
        return { status: response.status, header: (name) => response.headers.get(name), text: await response.text() }
      } catch (error) {
        throw networkError(error)
      }
    },
  }),

  bug('follows-307-of-the-token-endpoint', 'sends the token request, secret and all, where a 307 points', 'secret-exposed', everywhere, {
    send: following([307], posted),
  }),
  bug('follows-308-of-the-token-endpoint', 'sends the token request, secret and all, where a 308 points', 'secret-exposed', everywhere, {
    send: following([308], posted),
  }),
  bug('posts-again-after-301-or-302', 'posts the token request again where a 301 or 302 points', 'secret-exposed', everywhere, {
    send: following([301, 302], posted),
  }),
  bug('carries-basic-along-a-303', 'takes its Basic header along where a 303 of the token endpoint points', 'secret-exposed', inHeader, {
    send: following([303], ({ method, headers }, to) => (method === 'POST' ? { method: 'GET', url: to.href, headers } : undefined)),
  }),
  bug('carries-the-token-along-a-302', 'takes the access token along where a 302 of the API points', 'secret-exposed', everywhere, {
    send: following([301, 302], got),
  }),
  bug('carries-the-token-along-a-307', 'takes the access token along where a 307 of the API points', 'secret-exposed', everywhere, {
    send: following([307, 308], got),
  }),
  bug('trusts-every-port-of-a-host', 'follows redirects within a host name, whatever the port', 'secret-exposed', everywhere, {
    send: following([301, 302, 303, 307, 308], (request, to) =>
      to.hostname === new URL(request.url).hostname ? asItWas(request, to) : undefined,
    ),
  }),

  bug('sends-the-code-again-after-a-reset', 'sends a code again when the connection broke', 'connection-lost', everywhere, {
    ...again(codeGrant, 2, 0, (error) => error instanceof NetworkError && error.code !== 'TimeoutError'),
  }),
  bug('sends-the-code-again-after-silence', 'sends a code again when no answer came in time', 'connection-lost', everywhere, {
    ...again(codeGrant, 2, 0, (error) => error instanceof NetworkError && error.code === 'TimeoutError'),
    limit: 2000,
  }),
  bug('sends-the-code-again-after-a-502', 'sends a code again after a 5xx', 'connection-lost', everywhere, {
    ...again(codeGrant, 3, 0, (error) => status(error) >= 500),
  }),
  bug('sends-the-code-again-after-broken-json', 'sends a code again when the answer cannot be read', 'connection-lost', everywhere, {
    ...again(codeGrant, 2, 0, (error) => error instanceof ProtocolError && status(error) === 200),
  }),
  bug('sends-the-code-again-after-a-refusal', 'sends a code again when it was refused', 'connection-lost', everywhere, {
    ...again(codeGrant, 2, 0, (error) => error instanceof OAuthError || error instanceof ProtocolError),
  }),
  bug('hammers-a-503-of-the-token-endpoint', 'repeats a refresh sixty times while the endpoint is down', 'rule-broken', refreshing, {
    ...again(refreshGrant, 60, 0, (error) => status(error) >= 500),
  }),
  bug('hammers-a-429-of-the-token-endpoint', 'repeats a refresh sixty times while it is asked to wait', 'rule-broken', refreshing, {
    ...again(refreshGrant, 60, 0, (error) => status(error) === 429),
    waits: false,
  }),
  bug(
    'hammers-a-refused-connection',
    'tries a connection that is refused or reset a hundred times without a pause',
    'rule-broken',
    refreshing,
    {
      ...again(refreshGrant, 100, 0, (error) => error instanceof NetworkError),
    },
  ),
  bug('tries-until-it-works', 'repeats a refresh every fifth of a second until it works', 'connection-lost', refreshing, {
    ...again(refreshGrant, Infinity, 200, () => true),
  }),
  bug('repeats-a-refused-refresh', 'sends a refused refresh token ten times in a row', 'rule-broken', refreshing, {
    ...again(refreshGrant, 10, 0, habits.isFinal),
  }),
  bug('hammers-a-failing-api', 'repeats an API call sixty times while the API is down', 'rule-broken', everywhere, {
    callAgain: (answer, attempt) => (!(answer instanceof NetworkError) && answer.status >= 500 && attempt < 60 ? 0 : undefined),
    waits: false,
  }),
  bug('calls-again-at-once-after-429', 'repeats an API call at once although it was asked to wait', 'rule-broken', everywhere, {
    callAgain: (answer, attempt) => (!(answer instanceof NetworkError) && answer.status === 429 && attempt < 3 ? 0 : undefined),
  }),
  bug(
    'forgets-retry-after-between-calls',
    'asks the token endpoint again at the next call although it was asked to wait',
    'rule-broken',
    refreshing,
    {
      waits: false,
    },
  ),
  bug(
    'reads-no-date-in-retry-after',
    'understands seconds in Retry-After, and takes a date for no wait at all',
    'rule-broken',
    refreshing,
    {
      retryAfter: (answer) => seconds(answer) * 1000 || undefined,
    },
  ),
  bug('reads-retry-after-as-milliseconds', 'waits two milliseconds for a Retry-After of two seconds', 'rule-broken', refreshing, {
    retryAfter: seconds,
  }),
  bug(
    'waits-a-thousand-times-too-long',
    'multiplies a Retry-After by a thousand twice, and is as good as dead',
    'connection-lost',
    refreshing,
    {
      retryAfter: (answer) => seconds(answer) * 1_000_000 || undefined,
    },
  ),
  bug(
    'dates-retry-after-by-its-own-clock',
    'reads the date in Retry-After by its own clock, which is an hour behind',
    'connection-lost',
    refreshing,
    {
      now: () => Date.now() - 3_600_000,
      retryAfter: (answer, now) => {
        const said = answer.header('retry-after') ?? ''
        return /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - now || undefined
      },
    },
  ),
  bug('sleeps-through-retry-after', 'sleeps within its step for however long an API asks it to wait', 'rule-broken', everywhere, {
    callAgain: (answer) =>
      answer instanceof NetworkError || answer.status !== 429 ? undefined : (habits.retryAfter(answer, Date.now()) ?? 1000),
    waits: false,
  }),
]
