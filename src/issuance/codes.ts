/** Authorization codes without a browser. */

import { secondsOf } from '../clock/durationSchema.js'
import type { CodeOptions } from '../protocol/issuance.js'
import { issueCode } from '../protocol/issuance.js'
import { isRegistered } from '../protocol/redirect.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { assertValid } from '../validation/check.js'
import { ConflictError, ValidationError } from '../validation/errors.js'
import { matching, object, text } from '../validation/schema.js'
import type { MintOptions } from './mintOptions.js'
import { clientOf, lifetimeSchema, mintMembers, scopeOf, userOf } from './mintOptions.js'

export interface MintCodeOptions extends MintOptions {
  readonly redirectUri?: string | undefined
  /** Seconds, or a length such as `'10m'`. */
  readonly lifetime?: number | string | undefined
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

const schema = object(
  {
    ...mintMembers,
    redirectUri: text(),
    lifetime: lifetimeSchema,
    state: text(),
    code: text(),
    codeChallenge: matching(/^[A-Za-z0-9_-]{43}$/, 'is a SHA-256 in URL-safe base64'),
  },
  { called: 'option' },
)

/** @throws ValidationError that names the option which is wrong; ConflictError for a code that is there already */
export const mintCode = async (sandbox: Sandbox, instance: ProviderInstance, options: MintCodeOptions): Promise<MintedCode> => {
  assertValid(schema, options, 'codes.mint')
  return sandbox.decide(instance, (context, tx) => {
    const client = clientOf(instance, tx, options.clientId)
    const { lifetime, redirectUri, state, code, codeChallenge } = options
    if (redirectUri !== undefined && !isRegistered(client, redirectUri, context.settings.client.redirectUris))
      throw new ValidationError('redirectUri', `${redirectUri} is not registered for ${client.id}`)
    if (code !== undefined && tx.get('code', code)) throw new ConflictError('code', 'this code exists already')
    const full: CodeOptions = {
      client,
      user: userOf(context, tx, options.user),
      scope: scopeOf(instance, client, options.scope),
      ...(redirectUri === undefined ? {} : { redirectUri }),
      ...(lifetime === undefined ? {} : { lifetime: secondsOf(lifetime) }),
      ...(state === undefined ? {} : { state }),
      ...(code === undefined ? {} : { code }),
      ...(codeChallenge === undefined ? {} : { challenge: codeChallenge }),
    }
    const { issued, url } = issueCode(context, tx, full)
    return { code: issued.id, expiresAt: issued.expires ?? context.now, ...(url === undefined ? {} : { url }) }
  })
}
