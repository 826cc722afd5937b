/** `/clients`: the applications that are registered. */

import type { ClientView } from '../issuance/clients.js'
import { listClients, registerClient, removeClient } from '../issuance/clients.js'
import type { Resource } from './call.js'
import { created, ok, requestedInstance } from './call.js'
import { flag, members, needed, text, texts } from './check.js'

import { gathered, one, removed } from './registered.js'
export const clients: Resource = {
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
      'host',
    ])
    const instance = needed(requestedInstance(call, said), 'provider')
    const client = await registerClient(call.sandbox, instance, {
      clientId: text(said, 'clientId'),
      clientSecret: text(said, 'clientSecret'),
      username: text(said, 'username'),
      password: text(said, 'password'),
      name: text(said, 'name'),
      redirectUris: texts(said, 'redirectUris'),
      loopback: flag(said, 'loopback'),
      trusted: flag(said, 'trusted'),
      scope: text(said, 'scope'),
      host: text(said, 'host'),
    })
    return created(client)
  },
  'GET /clients/:id': (call) => one(call, listClients, ({ clientId }: ClientView) => clientId),
  'DELETE /clients/:id': (call) => removed(call, removeClient),
}
