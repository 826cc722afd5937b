/** What `/clients` and `/users` have in common: lists over all providers, and one of them by its identifier. */

import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Call, Reply } from './call.js'
import { noContent, ok, requestedInstances } from './call.js'
import { notFound, parameters } from './check.js'

export const gathered = async <T>(
  call: Call,
  list: (sandbox: Sandbox, instance: ProviderInstance) => Promise<readonly T[]>,
): Promise<readonly T[]> => {
  const instances = requestedInstances(call, parameters(call.query, ['provider']))
  return (await Promise.all(instances.map((instance) => list(call.sandbox, instance)))).flat()
}

export const one = async <T>(
  call: Call,
  list: (sandbox: Sandbox, instance: ProviderInstance) => Promise<readonly T[]>,
  idOf: (view: T) => string,
): Promise<Reply> => {
  const found = (await gathered(call, list)).find((view) => idOf(view) === call.part('id'))
  if (!found) throw notFound(`there is no ${call.part('id')} here`)
  return ok(found)
}

/** From all providers that know the identifier, unless one is named. */
export const removed = async (
  call: Call,
  remove: (sandbox: Sandbox, instance: ProviderInstance, id: string) => Promise<boolean>,
): Promise<Reply> => {
  const instances = requestedInstances(call, parameters(call.query, ['provider']))
  const gone = await Promise.all(instances.map((instance) => remove(call.sandbox, instance, call.part('id'))))
  if (!gone.includes(true)) throw notFound(`there is no ${call.part('id')} here`)
  return noContent
}
