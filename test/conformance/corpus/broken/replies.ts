/** Clients that read a token response or a clock wrongly. */

import { factsOf } from '../address.js'
import type { BrokenClient } from '../entry.js'
import { everywhere, inHeader, refreshing, signing } from '../entry.js'
import { ProtocolError, Unable } from '../errors.js'
import type { Habits, Incoming, Reply } from '../habits.js'
import { basic, formEncoded, habits, tokensOf } from '../habits.js'
import type { Look } from '../idtoken.js'
import type { Tokens } from '../storage.js'
import { bug, withoutRefresh } from './bug.js'

const without = ({ until: _, ...tokens }: Tokens): Tokens => tokens

/** Reads the end of a token in its own way. @param end milliseconds; undefined when there is none */
const ending = (end: (reply: Reply, now: number, before: Tokens | undefined) => number | undefined): Partial<Habits> => ({
  tokensOf: (reply, before, now) => {
    const until = end(reply, now, before)
    return { ...without(tokensOf(reply, before, now)), ...(until === undefined ? {} : { until }) }
  },
})

/** Refuses a token response that the specification allows. */
const refusing = (wrong: (reply: Reply, answer: Incoming) => boolean): Partial<Habits> => ({
  read: (answer) => {
    const reply = habits.read(answer)
    if (wrong(reply, answer)) throw new ProtocolError('a token response that is not understood')
    return reply
  },
})

const ignoring = (...ignores: readonly Look[]): Partial<Habits> => ({ ignores })

const claimsOf = (token: string): { readonly exp?: number } => {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp?: number }
  } catch {
    return {}
  }
}

const hour = 3_600_000
/** The end as the token itself has it, in the provider's time. */
const byClaim = (reply: Reply, now: number): number | undefined => {
  const { exp } = claimsOf(String(reply['access_token']))
  return exp === undefined ? now + Number(reply['expires_in']) * 1000 : exp * 1000
}

const known = ['access_token', 'refresh_token', 'token_type', 'expires_in', 'scope', 'id_token', 'api_domain', 'created_at']

/** Another Basic header. */
const proving = (header: (user: string, password: string) => string): Partial<Habits> => ({
  authenticate: (given, parameters) => {
    const [user = '', password = ''] =
      factsOf(given).authenticates === 'issued-username' ? [given.username, given.password] : [given.clientId, given.clientSecret]
    return { headers: { authorization: header(user, password) }, parameters }
  },
})

export const brokenReplies: readonly BrokenClient[] = [
  bug('milliseconds-for-seconds', 'takes expires_in for milliseconds, and refreshes at every call', 'rule-broken', refreshing, {
    ...ending((reply, now) => now + Number(reply['expires_in'])),
  }),
  bug('no-expires-in-is-expired', 'takes a token without expires_in for one that has ended', 'rule-broken', [...refreshing, 'zentail'], {
    ...ending((reply, now) => now + (Number(reply['expires_in']) || 0) * 1000),
  }),
  bug(
    'expires-in-zero-goes-round',
    'refreshes again and again within one call while expires_in is 0',
    'rule-broken',
    refreshing,
    {
      ...ending((reply, now) => now + (Number(reply['expires_in'] ?? 3600) || 0) * 1000),
    },
    {
      wrap: (steps, { storage, habits: own }) => ({
        ...steps,
        call: async (asked) => {
          for (let turn = 0; turn < 20 && steps.refresh; turn += 1) {
            const tokens = storage.read('tokens', own.customer(asked, undefined)) as Tokens | undefined
            if (!tokens?.refresh_token || tokens.ended || (tokens.until ?? Infinity) > own.now()) break
            await steps.refresh(asked)
          }
          return steps.call(asked)
        },
      }),
    },
  ),
  bug('expires-in-as-text-refused', 'refuses a token response whose expires_in is text', 'connection-lost', refreshing, {
    ...refusing((reply) => typeof reply['expires_in'] === 'string'),
  }),
  bug(
    'expires-in-as-text-is-glued',
    'glues an expires_in that is text behind the time: the token lives for ever',
    'connection-lost',
    refreshing,
    {
      ...ending((reply, now) =>
        typeof reply['expires_in'] === 'string' ? Number(`${now}${reply['expires_in']}`) : now + Number(reply['expires_in']) * 1000,
      ),
      expired: () => false,
    },
    { wrap: withoutRefresh },
  ),
  bug('no-expires-in-refused', 'refuses a token response without expires_in', 'connection-lost', everywhere, {
    ...refusing((reply) => reply['expires_in'] === undefined),
  }),
  bug(
    'twenty-years-in-32-bits',
    'computes the end of a token in 32 bits: one that lives long has ended already',
    'connection-lost',
    ['vcita', 'zentail'],
    {
      ...ending((reply, now) => (reply['expires_in'] === undefined ? undefined : now + ((Number(reply['expires_in']) * 1000) | 0))),
    },
    {
      wrap: (steps, { storage, habits: own }) => ({
        ...steps,
        call: (asked) => {
          const tokens = storage.read('tokens', own.customer(asked, undefined)) as Tokens | undefined
          if (tokens && !tokens.refresh_token && (tokens.until ?? Infinity) < own.now()) throw new Unable('the user has to connect again')
          return steps.call(asked)
        },
      }),
    },
  ),
  bug('keeps-the-old-end', 'keeps the end of the first access token, and refreshes at every call after it', 'rule-broken', refreshing, {
    ...ending((reply, now, before) => before?.until ?? now + Number(reply['expires_in']) * 1000),
  }),
  bug('clock-an-hour-ahead', 'compares the end that the token names with its own clock, which is an hour ahead', 'rule-broken', ['ziina'], {
    now: () => Date.now() + hour,
    ...ending(byClaim),
  }),
  bug(
    'clock-an-hour-behind',
    'compares the end that the token names with its own clock, which is an hour behind, and believes no 401',
    'connection-lost',
    ['ziina', 'zettle'],
    {
      now: () => Date.now() - hour,
      ...ending(byClaim),
      expired: () => false,
    },
    { wrap: withoutRefresh },
  ),

  bug(
    'exact-content-type',
    'takes a token response only as application/json, without parameters and in lower case',
    'connection-lost',
    everywhere,
    {
      ...refusing((_, answer) => answer.header('content-type') !== 'application/json'),
    },
  ),
  bug('content-type-by-case', 'takes a token response only if its content type is written in lower case', 'connection-lost', everywhere, {
    ...refusing((_, answer) => !(answer.header('content-type') ?? '').startsWith('application/json')),
  }),
  bug('content-type-utf-8-only', 'takes a token response only with charset=utf-8', 'connection-lost', everywhere, {
    ...refusing((_, answer) => !/^application\/json; ?charset=utf-8$/i.test(answer.header('content-type') ?? '')),
  }),
  bug('unknown-members-refused', 'refuses a token response with a member that it does not know', 'connection-lost', everywhere, {
    ...refusing((reply) => Object.keys(reply).some((name) => !known.includes(name))),
  }),
  bug('members-by-position', 'takes the first member of a token response for the access token', 'connection-lost', everywhere, {
    tokensOf: (reply, before, now) => ({ ...tokensOf(reply, before, now), access_token: String(Object.values(reply)[0]) }),
  }),
  bug('no-scope-refused', 'refuses a token response without scope', 'connection-lost', everywhere, {
    ...refusing((reply) => reply['scope'] === undefined),
  }),
  bug(
    'other-scope-refused',
    'refuses a token response whose scope is not the one that it asked for, to the character',
    'connection-lost',
    ['ziina', 'zoho-payments', 'plain'],
    () => {
      let asked: string | undefined
      return {
        storage: (given) => {
          asked = given.scope
          return habits.storage(given)
        },
        ...refusing((reply) => reply['scope'] !== undefined && reply['scope'] !== asked),
      }
    },
  ),
  bug('no-token-type-refused', 'refuses a token response without token_type', 'connection-lost', ['zettle'], {
    ...refusing((reply) => reply['token_type'] === undefined),
  }),
  bug('token-type-by-case', 'takes token_type only as Bearer, with a capital letter', 'connection-lost', everywhere, {
    ...refusing((reply) => reply['token_type'] !== undefined && reply['token_type'] !== 'Bearer'),
  }),
  bug('scheme-by-token-type', 'sends the token_type of the response as the scheme', 'connection-lost', ['zoho-payments', 'zentail'], {
    resource: (given, tokens) => {
      const made = habits.resource(given, tokens)
      return { ...made, headers: { ...made.headers, authorization: `Bearer ${tokens.access_token}` } }
    },
  }),
  bug('takes-an-error-for-tokens', 'takes an error that comes with status 200 for tokens', 'rule-broken', ['zoho-payments'], {
    read: (answer) => (answer.status === 200 ? (JSON.parse(answer.text) as Reply) : habits.read(answer)),
  }),
  bug('takes-anything-for-tokens', 'takes whatever comes with status 200 for tokens, a page included', 'rule-broken', refreshing, {
    read: (answer) => {
      if (answer.status !== 200) return habits.read(answer)
      try {
        return JSON.parse(answer.text) as Reply
      } catch {
        return Object.fromEntries(new URLSearchParams(answer.text))
      }
    },
  }),
  bug('ignores-the-accounts-server', 'redeems every code at the home data centre', 'connection-lost', ['zoho-payments'], {
    tokenUrl: ({ tokenUrl }) => tokenUrl,
  }),
  bug('ignores-the-api-domain', 'calls the API where it always was, whatever api_domain says', 'connection-lost', ['zoho-payments'], {
    resource: (given, { api_domain: _, ...tokens }) => habits.resource(given, tokens),
  }),

  bug('id-token-unsigned', 'takes an ID token with alg none', 'secret-exposed', signing, ignoring('unsigned')),
  bug('id-token-with-any-signature', 'does not check the signature of an ID token', 'secret-exposed', signing, ignoring('signature')),
  bug(
    'id-token-with-the-public-key',
    'takes an ID token that is signed with HS256 and the public key',
    'secret-exposed',
    signing,
    ignoring('shared-key'),
  ),
  bug(
    'id-token-with-an-unknown-key',
    'takes an ID token whose key is not among those of the provider',
    'secret-exposed',
    signing,
    ignoring('unknown-key'),
  ),
  bug('id-token-of-any-issuer', 'does not look at iss in an ID token', 'secret-exposed', signing, ignoring('iss')),
  bug('id-token-for-anybody', 'does not look at aud in an ID token', 'secret-exposed', signing, ignoring('aud')),
  bug('id-token-with-any-nonce', 'does not look at nonce in an ID token', 'secret-exposed', signing, ignoring('nonce')),
  bug('id-token-of-any-age', 'does not look at exp in an ID token', 'rule-broken', signing, ignoring('exp')),
  bug('id-token-before-its-time', 'does not look at nbf in an ID token', 'rule-broken', signing, ignoring('nbf')),
  bug('id-token-of-another-user', 'takes an ID token for another user at a refresh', 'secret-exposed', ['ziina', 'plain'], ignoring('sub')),
  bug('keys-for-ever', 'fetches the keys once, and refuses what a new key has signed', 'connection-lost', signing, { renewsKeys: false }),

  bug('basic-in-latin-1', 'encodes what it sends in Basic as Latin-1', 'connection-lost', inHeader, {
    ...proving((user, password) => `Basic ${Buffer.from(`${user}:${password}`, 'latin1').toString('base64')}`),
  }),
  bug('basic-in-base64url', 'encodes Basic in base64url, without padding', 'connection-lost', inHeader, {
    ...proving((user, password) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64url')}`),
  }),
  bug('basic-encoded-twice', 'percent-encodes what it sends in Basic twice', 'connection-lost', inHeader, {
    ...proving((user, password) => basic(formEncoded(formEncoded(user)), formEncoded(formEncoded(password)))),
  }),
  bug(
    'basic-half-encoded',
    'percent-encodes the colon and the slash of what it sends in Basic, but not the percent sign',
    'connection-lost',
    inHeader,
    {
      ...proving((user, password) => basic(user.replaceAll(':', '%3A'), password.replaceAll(':', '%3A').replaceAll('/', '%2F'))),
    },
  ),
  bug(
    'body-unencoded',
    'glues the body of token requests together without encoding it',
    'connection-lost',
    ['zettle', 'zoho-payments', 'ziina', 'zentail', 'plain'],
    {
      encode: (_, parameters) => ({
        type: 'application/x-www-form-urlencoded',
        body: Object.entries(parameters)
          .map(([name, value]) => `${name}=${value}`)
          .join('&'),
      }),
    },
  ),
  bug('body-in-latin-1', 'percent-encodes the body of token requests as Latin-1', 'connection-lost', ['zettle', 'zoho-payments', 'plain'], {
    encode: (_, parameters) => ({
      type: 'application/x-www-form-urlencoded',
      body: Object.entries(parameters)
        .map(([name, value]) => `${name}=${escape(value).replaceAll('+', '%2B')}`)
        .join('&'),
    }),
  }),
  bug('credentials-in-two-places', 'sends its credentials in Basic and in the body', 'rule-broken', [...inHeader, 'zettle'], {
    authenticate: (given, parameters) => {
      const { username, password, clientId, clientSecret } = given
      const [user = '', secret = ''] = factsOf(given).authenticates === 'issued-username' ? [username, password] : [clientId, clientSecret]
      return {
        headers: { authorization: basic(formEncoded(user), formEncoded(secret)) },
        parameters: { ...parameters, client_id: clientId, client_secret: secret },
      }
    },
  }),
]
