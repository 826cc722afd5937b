/** API keys, to be presented as assertions. */

import { secondsOf } from '../clock/durationSchema.js'
import { signToken } from '../http/signTokens.js'
import { issueApiKey } from '../protocol/issuance.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { assertValid } from '../validation/check.js'
import { ValidationError } from '../validation/errors.js'
import { object, text } from '../validation/schema.js'
import type { MintOptions } from './mintOptions.js'
import { clientOf, lifetimeSchema, mintMembers, scopeOf, userOf } from './mintOptions.js'

export interface MintedApiKey {
  readonly assertion: string
  readonly clientId: string
  readonly name: string
  readonly expiresAt: number
}

export interface MintApiKeyOptions extends MintOptions {
  readonly name?: string | undefined
  /** Seconds, or a length such as `'1d'`. */
  readonly lifetime?: number | string | undefined
}

const schema = object({ ...mintMembers, name: text(), lifetime: lifetimeSchema }, { called: 'option' })

/** @throws ValidationError that names the option which is wrong, or when the provider has no API keys */
export const mintApiKey = async (sandbox: Sandbox, instance: ProviderInstance, options: MintApiKeyOptions): Promise<MintedApiKey> => {
  assertValid(schema, options, 'assertions.mint')
  if (!instance.settings().assertion) throw new ValidationError('provider', `${instance.provider.id} has no API keys`)
  const name = options.name ?? 'API key'
  const issued = await sandbox.decide(instance, (context, tx) => {
    const scope = scopeOf(instance, clientOf(instance, tx, undefined), options.scope)
    return issueApiKey(context, tx, {
      user: userOf(context, tx, options.user),
      scope,
      name,
      ...(options.clientId === undefined ? {} : { id: options.clientId }),
      ...(options.lifetime === undefined ? {} : { lifetime: secondsOf(options.lifetime) }),
    })
  })
  return { assertion: await signToken(instance.keys, issued), clientId: issued.id, name, expiresAt: issued.expires ?? 0 }
}
