/** One request, one decision. */

import type { Endpoint, Operation } from '../provider/settings.js'
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
const decideEndSession = (_context: DecisionContext, tx: Tx, { params }: Request): Outcome => {
  const client = tx.get('client', params.get('client_id') ?? '')
  const to = params.get('post_logout_redirect_uri')
  const state = params.get('state') || undefined
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

type Decide = (context: DecisionContext, tx: Tx, request: Request, endpoint: Endpoint) => Outcome

/** What the endpoint's own settings say, whoever asks. */
const decideFixed: Decide = (context, _tx, { params }, { answer }) => ({
  kind: 'answered',
  status: answer?.status ?? 200,
  template: answer?.body,
  headers: answer?.headers ?? {},
  facts: { issuer: context.settings.issuer, base: context.base, query: Object.fromEntries(params) },
  trace: {},
})

const decisions: { readonly [O in Operation]: Decide } = {
  authorize: decideAuthorize,
  token: decideToken,
  revoke: decideRevoke,
  disconnect: decideDisconnect,
  userinfo: decideResource,
  resource: decideResource,
  metadata: decideFixed,
  jwks: decideFixed,
  'end-session': decideEndSession,
  register: decideRegister,
  portal: decideFixed,
  moved: decideFixed,
}

/** Synchronous and deterministic: the same context, records and request always give the same outcome. */
export const decide = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const endpoint = context.settings.endpoints[request.endpoint]
  return endpoint ? decisions[request.operation](context, tx, request, endpoint) : refused('not_found', { path: request.path })
}
