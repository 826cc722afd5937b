/** One request, one decision. */

import { decideAuthorize } from './authorize.js'
import type { DecisionContext, Outcome, Request } from './context.js'
import { refused } from './context.js'
import { decideDevice, decideDeviceAuthorization } from './device.js'
import { decideClientRegistration } from './dynamicRegistration.js'
import { decideIntrospect } from './introspect.js'
import { decideEndSession } from './logout.js'
import { describe } from './metadata.js'
import { decidePar } from './par.js'
import type { Tx } from './records.js'
import { decideRegister } from './register.js'
import { decideDisconnect, decideResource } from './resource.js'
import { decideRevoke } from './revoke.js'
import { decideToken } from './token.js'

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
      return decideEndSession(context, tx, request)
    case 'introspect':
      return decideIntrospect(context, tx, request)
    case 'par':
      return decidePar(context, tx, request)
    case 'device-authorization':
      return decideDeviceAuthorization(context, tx, request)
    case 'device':
      return decideDevice(context, tx, request)
    case 'client-registration':
      return decideClientRegistration(context, tx, request)
    default: {
      if (endpoint.document) return describe(context, endpoint)
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
