/** What a client has to do at a provider: read from the provider's settled settings and its seed, for any provider there may be. */

import type { Provider, Settings, Toggle, Toggles } from '../../index.js'
import type { PlacedQuirk } from '../../provider/quirk.js'
import { quirksOf, settle, settledValue } from '../../provider/quirk.js'
import type { AuthorizeSettings, Endpoint } from '../../provider/settings.js'
import { seedOf } from '../../sandbox/seed.js'

/** How the token endpoint learns who the client is, as documented. */
export type Authenticates = 'issued-username' | 'basic' | 'body' | 'parameters' | 'either' | 'none'

export interface Profile {
  /** The provider's id. */
  readonly provider: string
  readonly docs: string
  /** As documented: what is merely tolerated is not in it. */
  readonly settings: Settings
  /** The name under which it issues, to the character. */
  readonly issuer: string
  /** How a connection begins: the app sends the browser, a person copies a code, or the provider's install button sends it. */
  readonly starts: 'authorize' | 'code' | 'install'
  /** The authorization endpoint, also where it is there only when asked for, with the toggles that ask; null where there is none. */
  readonly browsing: { readonly toggles: Toggles; readonly authorize: AuthorizeSettings } | null
  /** Parameters that an authorization URL must have here. */
  readonly required: readonly string[]
  readonly authenticates: Authenticates
  /** The scheme before the access token; empty for the bare token. */
  readonly scheme: string
  /** Seconds after which an access token has surely expired; null when it does not. */
  readonly expires: number | null
  /** Whether there are refresh tokens and a grant for them. */
  readonly refreshes: boolean
  /** Toggles under which every refresh brings a new refresh token; null where that never happens. */
  readonly rotating: Toggles | null
  /** Seconds a code lives. */
  readonly codeLives: number
  /** Users who connect one after another. */
  readonly customers: readonly string[]
  /** The endpoint that ends a connection, and what it takes: the access token that calls it, or the refresh token. */
  readonly revokes: { readonly by: 'access' | 'refresh'; readonly endpoint: Endpoint } | null
  /** The quirk that decides one of these settings, without the provider's id. */
  readonly quirkAt: (...paths: readonly string[]) => string | undefined
  /** Toggles that give a setting a value: none where it has it already, null where no quirk can. */
  readonly toggled: (path: string, value: unknown) => Toggles | null
  /** The quirk that decides a setting, with its further readings. */
  readonly variantsAt: (path: string) => { readonly name: string; readonly variants: readonly string[] } | undefined
}

/** A provider as it documents itself, with what a run changes; what it only tolerates is left out. */
const documentedToggles = (provider: Provider, quirks: Toggles): Toggles =>
  Object.fromEntries(
    Object.entries(quirks).flatMap(([name, toggle]): readonly (readonly [string, Toggle | undefined])[] => {
      const [id, quirk] = name.split('/', 2)
      return id === provider.id && quirk !== undefined && !quirk.startsWith('also-takes-') ? [[quirk, toggle]] : []
    }),
  )

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (inner, member) =>
        typeof inner === 'object' && inner !== null ? (inner as { readonly [member: string]: unknown })[member] : undefined,
      value,
    )

const startsOf = ({ authorize, install }: Settings): Profile['starts'] => (authorize ? 'authorize' : install ? 'install' : 'code')

const requiredOf = ({ authorize }: Settings): readonly string[] =>
  authorize === null
    ? []
    : [
        'client_id',
        ...(authorize.responseTypeRequired ? ['response_type'] : []),
        ...(authorize.redirectUriRequired ? ['redirect_uri'] : []),
        ...(authorize.withoutScope === 'refused' ? ['scope'] : []),
        ...Object.keys(authorize.requires),
      ]

const authenticatesOf = ({ client, token }: Settings): Authenticates => {
  const { basic, body } = client.takes
  if (basic && client.basicUser === 'username') return 'issued-username'
  if (basic && body) return 'either'
  if (basic) return 'basic'
  if (!body) return 'none'
  return token.reads.query ? 'parameters' : 'body'
}

const revokesOf = (settings: Settings, refreshes: boolean): Profile['revokes'] => {
  const endpoints = Object.values(settings.endpoints)
  const disconnect = endpoints.find(({ operation }) => operation === 'disconnect')
  if (disconnect) return { by: 'access', endpoint: disconnect }
  const revoke = settings.revoke === null ? undefined : endpoints.find(({ operation }) => operation === 'revoke')
  return revoke ? { by: refreshes ? 'refresh' : 'access', endpoint: revoke } : null
}

/** Every setting of a quirk that somebody may choose. */
const choices = ({ quirk }: PlacedQuirk): readonly Toggle[] => [true, false, ...Object.keys(quirk.variants ?? {})]

const findQuirk = (placed: readonly PlacedQuirk[], path: string): PlacedQuirk | undefined =>
  placed.find(({ paths }) => paths.some((one) => one === path || one.startsWith(`${path}.`)))

/** The quirk that decides the whole branch in which a setting stands. */
const around = (placed: readonly PlacedQuirk[], path: string): PlacedQuirk | undefined =>
  placed.find(({ paths }) => paths.some((one) => path.startsWith(`${one}.`)))

const browsingOf = (provider: Provider, toggles: Toggles, placed: readonly PlacedQuirk[]): Profile['browsing'] => {
  const { authorize } = settle<Settings>(provider.settings, toggles)
  if (authorize) return { toggles: {}, authorize }
  const found = placed.find(({ paths }) => paths.includes('authorize'))
  if (!found) return null
  const { name } = found.quirk
  const other = settle<Settings>(provider.settings, { ...toggles, [name]: true }).authorize
  return other && { toggles: { [`${provider.id}/${name}`]: true }, authorize: other }
}

const profileFrom = (provider: Provider, toggles: Toggles): Profile => {
  const settings = settle<Settings>(provider.settings, toggles)
  const placed = quirksOf(provider.settings)
  const refreshes = settings.refresh.given !== 'never' && settings.token.grants.refresh_token
  const { lifetime } = settings.access
  const toggled: Profile['toggled'] = (path, value) => {
    if (at(settings, path) === value) return {}
    const found = findQuirk(placed, path)
    if (!found?.paths.includes(path)) return null
    const fits = (toggle: Toggle): boolean => {
      const settled = settledValue(found.quirk, toggle)
      return 'value' in settled && settled.value === value
    }
    const asItIs = value === null || ['boolean', 'number', 'string'].includes(typeof value) ? [value as Toggle] : []
    const toggle = [...choices(found), ...asItIs].find(fits)
    return toggle === undefined ? null : { [`${provider.id}/${found.quirk.name}`]: toggle }
  }
  return {
    provider: provider.id,
    docs: provider.docs,
    settings,
    issuer: settings.issuer,
    starts: startsOf(settings),
    browsing: browsingOf(provider, toggles, placed),
    required: requiredOf(settings),
    authenticates: authenticatesOf(settings),
    scheme: settings.resource.scheme,
    expires: lifetime === null ? null : lifetime + 100,
    refreshes,
    rotating: refreshes && settings.refresh.returned !== 'never' ? toggled('refresh.rotates', 'always') : null,
    codeLives: settings.authorize?.codeLifetime ?? settings.code.lifetime,
    customers: seedOf(provider)
      .users.slice(0, 2)
      .map(({ id }) => id),
    revokes: revokesOf(settings, refreshes),
    quirkAt: (...paths) =>
      (paths.map((path) => findQuirk(placed, path)).find(Boolean) ?? paths.map((path) => around(placed, path)).find(Boolean))?.quirk.name,
    toggled,
    variantsAt: (path) => {
      const found = findQuirk(placed, path)
      return found && { name: `${provider.id}/${found.quirk.name}`, variants: Object.keys(found.quirk.variants ?? {}) }
    },
  }
}

const known = new WeakMap<Provider, Map<string, Profile>>()

/**
 * The facts of a provider, as a run has it.
 *
 * @param quirks by `provider/name`
 * @throws Error that names the quirk, when one is unknown or takes no such value
 */
export const profileOf = (provider: Provider, quirks: Toggles = {}): Profile => {
  const toggles = documentedToggles(provider, quirks)
  const profiles = known.get(provider) ?? new Map<string, Profile>()
  known.set(provider, profiles)
  const key = JSON.stringify(toggles)
  const profile = profiles.get(key) ?? profileFrom(provider, toggles)
  profiles.set(key, profile)
  return profile
}

/** A provider may issue under the address at which it is reached. */
export const profileAt = (profile: Profile, baseUrl: string): Profile => {
  const issuer = profile.issuer.replace('{base}', baseUrl)
  return { ...profile, issuer, settings: { ...profile.settings, issuer } }
}
