/** `/clients`: the applications that are registered. */

import type { ClientView, NewClient } from '../issuance/clients.js'
import { listClients, registerClient, removeClient } from '../issuance/clients.js'
import type { Resource } from './call.js'
import { created, ofProvider, ok } from './call.js'

import { gathered, one, removed } from './registered.js'
export const clients: Resource = {
  'GET /clients': async (call) => ok({ clients: await gathered(call, listClients) }),
  'POST /clients': async (call) => {
    const { instance, options } = ofProvider<NewClient>(call)
    return created(await registerClient(call.sandbox, instance, options))
  },
  'GET /clients/:id': (call) => one(call, listClients, ({ clientId }: ClientView) => clientId),
  'DELETE /clients/:id': (call) => removed(call, removeClient),
}
