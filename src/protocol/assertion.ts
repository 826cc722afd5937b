/** A JWT as an authorization grant (RFC 7521 §4.1, RFC 7523 §2.1). */

import type { Reason } from '../provider/dialect.js'
import { connect, makeAccess, reply } from './issue.js'
import type { ApiKey, Tx } from './records.js'
import type { Answered, Presented, Refused, Request, World } from './world.js'
import { refused } from './world.js'

const objection = (world: World, key: ApiKey | undefined, { problem, claims }: Presented): Reason | undefined => {
  if (problem === 'malformed') return 'assertion_malformed'
  if (problem !== undefined) return 'assertion_signature'
  if (typeof claims?.['exp'] === 'number' && claims['exp'] <= world.now + (world.skew ?? 0)) return 'assertion_expired'
  if (!key) return 'assertion_unknown'
  if (key.ended !== undefined) return 'assertion_revoked'
  return key.expires <= world.now ? 'assertion_expired' : undefined
}

/** There is no client secret: the key is the proof. A registered client may use it under its own identifier, to be credited with the traffic. */
export const decideAssertion = (world: World, tx: Tx, request: Request): Answered | Refused => {
  const { assertion } = request
  if (!assertion) return refused('parameter_missing', { parameter: 'assertion', parameters: "'assertion'", s: '' })
  const key = tx.get('apiKey', assertion.id)
  const presented = { role: 'assertion', id: assertion.id } as const
  const against = objection(world, key, assertion)
  if (against !== undefined || !key) return refused(against ?? 'assertion_unknown', {}, { presented })
  const sent = request.credentials.id
  if (!sent) return refused('client_credentials_missing', { parameter: 'client_id' }, { presented })
  const application = tx.get('client', sent)
  const own = sent === assertion.id
  if (!own && !(world.settings.assertion?.byRegisteredClient && application)) {
    return refused(
      application ? 'assertion_of_another_client' : 'client_unknown',
      {},
      { presented, bore: ['assertion.byRegisteredClient'] },
    )
  }
  const user = tx.get('user', key.user)
  if (user?.removed) return refused('user_removed', {}, { presented })
  const client = application ?? { id: sent, secret: '', name: key.name, redirectUris: [], scope: key.scope.split(' ') }
  const grant = { client, user, scope: key.scope, ...connect(world, tx, client.id, key.user) }
  return reply(world, grant, [makeAccess(world, tx, grant, assertion.id)], {
    presented,
    bore: ['token.reply', 'assertion.byRegisteredClient'],
  })
}
