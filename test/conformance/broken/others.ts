/** Clients that go wrong at API calls, at the end of a connection, and at installations. */

import { fileStorage, Nonsense, reference } from '../parts.js'
import type { Broken } from './broken.js'

export const brokenOthers: readonly Broken[] = [
  {
    name: 'says-bearer',
    says: 'sends Bearer where the provider wants something else',
    providers: ['zoho-payments', 'zentail'],
    killedBy: ['resource.scheme'],
    parts: () => ({ header: (_, { access_token }) => ({ authorization: `Bearer ${access_token}` }) }),
  },
  {
    name: 'says-nothing',
    says: 'sends the bare token where the provider wants Bearer',
    providers: ['ziina', 'zettle', 'vcita'],
    killedBy: ['resource.scheme'],
    parts: () => ({ header: (_, { access_token }) => ({ authorization: access_token }) }),
  },
  {
    name: 'puts-the-token-into-the-url',
    says: 'sends the access token in the query too',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['resource.not-in-query', 'exchange.no-secret-in-urls'],
    parts: () => ({
      resource: (given, { access_token }) => {
        const url = new URL(given.resourceUrl ?? '')
        url.searchParams.set('access_token', access_token)
        return url.href
      },
    }),
  },
  {
    name: 'trims-the-token',
    says: 'cuts the end off the access token',
    providers: ['zentail', 'vcita'],
    killedBy: ['resource.issued-token'],
    parts: () => ({
      tokensOf: (reply, before) => {
        const tokens = reference.tokensOf(reply, before)
        return { ...tokens, access_token: tokens.access_token.slice(0, -1) }
      },
    }),
  },
  {
    name: 'does-not-name-itself',
    says: "uses a merchant's key without saying which application it is",
    providers: ['zettle'],
    killedBy: ['resource.application-named'],
    parts: () => ({ header: (_, { access_token }) => ({ authorization: `Bearer ${access_token}` }) }),
  },
  {
    name: 'sees-no-status',
    says: 'takes any answer of the API for success',
    providers: ['zentail', 'vcita'],
    killedBy: ['resource.refusal-reported'],
    parts: () => ({
      steps: (made) => ({
        ...made,
        call: async (asked, given) => {
          await made.call?.(asked, given)
          return 200
        },
      }),
    }),
  },
  {
    name: 'forgets-everybody-after-a-refusal',
    says: 'forgets all customers when the API refuses the token of one',
    providers: ['zentail', 'vcita'],
    killedBy: ['disconnect.others-kept'],
    parts: () => ({
      steps: (made) => ({
        ...made,
        call: async (asked, given) => {
          const status = await made.call?.(asked, given)
          if (Number(status) === 401) fileStorage(given).write({ tokens: {} })
          return status
        },
      }),
    }),
  },
  {
    name: 'leaves-without-a-word',
    says: 'deletes its tokens and does not tell the provider',
    providers: ['zettle', 'zoho-payments', 'vcita'],
    killedBy: ['disconnect.tells-provider', 'disconnect.refresh-token'],
    parts: () => ({
      steps: (made) => ({ ...made, revoke: async (_, given) => fileStorage(given).write({ tokens: {} }) }),
    }),
  },
  {
    name: 'revokes-the-access-token',
    says: 'revokes the access token, which leaves the refresh token alive',
    providers: ['zoho-payments'],
    killedBy: ['disconnect.refresh-token'],
    parts: () => ({
      revocation: (given, tokens) => reference.revocation(given, { ...tokens, refresh_token: tokens.access_token }),
    }),
  },
  {
    name: 'uses-tokens-after-the-end',
    says: 'keeps using its tokens after it disconnected',
    providers: ['zettle', 'zoho-payments', 'vcita'],
    killedBy: ['disconnect.stops'],
    parts: () => ({ forget: (tokens) => tokens }),
  },
  {
    name: 'leaves-for-good',
    says: 'connects no more once it has disconnected',
    providers: ['zettle', 'zoho-payments', 'vcita'],
    killedBy: ['disconnect.starts-again'],
    parts: () => {
      let gone = false
      return {
        forget: () => {
          gone = true
          return undefined
        },
        settle: async (redeem) => {
          if (gone) throw new Nonsense('this account was disconnected')
          await redeem()
        },
      }
    },
  },
  {
    name: 'insists-on-state',
    says: 'takes no installation without state',
    providers: ['zentail'],
    killedBy: ['install.without-state'],
    parts: () => ({
      believe: (given, query, pending) => {
        if (!query.has('state')) throw new Nonsense('no state came')
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    name: 'calls-with-the-code',
    says: 'sends the code as access token',
    providers: ['zentail'],
    killedBy: ['install.code-is-no-token'],
    parts: () => {
      let seen = ''
      return {
        exchange: (given, code, pending) => {
          seen = code
          return reference.exchange(given, code, pending)
        },
        header: () => ({ authorization: seen }),
      }
    },
  },
  {
    name: 'one-token-for-all',
    says: 'keeps one token for all customers',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['install.customers-apart', 'exchange.customers-apart'],
    parts: () => ({ customer: () => 'me' }),
  },
  {
    name: 'gives-tokens-to-whoever-began-last',
    says: 'stores the tokens of a callback for the customer who began an authorization last',
    providers: ['ziina', 'zettle', 'vcita'],
    killedBy: ['exchange.customers-served'],
    parts: () => {
      let last: string | undefined
      return {
        steps: (made) => ({
          ...made,
          authorize: (asked, given) => {
            last = asked.user
            return made.authorize?.(asked, given)
          },
          callback: (asked, given) => made.callback?.(last === undefined ? asked : { ...asked, user: last }, given),
        }),
      }
    },
  },
  {
    name: 'keeps-the-first-customer-alone',
    says: 'has no room for a second customer, whom it says that it connected',
    providers: ['zentail', 'zoho-payments'],
    killedBy: ['install.customers-served', 'exchange.customers-served'],
    parts: () => ({
      keep: (storage, customer, tokens) => {
        const [first = customer] = Object.keys(storage.read().tokens)
        if (first === customer) reference.keep(storage, customer, tokens)
      },
    }),
  },
  {
    name: 'shows-the-code-as-referer',
    says: 'names the address of the callback, with its code, as the Referer of its calls',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['always.no-secret-in-a-referer'],
    also: ['exchange/redeems-the-code'],
    parts: () => {
      let seen = ''
      return {
        exchange: (given, code, pending) => {
          seen = code
          return reference.exchange(given, code, pending)
        },
        header: (given, tokens) => ({ ...reference.header(given, tokens), referer: `${given.redirectUri}?code=${seen}` }),
      }
    },
  },
  {
    name: 'hammers-the-revocation',
    says: 'repeats a revocation twenty times while it fails, and goes on with its tokens afterwards',
    providers: ['zettle', 'zoho-payments', 'vcita'],
    killedBy: ['disconnect.trouble-bounded', 'disconnect.stops'],
    parts: () => ({
      forget: (tokens) => tokens,
      send: async (url, init) => {
        let response = await reference.send(url, init)
        const leaving = /revoke|application-connections/.test(url)
        for (let turn = 0; leaving && turn < 20 && response.status >= 500; turn += 1) response = await reference.send(url, init)
        return response
      },
    }),
  },
  {
    name: 'leaves-in-name-only',
    says: 'says that the user left although the provider could not be told, and goes on with its tokens',
    providers: ['zettle', 'zoho-payments', 'vcita'],
    killedBy: ['disconnect.trouble-stops'],
    mayBreak: ['always.truthful'],
    parts: () => ({
      forget: (tokens) => tokens,
      send: async (url, init) => {
        if (!/revoke|application-connections/.test(url)) return reference.send(url, init)
        const response = await reference.send(url, init).catch(() => undefined)
        return response?.ok ? response : new Response('{}')
      },
    }),
  },
  {
    name: 'leaves-with-what-it-has',
    says: 'tells the provider once that a user left, with a token that may have expired',
    providers: ['zettle'],
    killedBy: ['disconnect.expired-ends'],
    parts: () => ({
      steps: (made, given) => {
        let token = ''
        return {
          ...made,
          callback: async (asked) => {
            await made.callback?.(asked, given)
            token = fileStorage(given).read().tokens['me']?.access_token ?? ''
          },
          revoke: async () => {
            fileStorage(given).write({ tokens: {} })
            const { url, init } = reference.revocation(given, { access_token: token })
            await reference.send(url, init)
          },
        }
      },
    }),
  },
  {
    name: 'does-not-believe-that-the-user-left',
    says: 'refreshes a connection at every call that the user has ended, and never makes another',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['disconnect.elsewhere-accepted', 'disconnect.elsewhere-recovers'],
    parts: () => ({
      onRefused: (_, tokens) => tokens,
      keep: (storage, customer, tokens) => {
        const before = storage.read().tokens[customer]
        // What is there stays there.
        if (!before || tokens?.refresh_token === before.refresh_token || !tokens) reference.keep(storage, customer, tokens)
      },
    }),
  },
  {
    name: 'calls-for-ever-with-its-first-token',
    says: 'keeps its first token, whatever comes later',
    providers: ['zentail', 'vcita'],
    killedBy: ['disconnect.elsewhere-recovers', 'disconnect.elsewhere-accepted'],
    parts: () => ({
      keep: (storage, customer, tokens) => {
        if (!storage.read().tokens[customer]) reference.keep(storage, customer, tokens)
      },
    }),
  },
  {
    name: 'takes-installations-of-others',
    says: 'does not look for which client an installation is',
    providers: ['zentail'],
    killedBy: ['install.own-client'],
    parts: () => ({
      believe: (given, query, pending) => {
        query.delete('client_id')
        return reference.believe(given, query, pending)
      },
    }),
  },
  {
    name: 'presents-a-key-as-its-owner',
    says: 'presents the key of a merchant under the client_id that it was made for',
    providers: ['zettle'],
    killedBy: ['resource.application-at-token-endpoint', 'resource.application-named'],
    parts: () => ({
      authenticate: (given, headers, parameters) => {
        reference.authenticate(given, headers, parameters)
        const [, claims = ''] = (parameters['assertion'] ?? '').split('.')
        if (claims === '') return
        const { client_id: own } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly client_id: string }
        Object.assign(parameters, { client_id: own })
      },
    }),
  },
]
