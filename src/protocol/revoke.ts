/** Revokes a token (RFC 7009), with or without client authentication as the provider has it. */

import { authenticate } from './client.js'
import type { DecisionContext, Outcome, Refused, Request } from './context.js'
import { refused } from './context.js'
import type { Tx } from './records.js'
import { bearer } from './resource.js'
import { withEnd } from './tokens.js'

interface Caller {
  readonly client?: string
  readonly user?: string
}

const caller = (context: DecisionContext, tx: Tx, request: Request): Caller | Refused => {
  const how = context.settings.revoke?.authenticates
  if (how === 'never' || how === undefined) return {}
  if (how === 'always') {
    const auth = authenticate(context, tx, request, false)
    return auth.kind === 'refused' ? auth : { client: auth.client.id }
  }
  const checked = bearer(context, tx, request)
  return checked.kind === 'refused' ? checked : checked.token.user === '' ? {} : { user: checked.token.user }
}

export const decideRevoke = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const { revoke, refresh } = context.settings
  if (!revoke) return refused('not_found', { path: request.path })
  const who = caller(context, tx, request)
  if ('kind' in who) return who
  const { parameter } = revoke
  const sent = request.params.get(parameter)
  if (!sent) return refused('parameter_missing', { parameter, parameters: `'${parameter}'`, s: '' }, who)
  const typed = (kind: 'refresh_token' | 'access_token'): boolean => !revoke.checksType || request.params.get('token_type') === kind
  const wrongType = (): Refused => refused('revoked_token_unknown', {}, { ...who, settingPaths: ['revoke.checksType'] })
  const answer = (ended: readonly string[], id: string): Outcome => ({
    kind: 'answered',
    status: revoke.answer.status,
    template: revoke.answer.body,
    headers: {},
    facts: { revoked: ended, token: sent },
    trace: { ...who, ended, presented: { role: tx.get('refresh', id) ? 'refresh_token' : 'access_token', id } },
  })
  const foreign = (owner: { client: string; user: string }): boolean =>
    (who.client !== undefined && who.client !== owner.client) || (who.user !== undefined && who.user !== owner.user)
  const id = tx.get('refresh', sent) ? sent : `${refresh.optionalPrefix}${sent}`
  const held = tx.get('refresh', id)
  if (held && held.ended === undefined) {
    if (!typed('refresh_token')) return wrongType()
    if (foreign(held)) return refused('revoked_token_foreign', {}, who)
    tx.put('refresh', id, withEnd(context, held, 'revoked'))
    return answer([id], id)
  }
  // A signed token is remembered by its identifying claim.
  const signed = request.verified?.tokens?.['token']
  const key = signed && signed.problem === undefined ? signed.id : sent
  const access = tx.get('access', key)
  if (access && access.ended === undefined) {
    if (!typed('access_token')) return wrongType()
    if (foreign(access)) return refused('revoked_token_foreign', {}, who)
    tx.put('access', key, withEnd(context, access, 'revoked'))
    return answer([key], key)
  }
  return revoke.unknownIsFine ? answer([], sent) : refused('revoked_token_unknown', {}, who)
}
