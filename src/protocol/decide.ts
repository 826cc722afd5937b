/** One request, one decision. */

import { decideAuthorize } from './authorize.js'
import type { Tx } from './records.js'
import { registered, withParameters } from './redirect.js'
import { decideRegister } from './register.js'
import { decideDisconnect, decideResource } from './resource.js'
import { decideRevoke } from './revoke.js'
import { decideToken } from './token.js'
import type { Outcome, Request, World } from './world.js'
import { refused } from './world.js'

/** OpenID Connect RP-Initiated Logout 1.0 §2, §3. */
const decideEndSession = (tx: Tx, { params }: Request): Outcome => {
  const client = tx.get('client', params.get('client_id') ?? '')
  const to = params.get('post_logout_redirect_uri')
  const state = params.get('state')
  if (client && to && registered(client, to)) {
    return {
      kind: 'redirected',
      status: 303,
      to: withParameters(to, state === undefined ? [] : [['state', state]]),
      trace: { client: client.id },
    }
  }
  return { kind: 'asked', what: 'signed-out', client: client?.id ?? '', scope: [], trace: {} }
}

/** Synchronous and deterministic: the same world, records and request always give the same outcome. */
export const decide = (world: World, tx: Tx, request: Request): Outcome => {
  const endpoint = world.settings.endpoints[request.endpoint]
  if (!endpoint) return refused('not_found', { path: request.path })
  switch (request.operation) {
    case 'authorize':
      return decideAuthorize(world, tx, request)
    case 'token':
      return decideToken(world, tx, request)
    case 'revoke':
      return decideRevoke(world, tx, request)
    case 'register':
      return decideRegister(world, tx, request)
    case 'disconnect':
      return decideDisconnect(world, tx, request)
    case 'userinfo':
    case 'resource':
      return decideResource(world, tx, request, endpoint)
    case 'end-session':
      return decideEndSession(tx, request)
    default: {
      const facts = { issuer: world.settings.issuer, base: world.base, query: Object.fromEntries(request.params) }
      return {
        kind: 'answered',
        status: endpoint.answer?.status ?? 200,
        template: endpoint.answer?.body,
        headers: endpoint.answer?.headers ?? {},
        facts,
        trace: {},
      }
    }
  }
}
