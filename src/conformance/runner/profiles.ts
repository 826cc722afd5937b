/** What a client has to do differently at each provider: the facts that cases and judges need, a form for each. */

import type { ProviderId, Toggles } from '../../index.js'
import { providers } from '../../index.js'

export interface Profile {
  readonly provider: ProviderId
  readonly docs: string
  /** The name under which it issues, to the character. */
  readonly issuer: string
  /** How a connection begins: the app sends the browser, a person copies a code, or the provider's install button sends it. */
  readonly starts: 'authorize' | 'code' | 'install'
  /** Parameters that an authorization URL must have here. */
  readonly required: readonly string[]
  /** How the token endpoint learns who the client is, as documented. */
  readonly authenticates: 'issued-username' | 'basic' | 'body'
  /** The quirk or the RFC that says so, and in words. */
  readonly authentication: { readonly quirk?: string; readonly says: string }
  /** The scheme before the access token; empty for the bare token. */
  readonly scheme: string
  readonly schemeQuirk?: string
  /** Seconds after which an access token has surely expired; null when it does not. */
  readonly expires: number | null
  /** The quirk that sets how long an access token lives; null where it cannot be renewed. */
  readonly lifetimeQuirk: string | null
  /** Whether refresh tokens exist. */
  readonly refreshes: boolean
  /** Toggles under which every refresh brings a new refresh token; null where that never happens. */
  readonly rotating: Toggles | null
  /** Seconds a code lives. */
  readonly codeLives: number
  /** Users who install the app one after another. */
  readonly customers: readonly string[]
  /** What revokes, where anything does: the access token by its own call, or the refresh token. */
  readonly revokes: 'access' | 'refresh' | null
}

const docsOf = (id: ProviderId): string => providers.find((one) => one.id === id)?.docs ?? ''

export const profiles: { readonly [P in ProviderId]: Profile } = {
  plain: {
    provider: 'plain',
    docs: docsOf('plain'),
    issuer: '',
    starts: 'authorize',
    required: ['client_id', 'response_type'],
    authenticates: 'basic',
    authentication: { says: 'HTTP Basic made of client id and client secret' },
    scheme: 'Bearer',
    expires: 3700,
    lifetimeQuirk: null,
    refreshes: true,
    rotating: {},
    codeLives: 60,
    customers: [],
    revokes: 'refresh',
  },
  ziina: {
    provider: 'ziina',
    docs: docsOf('ziina'),
    issuer: 'https://auth.ziina.com',
    starts: 'authorize',
    required: ['client_id', 'response_type', 'redirect_uri', 'scope'],
    authenticates: 'issued-username',
    authentication: { quirk: 'username-is-not-the-client-id', says: 'HTTP Basic made of the issued user name and password' },
    scheme: 'Bearer',
    expires: 3700,
    lifetimeQuirk: 'ziina/access-lives-one-hour',
    refreshes: true,
    rotating: { 'ziina/rotates-late': 'always' },
    codeLives: 600,
    customers: [],
    revokes: null,
  },
  zettle: {
    provider: 'zettle',
    docs: docsOf('zettle'),
    issuer: 'iZettle',
    starts: 'authorize',
    required: ['client_id', 'response_type', 'redirect_uri', 'scope'],
    authenticates: 'body',
    authentication: { says: 'client_id and client_secret in the form body' },
    scheme: 'Bearer',
    expires: 7300,
    lifetimeQuirk: 'zettle/access-lives-two-hours',
    refreshes: true,
    rotating: { 'zettle/may-rotate-at-any-time': 'always' },
    codeLives: 600,
    customers: [],
    revokes: 'access',
  },
  'zoho-payments': {
    provider: 'zoho-payments',
    docs: docsOf('zoho-payments'),
    issuer: 'https://accounts.zoho.in',
    starts: 'code',
    required: [],
    authenticates: 'body',
    authentication: { quirk: 'parameters-in-the-query', says: 'client_id and client_secret as parameters, in the query or in the body' },
    scheme: 'Zoho-oauthtoken',
    schemeQuirk: 'zoho-oauthtoken-scheme',
    expires: 3700,
    lifetimeQuirk: 'zoho-payments/access-lives-one-hour',
    refreshes: true,
    rotating: null,
    codeLives: 180,
    customers: [],
    revokes: 'refresh',
  },
  zentail: {
    provider: 'zentail',
    docs: docsOf('zentail'),
    issuer: 'https://api.zentail.com',
    starts: 'install',
    required: [],
    authenticates: 'basic',
    authentication: { says: 'HTTP Basic made of client id and client secret' },
    scheme: '',
    schemeQuirk: 'bare-token',
    expires: null,
    lifetimeQuirk: null,
    refreshes: false,
    rotating: null,
    codeLives: 600,
    customers: ['customer-1', 'customer-2'],
    revokes: null,
  },
  vcita: {
    provider: 'vcita',
    docs: docsOf('vcita'),
    issuer: 'https://app.vcita.com',
    starts: 'authorize',
    required: ['client_id', 'redirect_uri'],
    authenticates: 'body',
    authentication: { quirk: 'takes-json', says: 'client_id and client_secret in the body' },
    scheme: 'Bearer',
    expires: null,
    lifetimeQuirk: null,
    refreshes: false,
    rotating: null,
    codeLives: 30,
    customers: [],
    revokes: 'access',
  },
}

export const allProviders = Object.keys(profiles) as readonly ProviderId[]
/** Where the app sends the browser to an authorization endpoint. */
export const authorizing: readonly ProviderId[] = allProviders.filter((id) => profiles[id].starts === 'authorize')
export const refreshing: readonly ProviderId[] = allProviders.filter((id) => profiles[id].refreshes)
export const rotating: readonly ProviderId[] = allProviders.filter((id) => profiles[id].rotating !== null)
