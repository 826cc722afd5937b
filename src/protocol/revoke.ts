/** Revokes a token (RFC 7009), with or without client authentication as the provider has it. */

import { authenticate } from './client.js'
import { ending } from './issue.js'
import type { Tx } from './records.js'
import { bearer } from './resource.js'
import type { Outcome, Refused, Request, World } from './world.js'
import { refused } from './world.js'

interface Caller {
  readonly client?: string
  readonly user?: string
}

const caller = (world: World, tx: Tx, request: Request): Caller | Refused => {
  const how = world.settings.revoke?.authenticates
  if (how === 'never' || how === undefined) return {}
  if (how === 'always') {
    const auth = authenticate(world, tx, request, false)
    return auth.kind === 'refused' ? auth : { client: auth.client.id }
  }
  const checked = bearer(world, tx, request)
  return checked.kind === 'refused' ? checked : checked.token.user === '' ? {} : { user: checked.token.user }
}

export const decideRevoke = (world: World, tx: Tx, request: Request): Outcome => {
  const { revoke, refresh } = world.settings
  if (!revoke) return refused('not_found', { path: request.path })
  const who = caller(world, tx, request)
  if ('kind' in who) return who
  const sent = request.params.get('token')
  if (!sent) return refused('parameter_missing', { parameter: 'token', parameters: "'token'", s: '' }, who)
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
    if (foreign(held)) return refused('revoked_token_foreign', {}, who)
    tx.put('refresh', id, ending(world, held, 'revoked'))
    return answer([id], id)
  }
  const access = tx.get('access', sent)
  if (access && access.ended === undefined) {
    if (foreign(access)) return refused('revoked_token_foreign', {}, who)
    tx.put('access', sent, ending(world, access, 'revoked'))
    return answer([sent], sent)
  }
  return revoke.unknownIsFine ? answer([], sent) : refused('revoked_token_unknown', {}, who)
}
