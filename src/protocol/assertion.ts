/** A JWT as an authorization grant (RFC 7521 §4.1, RFC 7523 §2.1). */

import type { Reason } from '../provider/dialect.js'
import type { Answered, DecisionContext, Presented, Refused, Request } from './context.js'
import { refused } from './context.js'
import type { ApiKey, Tx } from './records.js'
import { later } from './time.js'
import { makeAccessToken, openConnection, tokenResponse } from './tokens.js'

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
