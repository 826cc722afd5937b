/** Authorization codes without a browser. */

import type { CodeOptions } from '../protocol/issuance.js'
import { issueCode } from '../protocol/issuance.js'
import { isRegistered } from '../protocol/redirect.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { ConflictError, ValidationError } from '../validation/errors.js'

import type { MintOptions } from './mintOptions.js'
import { clientOf, scopeOf, userOf } from './mintOptions.js'
export interface MintCodeOptions extends MintOptions {
  readonly redirectUri?: string | undefined
  /** Seconds. */
  readonly lifetime?: number | undefined
  readonly state?: string | undefined
  /** This very value. */
  readonly code?: string | undefined
  /** PKCE, S256. */
  readonly codeChallenge?: string | undefined
}

export interface MintedCode {
  readonly code: string
  readonly expiresAt: number
  readonly url?: string
}

/** @throws ValidationError */
export const mintCode = async (sandbox: Sandbox, instance: ProviderInstance, options: MintCodeOptions): Promise<MintedCode> =>
  sandbox.decide(instance, (context, tx) => {
    const client = clientOf(instance, tx, options.clientId)
    const { lifetime, redirectUri, state, code, codeChallenge } = options
    if (lifetime !== undefined && !(Number.isFinite(lifetime) && lifetime >= 0))
      throw new ValidationError('lifetime', 'lifetime is a number of seconds')
    if (redirectUri !== undefined && !isRegistered(client, redirectUri))
      throw new ValidationError('redirectUri', `${redirectUri} is not registered for ${client.id}`)
    if (code !== undefined && tx.get('code', code)) throw new ConflictError('code', 'this code exists already')
    const full: CodeOptions = {
      client,
      user: userOf(context, tx, options.user),
      scope: scopeOf(instance, client, options.scope),
      ...(redirectUri === undefined ? {} : { redirectUri }),
      ...(lifetime === undefined ? {} : { lifetime }),
      ...(state === undefined ? {} : { state }),
      ...(code === undefined ? {} : { code }),
      ...(codeChallenge === undefined ? {} : { challenge: codeChallenge }),
    }
    const { issued, url } = issueCode(context, tx, full)
    return { code: issued.id, expiresAt: issued.expires ?? context.now, ...(url === undefined ? {} : { url }) }
  })
