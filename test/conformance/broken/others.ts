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
    says: 'repeats a revocation twenty times while it fails, and goes on with its tokens meanwhile',
    providers: ['zettle', 'zoho-payments', 'vcita'],
    killedBy: ['disconnect.trouble-bounded', 'disconnect.trouble-stops', 'disconnect.stops'],
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
]
