/** `/clients` and `/users`: who there is. */

import type { ClientView, UserView } from '../parties.js'
import { addUser, listClients, listUsers, registerClient, removeClient, removeUser } from '../parties.js'
import type { Place } from '../place.js'
import type { Sandbox } from '../sandbox.js'
import type { Call, Reply, Resource } from './call.js'
import { done, made, ok, placeSaid, placesSaid } from './call.js'
import { flag, members, needed, notFound, object, parameters, text, texts } from './check.js'

const gathered = async <T>(call: Call, list: (sandbox: Sandbox, place: Place) => Promise<readonly T[]>): Promise<readonly T[]> => {
  const places = placesSaid(call, parameters(call.query, ['provider']))
  return (await Promise.all(places.map((place) => list(call.sandbox, place)))).flat()
}

const one = async <T>(
  call: Call,
  list: (sandbox: Sandbox, place: Place) => Promise<readonly T[]>,
  idOf: (view: T) => string,
): Promise<Reply> => {
  const found = (await gathered(call, list)).find((view) => idOf(view) === call.part('id'))
  if (!found) throw notFound(`there is no ${call.part('id')} here`)
  return ok(found)
}

/** From all providers that know the identifier, unless one is named. */
const removed = async (call: Call, remove: (sandbox: Sandbox, place: Place, id: string) => Promise<boolean>): Promise<Reply> => {
  const places = placesSaid(call, parameters(call.query, ['provider']))
  const gone = await Promise.all(places.map((place) => remove(call.sandbox, place, call.part('id'))))
  if (!gone.includes(true)) throw notFound(`there is no ${call.part('id')} here`)
  return done
}

export const parties: Resource = {
  'GET /clients': async (call) => ok({ clients: await gathered(call, listClients) }),
  'POST /clients': async (call) => {
    const said = members(call.body, [
      'provider',
      'clientId',
      'clientSecret',
      'username',
      'password',
      'name',
      'redirectUris',
      'loopback',
      'trusted',
      'scope',
    ])
    const place = needed(placeSaid(call, said), 'provider')
    const client = await registerClient(call.sandbox, place, {
      clientId: text(said, 'clientId'),
      clientSecret: text(said, 'clientSecret'),
      username: text(said, 'username'),
      password: text(said, 'password'),
      name: text(said, 'name'),
      redirectUris: texts(said, 'redirectUris'),
      loopback: flag(said, 'loopback'),
      trusted: flag(said, 'trusted'),
      scope: text(said, 'scope'),
    })
    return made(client)
  },
  'GET /clients/:id': (call) => one(call, listClients, ({ clientId }: ClientView) => clientId),
  'DELETE /clients/:id': (call) => removed(call, removeClient),
  'GET /users': async (call) => ok({ users: await gathered(call, listUsers) }),
  'POST /users': async (call) => {
    const said = members(call.body, ['provider', 'id', 'email', 'name', 'profile'])
    const place = needed(placeSaid(call, said), 'provider')
    const user = await addUser(call.sandbox, place, {
      id: text(said, 'id'),
      email: text(said, 'email'),
      name: text(said, 'name'),
      profile: object(said, 'profile'),
    })
    return made(user)
  },
  'GET /users/:id': (call) => one(call, listUsers, ({ id }: UserView) => id),
  'DELETE /users/:id': (call) => removed(call, removeUser),
}
