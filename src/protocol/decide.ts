/** One request, one decision. */

import type { Endpoint, Operation } from '../provider/settings.js'
import { decideAuthorize } from './authorize.js'
import type { DecisionContext, Outcome, Request } from './context.js'
import { refused } from './context.js'
import { decideDevice, decideDeviceAuthorization } from './device.js'
import { decideClientRegistration } from './dynamicRegistration.js'
import { decideIntrospect } from './introspect.js'
import { decideEndSession } from './logout.js'
import { documentFor } from './metadata.js'
import { mintFormat } from './mintFormat.js'
import { decidePar } from './par.js'
import type { Tx } from './records.js'
import { decideRegister } from './register.js'
import { decideDisconnect, decideResource } from './resource.js'
import { decideRevoke } from './revoke.js'
import { wholeSeconds } from './time.js'
import { decideToken } from './token.js'

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

/** A document that is made from the settings, or one that is written down. */
const decideMetadata: Decide = (context, tx, request, endpoint) =>
  endpoint.document ? documentFor(context, endpoint) : decideFixed(context, tx, request, endpoint)

const decisions: { readonly [O in Operation]: Decide } = {
  authorize: decideAuthorize,
  token: decideToken,
  revoke: decideRevoke,
  disconnect: decideDisconnect,
  userinfo: decideResource,
  resource: decideResource,
  metadata: decideMetadata,
  jwks: decideFixed,
  'end-session': decideEndSession,
  register: decideRegister,
  portal: decideFixed,
  moved: decideFixed,
  introspect: decideIntrospect,
  par: decidePar,
  'device-authorization': decideDeviceAuthorization,
  device: decideDevice,
  'client-registration': decideClientRegistration,
}

/** Synchronous and deterministic: the same context, records and request always give the same outcome. */
export const decide = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const endpoint = context.settings.endpoints[request.endpoint]
  if (!endpoint) return refused('not_found', { path: request.path })
  const outcome = decisions[request.operation](context, tx, request, endpoint)
  const { errorId } = context.settings
  if (outcome.kind !== 'refused' || errorId === null) return outcome
  const about = { error_id: mintFormat(context, errorId), now: wholeSeconds(context.now) }
  return { ...outcome, details: { ...about, ...outcome.details } }
}
