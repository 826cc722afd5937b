/** Whose tokens they are, where an ID token says so; the provider's keys are fetched when they are needed. */

import type { JSONWebKeySet } from 'jose'
import type { Address } from './address.js'
import { factsOf } from './address.js'
import type { Habits, Incoming, Reply } from './habits.js'
import { subjectOf } from './idtoken.js'

/** @param subject whom the connection belonged to until now @throws when the ID token lies */
export type Identify = (reply: Reply, nonce: string | undefined, subject: string | undefined) => Promise<string | undefined>

export const identifying = (given: Address, habits: Pick<Habits, 'ignores' | 'limit' | 'now' | 'renewsKeys' | 'send'>): Identify => {
  const { keys: path } = factsOf(given)
  let known: JSONWebKeySet | undefined
  const fetched = async (anew: boolean): Promise<JSONWebKeySet> => {
    if (known && !(anew && habits.renewsKeys)) return known
    const asked = { method: 'GET', url: `${given.baseUrl}${path}`, headers: { accept: 'application/json' } }
    const get = (): Promise<Incoming> => habits.send(asked, habits.limit)
    const first = await get().catch(() => undefined)
    known = JSON.parse((first?.status === 200 ? first : await get()).text) as JSONWebKeySet
    return known
  }
  return async (reply, nonce, subject) => {
    const token = reply['id_token']
    if (typeof token !== 'string' || path === undefined) return subject
    const expected = {
      issuer: given.issuer,
      clientId: given.clientId,
      now: habits.now(),
      ...(nonce === undefined ? {} : { nonce }),
      ...(subject === undefined ? {} : { subject }),
    }
    return subjectOf(token, expected, fetched, habits.ignores)
  }
}
