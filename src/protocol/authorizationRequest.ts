/** The authorization request by other ways than parameters in the open: pushed (RFC 9126), signed (RFC 9101). */

import { jwtClaimsProblem } from './clientAssertion.js'
import type { ClientJwt, DecisionContext, Refused, Request } from './context.js'
import { refused } from './context.js'
import type { Tx } from './records.js'

const prefix = 'urn:ietf:params:oauth:request_uri:'

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What a request object says instead of the parameters beside it (RFC 9101 §6.3). */
const signedParams = (
  context: DecisionContext,
  request: Request,
  signed: ClientJwt,
  client: string | undefined,
): ReadonlyMap<string, string> | Refused => {
  const { requestObjects } = context.settings
  const no = (problem: string): Refused =>
    refused('request_object_invalid', { problem }, { client: signed.client, settingPaths: ['requestObjects.algorithms'] })
  if (!requestObjects) return refused('request_object_unsupported')
  const { claims, header, problem } = signed
  if (problem !== undefined) return no(problem === 'malformed' ? 'it is no JWT' : 'wrong signature')
  if (!requestObjects.algorithms.includes(String(header['alg']))) return no('unsupported algorithm')
  if (claims['client_id'] !== undefined && claims['client_id'] !== client) return no('client_id differs')
  if ('request' in claims || 'request_uri' in claims) return no('it holds another one')
  const claim = jwtClaimsProblem(context, request, signed, { iss: signed.client })
  if (claim === 'iss' || claim === 'aud') return no(`wrong ${claim}`)
  if (typeof claims['exp'] === 'number' && claims['exp'] <= context.now) return no('expired')
  const ours = Object.entries(claims).filter(([name]) => !['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'sub'].includes(name))
  return new Map([...ours.map(([name, value]) => [name, text(value)] as const), ['client_id', client ?? signed.client] as const])
}

/** The parameters of an authorization request, wherever they stand; nothing is looked at twice. */
export const authorizationParams = (context: DecisionContext, tx: Tx, request: Request): ReadonlyMap<string, string> | Refused => {
  const { par, requestObjects } = context.settings
  const { params } = request
  if (!par && !requestObjects) return params
  const client = params.get('client_id')
  const uri = params.get('request_uri')
  if (uri !== undefined) {
    if (!par || !uri.startsWith(prefix)) return refused('request_uri_unsupported')
    const pushed = tx.get('pushed', uri)
    if (!pushed || pushed.client !== client || pushed.ended !== undefined || pushed.expires <= context.now)
      return refused('request_uri_invalid', {}, { settingPaths: ['par.lifetime'] })
    return new Map(Object.entries(pushed.params))
  }
  if (par?.required && request.operation === 'authorize') return refused('request_not_pushed', {}, { settingPaths: ['par.required'] })
  const signed = request.verified?.requestObject
  if (signed) return signedParams(context, request, signed, client)
  return requestObjects?.required ? refused('request_object_missing', {}, { settingPaths: ['requestObjects.required'] }) : params
}

/** A pushed request is good for one answer (RFC 9126 §7.3). */
export const spendPushed = (tx: Tx, { params }: Request): void => {
  const uri = params.get('request_uri')
  const pushed = uri === undefined ? undefined : tx.get('pushed', uri)
  if (uri !== undefined && pushed) tx.put('pushed', uri, { ...pushed, ended: 'used' })
}

export const pushedUri = (id: string): string => `${prefix}${id}`
