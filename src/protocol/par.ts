/** Pushed authorization requests (RFC 9126): checked as they come, remembered for a minute. */

import { authorizationParams, pushedUri } from './authorizationRequest.js'
import { checkAuthorization } from './authorize.js'
import { authenticate } from './client.js'
import type { DecisionContext, Outcome, Request } from './context.js'
import { refused } from './context.js'
import { tokenProof } from './dpop.js'
import { mintFormat } from './mintFormat.js'
import type { Tx } from './records.js'
import { later } from './time.js'

const credentials = ['client_secret', 'client_assertion', 'client_assertion_type', 'request']

export const decidePar = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const { par } = context.settings
  if (!par) return refused('not_found', { path: request.path })
  const auth = authenticate(context, tx, request, false)
  if (auth.kind === 'refused') return auth
  const trace = { client: auth.client.id, settingPaths: ['par.lifetime', 'par.format'] }
  if (request.params.has('request_uri')) return refused('parameter_malformed', { parameter: 'request_uri' }, trace)
  const known = new Map([...request.params, ['client_id', auth.client.id] as const])
  const params = authorizationParams(context, tx, { ...request, params: known })
  if ('kind' in params) return params
  const proof = request.verified?.proof ? tokenProof(context, tx, request) : undefined
  if (typeof proof === 'object') return proof
  const bound = params.get('dpop_jkt')
  if (proof !== undefined && bound !== undefined && bound !== proof) return refused('dpop_key_differs', {}, trace)
  const wrong = checkAuthorization(context, tx, { ...request, params })
  if (wrong) return { ...refused(wrong.reason, wrong.details, { ...wrong.trace, client: auth.client.id }) }
  const uri = pushedUri(mintFormat(context, par.format))
  const kept = [...params].filter(([name]) => !credentials.includes(name))
  tx.put('pushed', uri, {
    client: auth.client.id,
    params: Object.fromEntries([...kept, ...(proof === undefined ? [] : [['dpop_jkt', proof] as const])]),
    expires: later(context.now, par.lifetime),
    until: context.now + par.lifetime + context.settings.access.remembered,
  })
  return {
    kind: 'answered',
    status: 201,
    template: { request_uri: '{request_uri}', expires_in: '{expires_in}' },
    headers: { 'cache-control': 'no-store' },
    facts: { request_uri: uri, expires_in: par.lifetime },
    trace,
  }
}
