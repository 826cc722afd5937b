/** `/users`: who has an account. */

import type { NewUser, UserView } from '../issuance/users.js'
import { addUser, listUsers, removeUser } from '../issuance/users.js'
import type { Resource } from './call.js'
import { created, ofProvider, ok } from './call.js'

import { gathered, one, removed } from './registered.js'
export const users: Resource = {
  'GET /users': async (call) => ok({ users: await gathered(call, listUsers) }),
  'POST /users': async (call) => {
    const { instance, options } = ofProvider<NewUser>(call)
    return created(await addUser(call.sandbox, instance, options))
  },
  'GET /users/:id': (call) => one(call, listUsers, ({ id }: UserView) => id),
  'DELETE /users/:id': (call) => removed(call, removeUser),
}
