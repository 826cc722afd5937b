/** Clients that show a secret to somebody who must not see it. */

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client, Steps } from '../client.js'
import { held } from '../client.js'
import type { BrokenClient } from '../entry.js'
import { browsing, everywhere, refreshing } from '../entry.js'
import { OAuthError, ProtocolError } from '../errors.js'
import type { Habits, Incoming, Outgoing } from '../habits.js'
import { habits } from '../habits.js'
import { bug } from './bug.js'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Watches what is sent and what comes back. */
const watching = (see: (request: Outgoing, answer: Incoming | undefined) => void): Partial<Habits> => ({
  send: async (request, limit) => {
    see(request, undefined)
    const answer = await habits.send(request, limit)
    see(request, answer)
    return answer
  },
})

const isTokenReply = (answer: Incoming | undefined): answer is Incoming => answer?.text.includes('"access_token"') ?? false

/** Adds something to what is sent. */
const sending = (change: (request: Outgoing) => Outgoing): Partial<Habits> => ({
  send: (request, limit) => habits.send(change(request), limit),
})

const withQuery = (url: string, members: Readonly<Record<string, string>>): string => {
  const made = new URL(url)
  for (const [name, value] of Object.entries(members)) made.searchParams.set(name, value)
  return made.href
}

const members = ({ body = '' }: Outgoing): Record<string, string> =>
  body.startsWith('{') ? (JSON.parse(body) as Record<string, string>) : Object.fromEntries(new URLSearchParams(body))

/** Moves a member of the token request from the body into the URL. */
const moving = (...names: readonly string[]): Partial<Habits> =>
  sending((request) => {
    if (request.method !== 'POST' || request.body === undefined) return request
    const moved = Object.fromEntries(Object.entries(members(request)).filter(([name]) => names.includes(name)))
    return { ...request, url: withQuery(request.url, moved) }
  })

const tokenOf = ({ headers }: Outgoing): string => headers['authorization']?.split(' ').at(-1) ?? ''
const isCall = (request: Outgoing): boolean => request.method === 'GET' && request.headers['authorization'] !== undefined

const addingToCalls = (change: (request: Outgoing, token: string) => Outgoing): Partial<Habits> =>
  sending((request) => (isCall(request) ? change(request, tokenOf(request)) : request))

/** Lets a step fail in other words. */
const complaining =
  (step: 'callback' | 'call' | 'refresh', words: (client: Client, error: unknown) => string) =>
  (steps: Steps, client: Client): Steps => ({
    ...steps,
    [step]: async (asked: Parameters<Steps['call']>[0]) => {
      try {
        return await steps[step]?.(asked)
      } catch (error) {
        throw new Error(words(client, error))
      }
    },
  })

const tokensIn = (client: Client): string => {
  try {
    return JSON.stringify(held(client, 'me'))
  } catch {
    return 'nothing'
  }
}

export const brokenSecrets: readonly BrokenClient[] = [
  bug('prints-token-replies', 'writes every token response to standard error', 'secret-exposed', everywhere, {
    ...watching((_, answer) => isTokenReply(answer) && console.error('token response', answer.text)),
  }),
  bug('prints-token-replies-on-stdout', 'writes every token response to standard output', 'secret-exposed', everywhere, {
    ...watching((_, answer) => isTokenReply(answer) && console.log('token response', answer.text)),
  }),
  bug(
    'prints-token-requests',
    'writes the body and headers of every token request, secret and all, to standard error',
    'secret-exposed',
    everywhere,
    {
      ...watching((request, answer) => request.method === 'POST' && !answer && console.error(request.headers, request.body)),
    },
  ),
  bug('prints-authorization-headers', 'writes the headers of every API call to standard error', 'secret-exposed', everywhere, {
    ...watching((request, answer) => request.method === 'GET' && !answer && console.error('GET', request.url, request.headers)),
  }),
  bug(
    'prints-callbacks',
    'writes the URL of every callback, with its code, to standard error',
    'secret-exposed',
    everywhere,
    {},
    {
      wrap: (steps) => ({
        ...steps,
        callback: (asked) => {
          console.error('callback', asked.url)
          return steps.callback(asked)
        },
      }),
    },
  ),
  bug('prints-tokens-in-base64', 'writes the access token to standard error in base64', 'secret-exposed', everywhere, {
    ...watching((request, answer) => isCall(request) && !answer && console.error('calling as', base64(tokenOf(request)))),
  }),
  bug(
    'prints-tokens-when-a-refresh-fails',
    'writes its refresh token to standard error when a refresh fails',
    'secret-exposed',
    refreshing,
    {
      onFinal: (tokens) => {
        console.error('refresh failed for', tokens.refresh_token)
        return { ...tokens, ended: true }
      },
      onTrouble: (tokens) => {
        console.error('refresh failed for', tokens.refresh_token)
        return tokens
      },
    },
  ),
  bug(
    'writes-tokens-into-a-log-file',
    'writes every token response into debug.log of its state directory',
    'secret-exposed',
    everywhere,
    {},
    {
      wrap: (steps, { given, storage }) => ({
        ...steps,
        callback: async (asked) => {
          await steps.callback(asked)
          appendFileSync(join(given.stateDir, 'debug.log'), `connected ${JSON.stringify(storage.all('tokens'))}\n`)
        },
      }),
    },
  ),
  bug(
    'writes-the-secret-into-a-log-file',
    'writes its settings, with the client secret, into debug.log of its state directory',
    'secret-exposed',
    everywhere,
    {},
    {
      wrap: (steps, { given }) => {
        appendFileSync(join(given.stateDir, 'debug.log'), `started with ${JSON.stringify(given)}\n`)
        return steps
      },
    },
  ),
  bug(
    'complains-with-its-tokens',
    'puts its tokens into the message when a call fails',
    'secret-exposed',
    everywhere,
    {},
    {
      wrap: complaining('call', (client, error) => `call failed: ${String(error)}, tokens ${tokensIn(client)}`),
    },
  ),
  bug(
    'complains-with-its-secret',
    'puts the client secret into the message when an exchange fails',
    'secret-exposed',
    everywhere,
    {},
    {
      wrap: complaining(
        'callback',
        ({ given }, error) => `exchange failed: ${String(error)} for ${given.clientId}:${given.clientSecret ?? given.password}`,
      ),
    },
  ),
  bug(
    'complains-with-the-code',
    'puts the URL of the callback into the message when it fails',
    'secret-exposed',
    everywhere,
    {},
    {
      wrap: (steps) => ({
        ...steps,
        callback: async (asked) => {
          try {
            await steps.callback(asked)
          } catch (error) {
            throw new Error(`${String(error)} at ${asked.url}`)
          }
        },
      }),
    },
  ),
  bug(
    'complains-with-the-answer',
    'puts what the provider answered into the message, which may repeat what was sent',
    'secret-exposed',
    refreshing,
    () => {
      let last = ''
      return {
        ...watching((_, answer) => {
          if (answer) last = answer.text
        }),
        read: (answer) => {
          try {
            return habits.read(answer)
          } catch (error) {
            if (error instanceof OAuthError) throw Object.assign(error, { message: `the provider answered ${last}` })
            if (error instanceof ProtocolError) throw Object.assign(error, { message: `${error.code}: ${last}` })
            throw error
          }
        },
      }
    },
  ),

  bug('secret-in-the-authorization-url', 'sends the client secret through the browser', 'secret-exposed', browsing, {
    authorization: (given, pending) => ({
      ...habits.authorization(given, pending),
      client_secret: given.clientSecret ?? given.password ?? '',
    }),
  }),
  bug('verifier-in-the-authorization-url', 'sends code_verifier through the browser beside its challenge', 'secret-exposed', browsing, {
    authorization: (given, pending) => ({ ...habits.authorization(given, pending), code_verifier: pending.verifier }),
  }),
  bug(
    'secret-in-the-token-url',
    'sends the client secret in the URL of the token endpoint too',
    'secret-exposed',
    ['zettle', 'vcita'],
    moving('client_secret'),
  ),
  bug(
    'code-in-the-token-url',
    'sends the code in the URL of the token endpoint too',
    'secret-exposed',
    ['ziina', 'zettle', 'zentail', 'vcita', 'plain'],
    moving('code'),
  ),
  bug(
    'refresh-token-in-the-token-url',
    'sends the refresh token in the URL of the token endpoint too',
    'secret-exposed',
    ['ziina', 'zettle', 'plain'],
    moving('refresh_token'),
  ),
  bug(
    'assertion-in-the-token-url',
    "sends a merchant's API key in the URL of the token endpoint too",
    'secret-exposed',
    ['zettle'],
    moving('assertion'),
  ),
  bug('token-in-the-query', 'sends the access token in the query of API calls too', 'secret-exposed', everywhere, {
    ...addingToCalls((request, token) => ({ ...request, url: withQuery(request.url, { access_token: token }) })),
  }),
  bug('token-in-the-query-in-base64', 'sends the access token in the query of API calls in base64', 'secret-exposed', everywhere, {
    ...addingToCalls((request, token) => ({ ...request, url: withQuery(request.url, { trace: base64(token) }) })),
  }),
  bug('token-in-a-cookie', 'sends the access token in a cookie too', 'secret-exposed', everywhere, {
    ...addingToCalls((request, token) => ({ ...request, headers: { ...request.headers, cookie: `session=${encodeURIComponent(token)}` } })),
  }),
  bug('token-in-another-header', 'sends the access token in a header of its own too', 'secret-exposed', everywhere, {
    ...addingToCalls((request, token) => ({ ...request, headers: { ...request.headers, 'x-access-token': token } })),
  }),
  bug('secret-in-api-calls', 'sends the client secret along with every API call', 'secret-exposed', everywhere, {
    resource: (given, tokens) => {
      const made = habits.resource(given, tokens)
      return { ...made, headers: { ...made.headers, 'x-client-secret': given.clientSecret ?? given.password ?? '' } }
    },
  }),
  bug('refresh-token-in-api-calls', 'sends the refresh token along with every API call', 'secret-exposed', refreshing, {
    resource: (given, tokens) => {
      const made = habits.resource(given, tokens)
      return { ...made, headers: { ...made.headers, 'x-refresh-token': tokens.refresh_token ?? '' } }
    },
  }),
  bug(
    'code-in-the-referer',
    'names the URL of the callback, with its code, as the Referer of its API calls',
    'secret-exposed',
    everywhere,
    () => {
      let landed = ''
      return {
        trustIssuer: (given, query) => {
          landed = `${given.redirectUri}?${query}`
          habits.trustIssuer(given, query)
        },
        resource: (given, tokens) => {
          const made = habits.resource(given, tokens)
          return landed === '' ? made : { ...made, headers: { ...made.headers, referer: landed } }
        },
      }
    },
  ),
  bug(
    'trusts-any-accounts-server',
    'redeems a code, secret and all, wherever the accounts-server of a callback points',
    'secret-exposed',
    ['zoho-payments'],
    {
      tokenUrl: (given, query) => {
        const named = query?.get('accounts-server')
        return named ? `${named}${new URL(given.tokenUrl).pathname.slice(new URL(given.baseUrl).pathname.length)}` : given.tokenUrl
      },
    },
  ),
  bug('trusts-any-api-domain', 'sends its token wherever the api_domain of a token response points', 'secret-exposed', ['zoho-payments'], {
    resource: (given, tokens) => {
      const made = habits.resource(given, tokens)
      const domain = tokens.api_domain
      // Real ones are left alone: nothing here leaves the machine.
      if (domain === undefined || !/^http:\/\/(127\.|localhost)/.test(domain)) return made
      return { ...made, url: `${domain}${made.url.slice(given.baseUrl.length)}` }
    },
  }),
  bug('prints-the-api-key', "writes a merchant's API key to standard error", 'secret-exposed', ['zettle'], {
    assertion: (given) => {
      console.error('connecting with', given.assertion)
      return habits.assertion(given)
    },
  }),
  bug(
    'key-without-a-name',
    "uses a merchant's API key without saying which application it is, at the token endpoint and at the API",
    'rule-broken',
    ['zettle'],
    {
      authenticate: (given, parameters) => {
        if (parameters['assertion'] === undefined) return habits.authenticate(given, parameters)
        const { client_id: _, ...rest } = habits.authenticate(given, parameters).parameters
        return { headers: {}, parameters: rest as Record<string, string> }
      },
      resource: (given, tokens) => {
        const made = habits.resource(given, tokens)
        const { 'x-izettle-application-id': _, ...headers } = made.headers
        return { ...made, headers: headers as Record<string, string> }
      },
    },
  ),
]
