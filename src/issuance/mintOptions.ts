/** For whom codes, API keys and tokens are minted without a flow: what the portal pages and the control API share. */

import { longestDuration } from '../clock/clock.js'
import { duration } from '../clock/durationSchema.js'
import type { DecisionContext } from '../protocol/context.js'
import type { Client, Tx, User } from '../protocol/records.js'
import { activeUser, firstUser } from '../protocol/users.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import { seedOf } from '../sandbox/seed.js'
import { ValidationError } from '../validation/errors.js'
import { text } from '../validation/schema.js'

export interface MintOptions {
  /** The first seeded client where it is left out. */
  readonly clientId?: string | undefined
  /** A user id; the first user who is still there where it is left out. */
  readonly user?: string | undefined
  /** Separated by spaces or commas; as after an authorization request that names none where it is left out: most providers then grant all of the client's. */
  readonly scope?: string | undefined
}

export const clientOf = (instance: ProviderInstance, tx: Tx, id: string | undefined): Client => {
  const wanted = id ?? seedOf(instance.provider).clients[0]?.clientId ?? ''
  const client = tx.get('client', wanted)
  if (!client) throw new ValidationError('clientId', `no client ${wanted} is registered at ${instance.provider.id}`)
  return client
}

export const userOf = (context: DecisionContext, tx: Tx, id: string | undefined): User => {
  const user = id === undefined ? firstUser(context, tx) : activeUser(tx, id)
  if (!user) throw new ValidationError('user', id === undefined ? 'there is no user any more' : `there is no user ${id}`)
  return user
}

export const scopeOf = (instance: ProviderInstance, client: Pick<Client, 'scope'>, scope: string | undefined): readonly string[] => {
  if (scope === undefined) return instance.settings().authorize?.withoutScope === 'none' ? [] : client.scope
  const asked = scope.split(/[\s,+]+/).filter((one) => one !== '')
  // A provider whose text names no scope has them all the same: they are agreed on with people.
  const { scopes } = instance.settings()
  const unknown = scopes.length === 0 ? undefined : asked.find((one) => !scopes.includes(one))
  if (unknown !== undefined) throw new ValidationError('scope', `${instance.provider.id} has no scope ${unknown}`)
  return asked
}

/** Members that all of these options have. */
export const mintMembers = { clientId: text(), user: text(), scope: text() }

/** How long something lives. */
export const lifetimeSchema = duration(longestDuration)
