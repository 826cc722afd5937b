/** Two customers whose tokens have ended at the same time. */

import type { Case, Finding, Findings } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import { untilSo } from '../../runner/ordering.js'
import { calls, check, entriesOf, inWords, notSoFar, recognised, refreshes, stepOf } from '../reading.js'
import { refreshing } from '../when.js'
import { expire } from './need.js'
import { rotatingQuirks } from './rotation.js'

/** Milliseconds in which a second refresh would have come too: some clients make one after the other. */
const meanwhile = 500

/** Milliseconds after which a call that has not ended waits for the other one. */
const patience = 2000

const atOnce = (user: string): string => `call for ${user}, at once`
const later = (user: string): string => `call for ${user}, later`
const next = (user: string): string => `call for ${user}, after the next expiry`

const apart: Case = {
  topic: 'refresh',
  name: 'refreshes-for-each-customer',
  title: 'Two customers whose tokens have ended each get their own new token',
  applies: (profile) => refreshing(profile) && profile.customers.length > 1,
  needs: ['callback', 'call', 'customers'],
  // Which of several accounts a client calls for is its own affair.
  afterwards: false,
  quirks: rotatingQuirks,
  checks: () => [
    check(
      'refresh.customers-apart',
      'must',
      rfc(6749, '10.3', 'An access token stands for one user, and is used for that user alone'),
      {
        title: 'calls for each customer with the token that was refreshed for that customer',
        expected: 'two refreshes at once, and calls for each customer with a token of that customer, then and later',
        fix: 'Keep a refresh under way, and what it brings, under the customer it is made for.',
      },
      { consequence: 'secret-exposed' },
    ),
    check(
      'refresh.customers-served',
      'must',
      rfc(6749, '6', 'Each refresh token is exchanged for an access token of its own connection'),
      {
        title: 'loses the connection of neither customer when both are refreshed at once',
        expected: 'calls for both customers that work, also after the next expiry',
        fix: 'Store what a refresh brings with the customer whose refresh token was sent, and write no other customer over it.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    const { customers } = context.profile
    for (const user of customers) if (!(await context.connect({ as: `connection of ${user}`, user }))) return
    expire(context)
    const held = context.hold('token', { grantType: 'refresh_token' })
    const begun: Promise<unknown>[] = []
    for (const [at, user] of customers.entries()) {
      const call = context.ask('call', atOnce(user), { user })
      begun.push(call)
      await held.arrived(at + 1, call, meanwhile)
    }
    // One has its answer, and has stored it, before the other is answered.
    held.next()
    await untilSo(() => false, Promise.race(begun), patience)
    // A client that makes one refresh after the other makes its second now.
    await held.arrived(customers.length, Promise.all(begun), patience)
    held.release()
    await Promise.all(begun)
    for (const user of customers) await context.ask('call', later(user), { user })
    expire(context)
    for (const user of customers) await context.ask('call', next(user), { user })
  },
  judge: (played): Findings => {
    const { customers } = played.profile
    const all = (finding: Finding): Findings => ({ 'refresh.customers-apart': finding, 'refresh.customers-served': finding })
    const together = entriesOf(customers.flatMap((user) => stepOf(played, atOnce(user)) ?? []))
    const sent = refreshes(together)
    if (calls(together).length === 0) return all(notSoFar(played, 'no two calls were made after the expiry'))
    if (sent.length === 0) return all(inapplicable('its calls make no refresh'))
    const served = (user: string) => calls(together).filter((entry) => recognised(entry) && entry.user === user)
    const doubled = customers.find((user) => served(user).length > 1 && customers.some((other) => served(other).length === 0))
    const single = customers.flatMap((user) =>
      [later(user), next(user)].flatMap((as) => ({ user, made: calls(stepOf(played, as)?.entries ?? []) })),
    )
    const mixed = single.find(({ user, made }) => made.some((entry) => entry.user !== undefined && entry.user !== user))
    const steps = customers.flatMap((user) => [later(user), next(user)]).map((as) => stepOf(played, as))
    const lost = steps.find((step) => step !== undefined && !calls(step.entries).some(recognised))
    return {
      'refresh.customers-apart':
        doubled !== undefined
          ? unmet(`both calls at once were made as ${doubled}`, ...sent, ...served(doubled))
          : mixed
            ? unmet(`a call for ${mixed.user} as ${mixed.made.at(-1)?.user ?? 'nobody'}`, ...sent.slice(0, 2), ...mixed.made)
            : met(...sent, ...calls(together).filter(recognised)),
      'refresh.customers-served': lost ? unmet(inWords(lost), ...sent.slice(0, 2), ...lost.entries.slice(0, 3)) : met(...sent),
    }
  },
}

export const refreshCustomerCases: readonly Case[] = [apart]
