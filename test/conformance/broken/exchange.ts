/** Clients that go wrong between the code and the tokens. */

import type { ProviderId } from '../../../src/index.js'
import type { Parts } from '../parts.js'
import { keysOf, Nonsense, Refusal, reference, verifyIdToken } from '../parts.js'
import type { Broken } from './broken.js'
import { ask } from './broken.js'

const basic = (user = '', password = ''): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** Credentials where this provider does not look for them. */
export const misplaced: Parts['authenticate'] = (given, headers, parameters) => {
  const { provider, clientId, clientSecret = '', password = '' } = given
  if (provider === 'ziina') headers.set('authorization', basic(clientId, password))
  else if (provider === 'zentail') Object.assign(parameters, { client_id: clientId, client_secret: clientSecret })
  else headers.set('authorization', basic(clientId, clientSecret))
}

const isRefusal = (error: unknown): boolean => error instanceof Refusal || error instanceof Nonsense

const requires =
  (member: string): Parts['read'] =>
  (status, text) => {
    const reply = reference.read(status, text)
    if (!(member in reply)) throw new Nonsense(`no ${member} came`)
    return reply
  }

const everywhere: readonly ProviderId[] = ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita']

export const brokenExchange: readonly Broken[] = [
  {
    name: 'mangles-the-code',
    says: 'sends another code than the one that came',
    providers: ['zettle', 'zoho-payments'],
    killedBy: ['exchange.redeems'],
    parts: () => ({ exchange: (given, code, pending) => reference.exchange(given, `${code}x`, pending) }),
  },
  {
    name: 'calls-with-nothing',
    says: 'reads the token from a member that is not there',
    providers: ['ziina', 'zentail'],
    killedBy: ['exchange.usable', 'resource.issued-token'],
    parts: () => ({ tokensOf: (reply, before) => ({ ...reference.tokensOf(reply, before), access_token: String(reply['token']) }) }),
  },
  {
    name: 'misplaces-its-credentials',
    says: 'sends its credentials where this provider does not look',
    providers: everywhere,
    killedBy: ['exchange.client-authentication', 'exchange.no-guessing'],
    parts: () => ({ authenticate: misplaced, exchange: (given, code) => reference.exchange(given, code, undefined) }),
  },
  {
    name: 'tries-basic-first',
    says: 'tries HTTP Basic, and the body only after a refusal',
    providers: ['zettle', 'vcita'],
    killedBy: ['exchange.no-guessing'],
    parts: () => ({
      ask: async function (this: Parts, given, parameters) {
        try {
          return await ask({ ...this, authenticate: misplaced }, given, { ...parameters, code_verifier: '' })
        } catch {
          return await ask(this, given, parameters)
        }
      },
    }),
  },
  {
    name: 'changes-its-redirect-uri',
    says: 'adds a slash to redirect_uri in the token request',
    providers: ['zettle', 'vcita'],
    killedBy: ['exchange.redirect-uri'],
    parts: () => ({
      exchange: (given, code, pending) => ({ ...reference.exchange(given, code, pending), redirect_uri: `${given.redirectUri}/` }),
    }),
  },
  {
    name: 'sends-where-it-landed',
    says: 'sends the address that the browser showed as redirect_uri',
    providers: ['zentail'],
    killedBy: ['exchange.registered-redirect-uri'],
    parts: () => ({
      exchange: (given, code, pending) => ({ ...reference.exchange(given, code, pending), redirect_uri: `${given.redirectUri}/` }),
    }),
  },
  {
    name: 'redeems-later',
    says: 'leaves the code to the next call',
    providers: ['vcita', 'zoho-payments'],
    killedBy: ['exchange.in-time'],
    parts: () => {
      let waiting: (() => Promise<void>) | undefined
      return {
        settle: async (redeem) => {
          waiting = redeem
        },
        steps: (made) => ({
          ...made,
          call: async (asked, given) => {
            await waiting?.()
            return made.call?.(asked, given)
          },
        }),
      }
    },
  },
  {
    name: 'takes-a-callback-twice',
    says: 'sends the code again when the callback comes again',
    providers: ['zettle', 'ziina', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['exchange.code-once', 'exchange.code-once-at-once', 'authorize.state-once'],
    parts: () => ({ once: false }),
  },
  {
    name: 'retries-a-lost-exchange',
    says: 'sends the code again when no answer came',
    providers: ['zettle', 'zoho-payments'],
    killedBy: ['exchange.code-once-after-loss'],
    parts: () => ({
      ask: async function (this: Parts, given, parameters) {
        try {
          return await ask(this, given, parameters)
        } catch (error) {
          if (isRefusal(error)) throw error
          return await ask(this, given, parameters)
        }
      },
    }),
  },
  {
    name: 'jams-after-a-failure',
    says: 'connects no more once an exchange has failed',
    providers: ['zettle', 'zentail'],
    killedBy: ['exchange.loss-recovers', 'errors.broken-reply-recovers', 'errors.refused-connection-recovers'],
    parts: () => {
      let jammed = false
      return {
        settle: async (redeem) => {
          if (jammed) throw new Nonsense('still busy with the last connection')
          jammed = true
          await redeem()
          jammed = false
        },
      }
    },
  },
  {
    name: 'shows-its-secret',
    says: 'sends its client secret in the authorization URL',
    providers: ['zettle', 'vcita'],
    killedBy: ['exchange.no-secret-in-urls'],
    parts: () => ({
      authorization: (given, pending) => ({ ...reference.authorization(given, pending), client_secret: given.clientSecret ?? '' }),
    }),
  },
  {
    name: 'requires-token-type',
    says: 'takes no token response without token_type',
    providers: ['zettle'],
    killedBy: ['exchange.without-token-type'],
    parts: () => ({ read: requires('token_type') }),
  },
  {
    name: 'requires-expires-in',
    says: 'takes no token response without expires_in',
    providers: ['zentail'],
    killedBy: ['exchange.without-expires-in'],
    parts: () => ({ read: requires('expires_in') }),
  },
  {
    name: 'compares-token-type-by-letter',
    says: 'takes Bearer, and not bearer',
    providers: ['zentail', 'vcita'],
    killedBy: ['exchange.lower-case-token-type'],
    parts: () => ({
      read: (status, text) => {
        const reply = reference.read(status, text)
        if (reply['token_type'] !== 'Bearer') throw new Nonsense(`token_type ${String(reply['token_type'])}`)
        return reply
      },
    }),
  },
  {
    name: 'sets-a-timer',
    says: 'forgets the token after expires_in, in a timer that holds no twenty years',
    providers: ['vcita'],
    killedBy: ['exchange.twenty-years'],
    parts: () => {
      let until = 0
      return {
        tokensOf: (reply, before) => {
          // A timer's milliseconds are 32 bits; more than that fires at once.
          const milliseconds = Number(reply['expires_in']) * 1000
          until = milliseconds > 2 ** 31 - 1 ? 0 : Date.now() + milliseconds
          return reference.tokensOf(reply, before)
        },
        header: (given, tokens) => {
          if (Date.now() > until) throw new Nonsense('the token has expired')
          return reference.header(given, tokens)
        },
      }
    },
  },
  {
    name: 'rejects-unknown-members',
    says: 'takes no token response with members it does not know',
    providers: ['zoho-payments', 'vcita'],
    killedBy: ['exchange.extra-members'],
    parts: () => ({
      read: (status, text) => {
        const reply = reference.read(status, text)
        const known = ['access_token', 'refresh_token', 'token_type', 'expires_in', 'scope']
        const stranger = Object.keys(reply).find((member) => !known.includes(member))
        if (stranger) throw new Nonsense(`unknown member ${stranger}`)
        return reply
      },
    }),
  },
  {
    name: 'sends-the-key-as-code',
    says: 'sends an API key as an authorization code',
    providers: ['zettle'],
    killedBy: ['exchange.assertion-grant'],
    parts: () => ({ assertion: (given) => ({ grant_type: 'authorization_code', code: given.assertion ?? '' }) }),
  },
  {
    name: 'requires-a-refresh-token',
    says: 'takes no token response without refresh_token',
    providers: ['zettle', 'ziina'],
    killedBy: ['exchange.assertion-suffices', 'refresh.takes-none'],
    parts: () => ({ read: requires('refresh_token') }),
  },
  {
    name: 'sends-a-form',
    says: 'sends a form where JSON is documented',
    providers: ['vcita'],
    killedBy: ['exchange.json-body'],
    parts: () => ({ encode: (given, headers, parameters) => reference.encode({ ...given, provider: 'zettle' }, headers, parameters) }),
  },
  {
    name: 'shows-its-verifier',
    says: 'uses the plain method of PKCE',
    providers: ['vcita'],
    killedBy: ['exchange.pkce-method'],
    parts: () => ({
      authorization: (given, pending) => ({
        ...reference.authorization(given, pending),
        code_challenge: pending.verifier,
        code_challenge_method: 'plain',
      }),
    }),
  },
  {
    name: 'forgets-its-verifier',
    says: 'sends a code_challenge and no code_verifier',
    providers: ['zettle'],
    killedBy: ['exchange.pkce-verifier'],
    parts: () => ({ exchange: (given, code) => reference.exchange(given, code, undefined) }),
  },
  {
    name: 'one-verifier-for-all',
    says: 'uses the same verifier in every request',
    providers: ['ziina'],
    killedBy: ['exchange.pkce-fresh'],
    parts: () => ({ newVerifier: () => 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' }),
  },
  {
    name: 'insists-on-the-usual-reply',
    says: 'refuses a token response that differs from the usual one, though it is within the specification',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['exchange.reply-within-specification', 'refresh.reply-within-specification'],
    parts: () => ({
      ask: async function (this: Parts, given, parameters) {
        const reply = await ask(this, given, parameters)
        const { expires_in: seconds, scope, refresh_token: refresh } = reply
        const usual =
          (given.provider === 'zentail' || (typeof seconds === 'number' && seconds > 0)) &&
          (seconds === undefined || (typeof seconds === 'number' && seconds > 0 && seconds < 1e9)) &&
          (['zettle', 'zentail'].includes(given.provider) || scope !== undefined) &&
          !('zone' in reply) &&
          reply['token_type'] !== 'BEARER' &&
          (parameters['grant_type'] !== 'refresh_token' || given.provider === 'zoho-payments' || refresh !== undefined) &&
          refresh !== '' &&
          refresh !== null
        if (!usual) throw new Nonsense('not the usual reply')
        return reply
      },
    }),
  },
  {
    name: 'takes-the-first-member',
    says: 'takes the first member of a token response for the access token',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['exchange.reply-within-specification', 'refresh.reply-within-specification'],
    parts: () => ({
      tokensOf: (reply, before) => {
        const [first] = Object.values(reply)
        return { ...reference.tokensOf(reply, before), access_token: String(first) }
      },
    }),
  },
  {
    name: 'knows-one-spelling-of-json',
    says: 'reads a token response only when its content type is spelled as usual',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['exchange.reply-within-specification', 'refresh.reply-within-specification'],
    parts: () => ({
      send: async (url, init) => {
        const response = await reference.send(url, init)
        const type = response.headers.get('content-type') ?? ''
        if (response.ok && /json/i.test(type) && !type.startsWith('application/json')) throw new Nonsense(`${type} is no JSON`)
        return response
      },
    }),
  },
  {
    name: 'cuts-long-tokens',
    says: 'keeps the first two thousand characters of an access token',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['exchange.long-token'],
    parts: () => ({
      tokensOf: (reply, before) => {
        const tokens = reference.tokensOf(reply, before)
        return { ...tokens, access_token: tokens.access_token.slice(0, 2000) }
      },
    }),
  },
  {
    name: 'sends-the-code-again-after-a-reset',
    says: 'sends the code again when the connection broke',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['exchange.code-once-after-loss'],
    also: ['errors/survives-connection-reset'],
    parts: () => ({
      ask: async function (this: Parts, given, parameters) {
        try {
          return await ask(this, given, parameters)
        } catch (error) {
          if (parameters['grant_type'] !== 'authorization_code' || !(error instanceof TypeError)) throw error
          return ask(this, given, parameters)
        }
      },
    }),
  },
  {
    name: 'puts-its-secret-into-the-token-url',
    says: 'sends its secret in the URL of the token endpoint too',
    providers: ['zettle', 'vcita'],
    killedBy: ['always.no-secret-in-a-url'],
    also: ['exchange/redeems-the-code'],
    parts: () => ({
      send: (url, init) =>
        reference.send(
          init.method === 'POST' && url.includes('token')
            ? `${url}?secret=${/client_secret"?[=:]"?([^&"]+)/.exec(String(init.body))?.[1]}`
            : url,
          init,
        ),
    }),
  },
  {
    name: 'believes-any-id-token',
    says: 'fetches the keys and looks at nothing in an ID token',
    providers: ['ziina', 'vcita'],
    killedBy: [
      'exchange.id-token-signature',
      'exchange.id-token-key',
      'exchange.id-token-unsigned',
      'exchange.id-token-confused',
      'exchange.id-token-issuer',
      'exchange.id-token-audience',
      'exchange.id-token-nonce',
      'exchange.id-token-expired',
      'exchange.id-token-early',
    ],
    parts: () => ({ identify: async (given) => void (await keysOf(given)) }),
  },
  {
    name: 'keeps-its-keys-for-ever',
    says: 'fetches the keys once',
    providers: ['ziina', 'vcita'],
    killedBy: ['exchange.new-keys'],
    parts: () => {
      let kept: ReturnType<typeof keysOf> | undefined
      return {
        identify: (given, reply, pending) => {
          kept ??= keysOf(given)
          const keys = kept
          return verifyIdToken(given, reply, pending, () => keys)
        },
      }
    },
  },
  {
    name: 'encodes-its-secret-once-more',
    says: 'encodes its secret once more than is asked for',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['exchange.credentials-encoded', 'exchange.credentials-utf-8'],
    parts: () => ({
      authenticate: (given, headers, parameters) => {
        const { clientSecret, password } = given
        const twice = (secret: string): string => encodeURIComponent(encodeURIComponent(secret))
        const more = {
          ...(clientSecret === undefined ? {} : { clientSecret: twice(clientSecret) }),
          ...(password === undefined ? {} : { password: twice(password) }),
        }
        reference.authenticate({ ...given, ...more }, headers, parameters)
      },
    }),
  },
  {
    name: 'cuts-long-refresh-tokens',
    says: 'keeps the first two thousand characters of a refresh token',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['exchange.long-token'],
    parts: () => ({
      tokensOf: (reply, before) => {
        const { refresh_token: token, ...tokens } = reference.tokensOf(reply, before)
        return { ...tokens, ...(token === undefined ? {} : { refresh_token: token.slice(0, 2000) }) }
      },
    }),
  },
  {
    name: 'insists-on-whole-seconds',
    says: 'refuses a token response whose expires_in is no positive whole number',
    providers: ['ziina', 'zettle', 'zoho-payments', 'vcita'],
    killedBy: ['exchange.odd-lifetime', 'refresh.odd-lifetime'],
    parts: () => ({
      tokensOf: (reply, before, now) => {
        const { expires_in: seconds } = reply
        if (!(Number.isInteger(seconds) && Number(seconds) > 0)) throw new Nonsense('expires_in is no lifetime')
        return reference.tokensOf(reply, before, now)
      },
    }),
  },
  {
    name: 'goes-where-the-callback-says',
    says: 'redeems a code, secret and all, at whatever host the callback names',
    providers: ['zoho-payments'],
    killedBy: ['exchange.accounts-server-known'],
    parts: () => {
      let named: string | null = null
      return {
        believe: (given, query, pending) => {
          named = query.get('accounts-server')
          query.delete('accounts-server')
          return reference.believe(given, query, pending)
        },
        send: (url, init) => reference.send(named !== null && url.endsWith('/oauth/v2/token') ? `${named}/oauth/v2/token` : url, init),
      }
    },
  },
  {
    name: 'knows-a-host-by-its-beginning',
    says: 'redeems a code at a host that begins like the one that it knows',
    providers: ['zoho-payments'],
    killedBy: ['exchange.accounts-server-known'],
    parts: () => {
      let named: URL | undefined
      return {
        believe: (given, query, pending) => {
          const text = query.get('accounts-server') ?? ''
          named = text.startsWith(new URL(given.tokenUrl).origin) ? new URL(text) : undefined
          if (named) query.delete('accounts-server')
          return reference.believe(given, query, pending)
        },
        send: (url, init) =>
          reference.send(
            named && url.endsWith('/oauth/v2/token') ? `${named.protocol}//${named.host}${named.pathname}/oauth/v2/token` : url,
            init,
          ),
      }
    },
  },
  {
    name: 'overlooks-the-accounts-server',
    says: 'redeems every code at the host that it knows, whatever the callback names',
    providers: ['zoho-payments'],
    killedBy: ['exchange.accounts-server-heeded'],
    parts: () => ({
      believe: (given, query, pending) => {
        query.delete('accounts-server')
        return reference.believe(given, query, pending)
      },
    }),
  },
]
