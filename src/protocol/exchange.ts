/** Token exchange (RFC 8693): a token of this server for another one, for the same subject or on its behalf. */

import { authorized, resourcesOf } from './authorized.js'
import type { Authenticated } from './client.js'
import type { Answered, DecisionContext, Presented, Refused, Request } from './context.js'
import { refused } from './context.js'
import { tokenProof } from './dpop.js'
import type { Authorized, Tx } from './records.js'
import { connectionStatus, makeAccessToken, openConnection, tokenResponse } from './tokens.js'

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const types = 'urn:ietf:params:oauth:token-type:'
const accessType = `${types}access_token`
const refreshType = `${types}refresh_token`

/** Whose a token is and what it is worth, if it is good. */
interface Party {
  readonly user: string
  readonly client: string
  readonly scope: string
  readonly more?: Authorized | undefined
}

const ofAccess = (context: DecisionContext, tx: Tx, sent: string, presented: Presented | undefined): Party | undefined => {
  if (presented?.problem !== undefined) return undefined
  const token = tx.get('access', presented?.id ?? sent)
  if (!token || token.ended !== undefined || (token.expires !== null && token.expires <= context.now)) return undefined
  return connectionStatus(tx, token) === 'yes' ? token : undefined
}

const ofRefresh = (context: DecisionContext, tx: Tx, sent: string): Party | undefined => {
  const token = tx.get('refresh', sent)
  if (!token || token.ended !== undefined || (token.expires !== null && token.expires <= context.now)) return undefined
  return connectionStatus(tx, token) === 'yes' ? token : undefined
}

const ofIdToken = (context: DecisionContext, tx: Tx, presented: Presented | undefined): Party | undefined => {
  const { claims = {}, problem } = presented ?? { problem: 'malformed' as const }
  const subject = claims['sub']
  if (problem !== undefined || typeof subject !== 'string' || Number(claims['exp']) <= context.now) return undefined
  const user = tx.get('user', subject)
  if (!user || user.removed || claims['iss'] !== context.settings.issuer) return undefined
  return { user: subject, client: String(claims['aud']), scope: '' }
}

const partyOf = (context: DecisionContext, tx: Tx, request: Request, parameter: 'subject_token' | 'actor_token'): Party | Refused => {
  const sent = request.params.get(parameter) ?? ''
  const type = request.params.get(`${parameter}_type`) ?? ''
  const presented = request.verified?.tokens?.[parameter]
  if (![accessType, refreshType, `${types}id_token`, `${types}jwt`].includes(type))
    return refused(type === '' ? 'parameter_missing' : 'token_type_unsupported', {
      parameter: `${parameter}_type`,
      parameters: `'${parameter}_type'`,
      s: '',
    })
  const found =
    type === refreshType
      ? ofRefresh(context, tx, sent)
      : type === accessType
        ? ofAccess(context, tx, sent, presented)
        : type === `${types}id_token`
          ? ofIdToken(context, tx, presented)
          : (ofAccess(context, tx, sent, presented) ?? ofIdToken(context, tx, presented))
  return found ?? refused('subject_token_invalid', { parameter })
}

const within = (asked: string, of: readonly string[]): boolean => asked.split(' ').every((scope) => of.includes(scope))

/** RFC 8693 §2.2.1. */
const reply = {
  access_token: '{access_token}',
  issued_token_type: accessType,
  token_type: '{token_type}',
  expires_in: '{expires_in}',
  scope: '{scope}',
}

export const decideExchange = (context: DecisionContext, tx: Tx, request: Request, auth: Authenticated): Answered | Refused => {
  const { exchange } = context.settings
  const trace = { client: auth.client.id, settingPaths: ['exchange.issues', 'exchange.delegation'] }
  const { params } = request
  if (!params.get('subject_token'))
    return refused('parameter_missing', { parameter: 'subject_token', parameters: "'subject_token'", s: '' }, trace)
  const wanted = params.get('requested_token_type') ?? accessType
  if (!exchange?.issues.includes(wanted)) return refused('token_type_unsupported', { parameter: 'requested_token_type' }, trace)
  const subject = partyOf(context, tx, request, 'subject_token')
  if ('kind' in subject) return { ...subject, trace }
  const acts = params.get('actor_token') !== undefined
  if (acts && !exchange.delegation) return refused('subject_token_invalid', { parameter: 'actor_token' }, trace)
  const actor = acts ? partyOf(context, tx, request, 'actor_token') : undefined
  if (actor && 'kind' in actor) return { ...actor, trace }
  const limits = subject.scope === '' ? auth.client.scope : subject.scope.split(' ')
  const scope = params.get('scope') ?? limits.join(' ')
  if (scope !== '' && !within(scope, limits)) return refused('scope_exceeds_grant', { scope }, trace)
  const audience = params.get('audience')?.split(' ') ?? []
  const resources = resourcesOf(context, request)
  if ('kind' in resources) return { ...resources, trace }
  const binding = tokenProof(context, tx, request)
  if (typeof binding === 'object') return binding
  const act = actor
    ? { sub: actor.user === '' ? actor.client : actor.user, ...(subject.more?.act ? { act: subject.more.act } : {}) }
    : subject.more?.act
  const kept = {
    client: auth.client,
    user: subject.user === '' ? undefined : tx.get('user', subject.user),
    scope,
    ...openConnection(context, tx, auth.client.id, subject.user),
  }
  const grant = {
    ...kept,
    ...authorized({ authTime: subject.more?.authTime, acr: subject.more?.acr, act, resources: [...resources, ...audience], jkt: binding }),
  }
  const answer = tokenResponse(context, grant, [makeAccessToken(context, tx, grant, auth.client.id)], trace)
  return { ...answer, template: { ...reply, issued_token_type: wanted } }
}
