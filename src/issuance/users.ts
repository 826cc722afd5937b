/** Users of a sandbox: added, listed and removed. */

import type { User } from '../protocol/records.js'
import { activeUser, addUser as join, removeUser as leave } from '../protocol/users.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { assertValid } from '../validation/check.js'
import { ConflictError } from '../validation/errors.js'
import { custom, isObject, object, text } from '../validation/schema.js'

export interface UserView {
  readonly provider: string
  readonly id: string
  readonly email: string
  readonly name: string
  readonly profile?: { readonly [member: string]: unknown }
}

export interface NewUser {
  readonly id?: string | undefined
  readonly email?: string | undefined
  readonly name?: string | undefined
  readonly profile?: { readonly [member: string]: unknown } | undefined
}

const userView = (provider: string, { id, email, name, profile }: User): UserView => ({ provider, id, email, name, profile })

export const listUsers = async (sandbox: Sandbox, instance: ProviderInstance): Promise<readonly UserView[]> =>
  Object.values(await sandbox.list(instance, 'user'))
    .filter(({ removed }) => removed !== true)
    .map((user) => userView(instance.provider.id, user))

const schema = object(
  {
    id: text(),
    email: text(),
    name: text(),
    profile: custom<{ readonly [member: string]: unknown }>({ type: 'object' }, (value) => (isObject(value) ? undefined : 'is an object')),
  },
  { called: 'option' },
)

/** @throws ValidationError, ConflictError */
export const addUser = async (sandbox: Sandbox, instance: ProviderInstance, options: NewUser): Promise<UserView> => {
  assertValid(schema, options, 'users.add')
  return sandbox.decide(instance, (context, tx) => {
    const id = options.id ?? context.mint('{uuid}')
    if (activeUser(tx, id)) throw new ConflictError('id', `there is a user ${id} already`)
    const user: User = { id, email: options.email ?? `${id}@example.com`, name: options.name ?? id, profile: options.profile ?? {} }
    join(tx, user)
    return userView(instance.provider.id, user)
  })
}

/** Removes a user: every token that depends on it is refused from now on. @returns false when there is none */
export const removeUser = async (sandbox: Sandbox, instance: ProviderInstance, id: string): Promise<boolean> =>
  sandbox.decide(instance, (_, tx) => leave(tx, id))
