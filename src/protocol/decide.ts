/** One request, one decision. */

import { decideAuthorize } from './authorize.js'
import type { DecisionContext, Outcome, Request } from './context.js'
import { refused } from './context.js'
import type { Tx } from './records.js'
import { isRegistered, withParameters } from './redirect.js'
import { decideRegister } from './register.js'
import { decideDisconnect, decideResource } from './resource.js'
import { decideRevoke } from './revoke.js'
import { decideToken } from './token.js'

/** OpenID Connect RP-Initiated Logout 1.0 §2, §3. */
const decideEndSession = (tx: Tx, { params }: Request): Outcome => {
  const client = tx.get('client', params.get('client_id') ?? '')
  const to = params.get('post_logout_redirect_uri')
  const state = params.get('state')
  if (client && to && isRegistered(client, to)) {
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
export const decide = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const endpoint = context.settings.endpoints[request.endpoint]
  if (!endpoint) return refused('not_found', { path: request.path })
  switch (request.operation) {
    case 'authorize':
      return decideAuthorize(context, tx, request)
    case 'token':
      return decideToken(context, tx, request)
    case 'revoke':
      return decideRevoke(context, tx, request)
    case 'register':
      return decideRegister(context, tx, request)
    case 'disconnect':
      return decideDisconnect(context, tx, request)
    case 'userinfo':
    case 'resource':
      return decideResource(context, tx, request, endpoint)
    case 'end-session':
      return decideEndSession(tx, request)
    default: {
      const facts = { issuer: context.settings.issuer, base: context.base, query: Object.fromEntries(request.params) }
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
