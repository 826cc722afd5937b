/** Tokens without a flow, sound ones and wrong ones. */

import { secondsOf } from '../clock/durationSchema.js'
import { signToken } from '../http/signTokens.js'
import type { DecisionContext, Issued } from '../protocol/context.js'
import type { MintableKind } from '../protocol/issuance.js'
import { issueTokens } from '../protocol/issuance.js'
import type { Tx } from '../protocol/records.js'
import { wholeSeconds } from '../protocol/time.js'
import { withEnd } from '../protocol/tokens.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { assertValid } from '../validation/check.js'
import { ValidationError } from '../validation/errors.js'
import { object, oneOf } from '../validation/schema.js'
import type { MintOptions } from './mintOptions.js'
import { clientOf, lifetimeSchema, mintMembers, scopeOf, userOf } from './mintOptions.js'

/** What can be wrong with a token on purpose. */
export const tokenDefects = ['signature', 'kid', 'issuer', 'audience', 'expired', 'not-yet-valid'] as const

export type TokenDefect = (typeof tokenDefects)[number]

export interface MintTokensOptions extends MintOptions {
  /** Only this one; without it what the token endpoint would give. */
  readonly kind?: MintableKind | undefined
  /** Of the access token: seconds, or a length such as `'1h'`. */
  readonly lifetime?: number | string | undefined
  /** A token that a careful reader must refuse. An opaque access token can be `expired` only. */
  readonly wrong?: TokenDefect | undefined
}

export interface MintedTokens {
  readonly accessToken?: string
  readonly refreshToken?: string
  readonly idToken?: string
  /** Of the access token, in epoch seconds; null when it does not end by itself. */
  readonly expiresAt?: number | null
  readonly clientId: string
  readonly user: string
  /** Separated by spaces. */
  readonly scope: string
}

const hour = 3600

/** Spoils what a token says of itself; the signature and the key are spoilt when it is sealed. */
const withDefect = (issued: Issued, wrong: TokenDefect | undefined, at: number): Issued => {
  if (!issued.sign || wrong === undefined) return issued
  const { header, claims } = issued.sign
  const now = wholeSeconds(at)
  const told = (more: object): Issued => ({ ...issued, sign: { header, claims: { ...claims, ...more } } })
  if (wrong === 'issuer') return told({ iss: 'https://issuer.invalid' })
  if (wrong === 'audience') return told({ aud: 'somebody-else' })
  if (wrong === 'expired') return told({ iat: now - 2 * hour, nbf: now - 2 * hour, exp: now - hour })
  if (wrong === 'not-yet-valid') return told({ nbf: now + hour, exp: now + 2 * hour })
  return wrong === 'kid' ? { ...issued, sign: { claims, header: { ...header, kid: 'no-such-key' } } } : issued
}

const optionsProblem = (instance: ProviderInstance, { kind = 'access_token', wrong }: MintTokensOptions): ValidationError | undefined => {
  const { access, refresh, idToken } = instance.settings()
  const { id } = instance.provider
  if (kind === 'refresh_token' && refresh.given === 'never') return new ValidationError('kind', `${id} gives no refresh tokens`)
  if (kind === 'id_token' && !idToken) return new ValidationError('kind', `${id} gives no ID tokens`)
  const format = kind === 'access_token' ? access.format : kind === 'refresh_token' ? refresh.format : idToken?.format
  return wrong !== undefined && wrong !== 'expired' && format?.kind !== 'jwt'
    ? new ValidationError('wrong', `the ${kind.replace('_', ' ')}s of ${id} are not signed: they can be expired only`)
    : undefined
}

const expireRefresh = (context: DecisionContext, tx: Tx, tokens: readonly Issued[]): void => {
  for (const { id } of tokens) {
    const record = tx.get('refresh', id)
    if (record) tx.put('refresh', id, withEnd(context, record, 'expired'))
  }
}

const schema = object(
  { ...mintMembers, kind: oneOf(['access_token', 'refresh_token', 'id_token']), lifetime: lifetimeSchema, wrong: oneOf(tokenDefects) },
  { called: 'option' },
)

/** @throws ValidationError that names the option which is wrong */
export const mintTokens = async (sandbox: Sandbox, instance: ProviderInstance, options: MintTokensOptions): Promise<MintedTokens> => {
  assertValid(schema, options, 'tokens.mint')
  const problem = optionsProblem(instance, options)
  if (problem) throw problem
  const { kind, wrong } = options
  const { issued, ...rest } = await sandbox.decide(instance, (context, tx) => {
    const client = clientOf(instance, tx, options.clientId)
    const owner = userOf(context, tx, options.user)
    const scope =
      options.scope === undefined && kind === 'access_token' ? instance.settings().scopes : scopeOf(instance, client, options.scope)
    const lifetime = wrong === 'expired' ? 0 : options.lifetime === undefined ? undefined : secondsOf(options.lifetime)
    const usual: readonly MintableKind[] = context.settings.refresh.given === 'never' ? ['access_token'] : ['access_token', 'refresh_token']
    const kinds = kind === undefined ? usual : [kind]
    const tokens = issueTokens(context, tx, { client, user: owner, scope, kinds, ...(lifetime === undefined ? {} : { lifetime }) })
    if (kind === 'refresh_token' && wrong === 'expired') expireRefresh(context, tx, tokens)
    return { issued: tokens.map((one) => withDefect(one, wrong, context.now)), clientId: client.id, user: owner.id, scope: scope.join(' ') }
  })
  const signed = await Promise.all(
    issued.map(async (one) => [one.role, await signToken(instance.keys, one, wrong === 'signature' ? 'stranger' : undefined)] as const),
  )
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = Object.fromEntries(signed)
  const access = issued.find(({ role }) => role === 'access_token')
  return {
    ...(accessToken === undefined ? {} : { accessToken }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(idToken === undefined ? {} : { idToken }),
    ...(access ? { expiresAt: access.expires } : {}),
    ...rest,
  }
}
