/** The form in which a provider is written down. */

import type { ProviderInput } from './defaults.js'
import { withDefaults } from './defaults.js'
import type { Declared, QuirkNames } from './quirk.js'
import { quirksOf } from './quirk.js'
import type { Settings } from './settings.js'

export interface Provider {
  /** Its segment in URLs, and the name of its fixtures, description and tests: lower-case words joined by hyphens. */
  readonly id: string
  /** The name people know it by. */
  readonly name: string
  /** Where its documentation is. */
  readonly docs: string
  readonly settings: Declared<Settings>
  /** Its demonstration data, for a provider that is not shipped with the package (those have a folder of fixtures). */
  readonly seed?: Seed
}

/** Clients, users and keys that exist from the start. Times are seconds from the start. */
export interface Seed {
  readonly clients: readonly SeedClient[]
  readonly users: readonly SeedUser[]
  readonly sessions?: readonly {
    readonly cookie: string
    readonly user: string
  }[]
  readonly codes?: readonly SeedCode[]
  readonly accessTokens?: readonly {
    readonly token: string
    readonly client: string
    readonly user: string
    readonly scope: readonly string[]
  }[]
  readonly refreshTokens?: readonly {
    readonly token: string
    readonly client: string
    readonly user: string
    readonly scope: readonly string[]
  }[]
}

export interface SeedClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly username?: string
  readonly password?: string
  readonly name: string
  readonly redirectUris: readonly string[]
  /** Any redirect URI at a loopback address is taken as registered. */
  readonly loopback?: boolean
  readonly trusted?: boolean
  readonly scope: readonly string[]
  readonly host?: string
  /** The one way in which it authenticates; any that the provider takes by default. `none` is a client without a secret. */
  readonly method?: 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt' | 'private_key_jwt' | 'none'
  /** Its public keys (RFC 7517 §5). */
  readonly jwks?: { readonly keys: readonly { readonly [member: string]: unknown }[] }
  /** Grants that it may use; all of the provider's by default. */
  readonly grants?: readonly string[]
  /** What else it registered, by the names of RFC 7591 and OpenID Connect. */
  readonly metadata?: { readonly [member: string]: unknown }
}

export interface SeedUser {
  readonly id: string
  readonly email: string
  readonly name: string
  /** Whatever the provider's answers need of a user. */
  readonly profile?: { readonly [member: string]: unknown }
}

export interface SeedCode {
  readonly code: string
  readonly client: string
  readonly user: string
  readonly scope: readonly string[]
  readonly redirectUri?: string
}

/** A provider whose quirk names are known to the compiler. */
export interface DefinedProvider<Id extends string = string, Q extends string = string> extends Provider {
  readonly id: Id
  /** Never set: carries the names of the quirks to where they are typed. */
  readonly quirkNames?: Q
}

/**
 * Declares a provider: what differs from a plain server. A wrong form fails where it is written.
 *
 * @throws Error when the id is not a URL segment, or two quirks share a name.
 * @example
 * const acme = defineProvider({ id: 'acme', name: 'Acme', docs: 'https://acme.example/docs', settings: { issuer: 'https://acme.example', endpoints } })
 */
export const defineProvider = <const Id extends string, const F extends ProviderInput>(
  form: Omit<Provider, 'id' | 'settings'> & { readonly id: Id; readonly settings: F },
): DefinedProvider<Id, QuirkNames<F> & string> => {
  const provider: Provider = { ...form, settings: withDefaults(form.settings) }
  if (!/^[a-z][a-z0-9-]*$/.test(provider.id))
    throw new Error(`provider id ${JSON.stringify(provider.id)} must be lower-case words joined by hyphens`)
  const names = quirksOf(provider.settings).map((placed) => placed.quirk.name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new Error(`two quirks of ${provider.id} are named ${twice}`)
  return provider as unknown as DefinedProvider<Id, QuirkNames<F> & string>
}
