/** `/users`: who has an account. */

import type { UserView } from '../issuance/users.js'
import { addUser, listUsers, removeUser } from '../issuance/users.js'
import type { Resource } from './call.js'
import { created, ok, requestedInstance } from './call.js'
import { members, needed, object, text } from './check.js'

import { gathered, one, removed } from './registered.js'
export const users: Resource = {
  'GET /users': async (call) => ok({ users: await gathered(call, listUsers) }),
  'POST /users': async (call) => {
    const said = members(call.body, ['provider', 'id', 'email', 'name', 'profile'])
    const instance = needed(requestedInstance(call, said), 'provider')
    const user = await addUser(call.sandbox, instance, {
      id: text(said, 'id'),
      email: text(said, 'email'),
      name: text(said, 'name'),
      profile: object(said, 'profile'),
    })
    return created(user)
  },
  'GET /users/:id': (call) => one(call, listUsers, ({ id }: UserView) => id),
  'DELETE /users/:id': (call) => removed(call, removeUser),
}
