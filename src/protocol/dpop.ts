/** Proof of possession at the application level (RFC 9449): what a proof must say, and what it binds. */

import type { Reason } from '../provider/dialect.js'
import type { DpopSettings } from '../provider/extensions.js'
import type { AccessPresented, DecisionContext, Proof, Refused, Request } from './context.js'
import { refused } from './context.js'
import type { Facts } from './fill.js'
import { mintFormat } from './mintFormat.js'
import type { AccessToken, Tx } from './records.js'

interface Expected {
  readonly method: string
  readonly uri: string
  /** Hash of the access token that comes with the proof. */
  readonly hash?: string | undefined
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** RFC 9449 §4.3 items 9 to 12; undefined: nothing is wrong with it. */
const claimsProblem = (context: DecisionContext, { window }: DpopSettings, { claims }: Proof, expected: Expected): string | undefined => {
  if (text(claims['jti']) === '') return 'jti is missing'
  if (claims['htm'] !== expected.method) return 'htm is another method'
  if (text(claims['htu']).split(/[?#]/, 1)[0] !== expected.uri) return `htu is not ${expected.uri}`
  const issued = claims['iat']
  if (typeof issued !== 'number' || Math.abs(issued - context.now) > window) return 'iat is too far from now'
  return expected.hash !== undefined && claims['ath'] !== expected.hash ? 'ath is not of this access token' : undefined
}

/** A nonce of this server that is still good (§8), or a new one to be told to the client. */
const nonceNeeded = (context: DecisionContext, tx: Tx, settings: DpopSettings, { claims }: Proof): Facts | undefined => {
  if (settings.nonce === 'not-asked') return undefined
  const sent = text(claims['nonce'])
  const known = sent === '' ? undefined : tx.get('seen', `nonce ${sent}`)
  if (known && context.now - known.at <= 300) return undefined
  const nonce = mintFormat(context, settings.nonceFormat)
  tx.put('seen', `nonce ${nonce}`, { at: context.now, until: context.now + 600 })
  return { nonce }
}

const objection = (
  context: DecisionContext,
  tx: Tx,
  settings: DpopSettings,
  proof: Proof,
  expected: Expected,
): readonly [Reason, Facts] | undefined => {
  if (proof.problem !== undefined) return ['dpop_proof_invalid', { problem: proof.problem }]
  const problem = claimsProblem(context, settings, proof, expected)
  if (problem !== undefined) return ['dpop_proof_invalid', { problem }]
  const nonce = nonceNeeded(context, tx, settings, proof)
  if (nonce) return ['dpop_nonce_missing', nonce]
  const id = `proof ${proof.jkt} ${text(proof.claims['jti'])}`
  if (tx.get('seen', id)) return ['dpop_proof_replayed', {}]
  tx.put('seen', id, { at: context.now, until: context.now + 2 * settings.window })
  return undefined
}

const uriOf = ({ base }: DecisionContext, { path }: Request): string => `${base}${path}`

/**
 * The key that tokens of this request are to be bound to.
 *
 * @param bound the key that the code or refresh token is bound to already
 */
export const tokenProof = (context: DecisionContext, tx: Tx, request: Request, bound?: string): string | undefined | Refused => {
  const { dpop } = context.settings
  if (!dpop) return undefined
  const proof = request.verified?.proof
  const details = { algorithms: dpop.algorithms.join(' ') }
  if (!proof)
    return dpop.required || bound !== undefined ? refused('dpop_proof_missing', details, { settingPaths: ['dpop.required'] }) : undefined
  const wrong = objection(context, tx, dpop, proof, { method: request.method, uri: uriOf(context, request) })
  if (wrong) return refused(wrong[0], { ...details, ...wrong[1] }, { settingPaths: ['dpop.nonce', 'dpop.window'] })
  return bound !== undefined && bound !== proof.jkt ? refused('dpop_key_differs', details) : proof.jkt
}

/** Whether the access token came in the way to which it is bound (§7). */
export const boundProblem = (
  context: DecisionContext,
  tx: Tx,
  request: Request,
  presented: AccessPresented,
  token: AccessToken,
): readonly [Reason, Facts] | undefined => {
  const { dpop } = context.settings
  const jkt = token.more?.jkt
  if (!dpop) return undefined
  const details = { algorithms: dpop.algorithms.join(' ') }
  const asProof = presented.scheme.toLowerCase() === 'dpop'
  if (jkt === undefined) return asProof ? ['token_dpop_proof_invalid', { ...details, problem: 'the access token is not bound' }] : undefined
  if (!asProof) return ['token_bound', details]
  const proof = request.verified?.proof
  if (!proof) return ['token_dpop_proof_invalid', { ...details, problem: 'there is none' }]
  const wrong = objection(context, tx, dpop, proof, { method: request.method, uri: uriOf(context, request), hash: presented.hash ?? '' })
  if (wrong?.[0] === 'dpop_nonce_missing') return ['token_dpop_nonce_missing', { ...details, ...wrong[1] }]
  if (wrong) return ['token_dpop_proof_invalid', { ...details, problem: 'used before', ...wrong[1] }]
  return proof.jkt === jkt ? undefined : ['token_dpop_proof_invalid', { ...details, problem: 'another key' }]
}
