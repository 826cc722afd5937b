/** A JWT as an authorization grant (RFC 7521 §4.1, RFC 7523 §2.1). */

import type { Reason } from '../provider/dialect.js'
import { narrowed, resourcesOf } from './authorized.js'
import { mayUse } from './client.js'
import { grantJwtProblem } from './clientAssertion.js'
import type { Answered, ClientJwt, DecisionContext, Presented, Refused, Request } from './context.js'
import { refused } from './context.js'
import { tokenProof } from './dpop.js'
import type { ApiKey, Tx } from './records.js'
import { later } from './time.js'
import { makeAccessToken, openConnection, tokenResponse } from './tokens.js'
import { activeUser } from './users.js'

const objection = (context: DecisionContext, key: ApiKey | undefined, { problem, claims }: Presented): Reason | undefined => {
  if (problem === 'malformed') return 'assertion_malformed'
  if (problem !== undefined) return 'assertion_signature'
  if (typeof claims?.['exp'] === 'number' && claims['exp'] + 1 <= later(context.now, context.skew ?? 0)) return 'assertion_expired'
  if (!key) return 'assertion_unknown'
  if (key.ended !== undefined) return 'assertion_revoked'
  return key.expires <= context.now ? 'assertion_expired' : undefined
}

/** There is no client secret: the key is the proof. A registered client may use it under its own identifier, to be credited with the traffic. */
export const decideAssertion = (context: DecisionContext, tx: Tx, request: Request): Answered | Refused => {
  const { assertion } = request
  if (!assertion) return refused('parameter_missing', { parameter: 'assertion', parameters: "'assertion'", s: '' })
  const key = tx.get('apiKey', assertion.id)
  const presented = { role: 'assertion', id: assertion.id } as const
  const against = objection(context, key, assertion)
  if (against !== undefined || !key) return refused(against ?? 'assertion_unknown', {}, { presented })
  const sent = request.credentials.id
  if (!sent) return refused('client_credentials_missing', { parameter: 'client_id' }, { presented })
  const application = tx.get('client', sent)
  const own = sent === assertion.id
  if (!own && !(context.settings.assertion?.byRegisteredClient && application)) {
    return refused(
      application ? 'assertion_of_another_client' : 'client_unknown',
      {},
      { presented, settingPaths: ['assertion.byRegisteredClient'] },
    )
  }
  const user = tx.get('user', key.user)
  if (user?.removed) return refused('user_removed', {}, { presented })
  const client = application ?? { id: sent, secret: '', name: key.name, redirectUris: [], scope: key.scope.split(' ') }
  const grant = { client, user, scope: key.scope, ...openConnection(context, tx, client.id, key.user) }
  return tokenResponse(context, grant, [makeAccessToken(context, tx, grant, assertion.id)], {
    presented,
    settingPaths: ['token.reply', 'assertion.byRegisteredClient'],
  })
}

/** A JWT that a registered client signed with its own key, for a user that it names (RFC 7523 §2.1, §3). */
export const decideGrantJwt = (context: DecisionContext, tx: Tx, request: Request, jwt: ClientJwt): Answered | Refused => {
  const trace = { client: jwt.client, settingPaths: ['assertion.signedByClients'] }
  const client = tx.get('client', jwt.client)
  const wrong = grantJwtProblem(context, tx, request, client, jwt)
  if (wrong !== undefined || !client) return refused(wrong ?? 'assertion_unknown', {}, trace)
  if (!mayUse(client, 'urn:ietf:params:oauth:grant-type:jwt-bearer')) return refused('grant_type_not_allowed', {}, trace)
  const sent = request.params.get('client_id')
  if (sent !== undefined && sent !== client.id) return refused('assertion_of_another_client', {}, trace)
  const user = activeUser(tx, String(jwt.claims['sub']))
  if (!user && jwt.claims['sub'] !== client.id) return refused('user_removed', {}, trace)
  const asked = (request.params.get('scope') ?? client.scope.join(' ')).split(' ')
  const foreign = asked.find((scope) => !client.scope.includes(scope))
  if (foreign !== undefined) return refused('scope_not_allowed', { scope: foreign }, trace)
  const resources = resourcesOf(context, request)
  if ('kind' in resources) return resources
  const binding = tokenProof(context, tx, request)
  if (typeof binding === 'object') return binding
  const grant = {
    client,
    user,
    scope: asked.join(' '),
    ...openConnection(context, tx, client.id, user?.id ?? ''),
    ...narrowed(undefined, resources, binding),
  }
  return tokenResponse(context, grant, [makeAccessToken(context, tx, grant, client.id)], trace)
}
