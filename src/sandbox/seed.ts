/** Fills a provider's records with its demonstration data. */

import { readFileSync } from 'node:fs'
import { makeCode } from '../protocol/code.js'
import type { DecisionContext } from '../protocol/context.js'
import type { Client, Tx, User } from '../protocol/records.js'
import { makeClient } from '../protocol/register.js'
import { makeAccessToken, makeRefreshToken, openConnection } from '../protocol/tokens.js'
import type { Provider, Seed } from '../provider/define.js'

const seeds = new Map<string, Seed>()

/** The provider's own data, or that of its folder of fixtures; read once in a process. */
export const seedOf = (provider: Provider): Seed => {
  if (provider.seed) return provider.seed
  let seed = seeds.get(provider.id)
  if (!seed) {
    seed = JSON.parse(readFileSync(new URL(`../../fixtures/${provider.id}/seed.json`, import.meta.url), 'utf8')) as Seed
    seeds.set(provider.id, seed)
  }
  return seed
}

const ids = new WeakMap<Seed, readonly string[]>()

/** The ids of its users in their order. */
export const usersOf = (provider: Provider): readonly string[] => {
  const seed = seedOf(provider)
  const known = ids.get(seed) ?? seed.users.map(({ id }) => id)
  ids.set(seed, known)
  return known
}

/** Makes every value that is minted in between the seeded one. */
const mintingOnly = (context: DecisionContext, value: string): DecisionContext => ({ ...context, mint: () => value })

const nobody: User = { id: '', email: '', name: '', profile: {} }

/** Writes the seed's records, unless they are there already. */
export const seedRecords = (context: DecisionContext, tx: Tx, seed: Seed): void => {
  if (tx.get('user', seed.users[0]?.id ?? '')) return
  for (const { clientId, clientSecret, ...rest } of seed.clients) makeClient(context, tx, { id: clientId, secret: clientSecret, ...rest })
  for (const { id, email, name, profile } of seed.users) tx.put('user', id, { id, email, name, profile: profile ?? {} })
  for (const { cookie, user } of seed.sessions ?? []) tx.put('session', cookie, { user, proof: context.mint('{url22}') })
  const grantOf = (client: string, user: string, scope: readonly string[]) => ({
    client: tx.get('client', client) as Client,
    user: tx.get('user', user),
    scope: scope.join(' '),
    ...openConnection(context, tx, client, user),
  })
  for (const { code, client, user, scope, redirectUri } of seed.codes ?? []) {
    makeCode(context, tx, {
      client: tx.get('client', client) as Client,
      user: tx.get('user', user) ?? nobody,
      scope,
      redirectUri: redirectUri ?? null,
      code,
      lifetime: 31_536_000,
    })
  }
  for (const { token, client, user, scope } of seed.accessTokens ?? [])
    makeAccessToken(mintingOnly(context, token), tx, grantOf(client, user, scope), 'seed')
  for (const { token, client, user, scope } of seed.refreshTokens ?? [])
    makeRefreshToken(mintingOnly(context, token), tx, grantOf(client, user, scope), 'seed')
}
