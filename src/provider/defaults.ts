/** What a plain server does, by the RFCs: the ground from which a provider's form differs. */

import { defineErrors } from './dialect.js'
import { extensionDefaults } from './extensionDefaults.js'
import { formsOf, madeOf, withoutFacts } from './facts.js'
import { jwt, opaque } from './formats.js'
import type { Declared } from './quirk.js'
import { isQuirk } from './quirk.js'
import type { Settings } from './settings.js'
import type { Fact } from './source.js'

type Whole = { readonly [S in keyof Settings]: S extends 'account' | 'errorId' ? Settings[S] : NonNullable<Settings[S]> }

/** A standard value for every setting; a section that a provider does not mention at all and that a server may lack is null. */
export const defaults: Whole = {
  issuer: '',
  endpoints: {},
  scopes: [],
  connection: 'per-authorization',
  account: null,
  authorize: {
    responseTypeRequired: true,
    redirectUriRequired: true,
    scopeSeparators: ' ',
    unknownScope: 'refused',
    foreignScope: 'refused',
    withoutScope: 'all-of-client',
    prompts: null,
    offline: null,
    requires: {},
    emptyState: 'dropped',
    status: 302,
    adds: {},
    homes: {},
    addsToErrors: {},
    describesErrors: true,
    codeLifetime: null,
    approves: { in: 'form' },
    consent: 'always',
    cookie: 'session',
    errors: 'redirected',
    signs: null,
    partialConsent: false,
    beside: {},
    responseModes: null,
  },
  pkce: {
    methods: ['S256'],
    required: false,
    requiredWithoutSecret: false,
    withoutMethod: 'plain',
    strayVerifier: 'refused',
    replacesSecret: false,
  },
  code: {
    format: opaque('{url43}'),
    lifetime: 600,
    choices: [600],
    parameters: { code: true },
    once: true,
    perWindow: { count: null, seconds: 600 },
    replayEnds: 'nothing',
    redirectUri: 'as-authorized',
    redirectUriRequired: false,
  },
  token: {
    reads: { query: false, form: true, multipart: false, json: false },
    grants: {
      authorization_code: true,
      refresh_token: true,
      client_credentials: false,
      'urn:ietf:params:oauth:grant-type:jwt-bearer': false,
      'urn:ietf:params:oauth:grant-type:device_code': false,
      'urn:ietf:params:oauth:grant-type:token-exchange': false,
    },
    checksFirst: 'client',
    repeated: 'refused',
    grantTypeRequired: true,
    formats: ['json'],
    formatParameter: null,
    scopeSeparator: ' ',
    brokenEscapes: 'refused',
    reply: {
      access_token: '{access_token}',
      token_type: 'Bearer',
      expires_in: '{expires_in}',
      refresh_token: '{refresh_token}',
      scope: '{scope}',
    },
    homes: {},
    headers: { 'cache-control': 'no-store' },
  },
  client: {
    takes: { basic: true, body: false },
    basicUser: 'client-id',
    alsoClientId: false,
    hosts: 'any',
    trimsNewline: false,
    redirectUris: { loopbackPorts: 'exact', paths: 'exact' },
    both: 'refused',
    idBesideBasic: 'must-equal',
    id: opaque('{uuid}'),
    secret: opaque('{url43}'),
    username: null,
    password: null,
  },
  access: {
    format: opaque('{url43}'),
    lifetime: 3600,
    notBefore: 0,
    livePerRefreshToken: null,
    endsOnRefresh: false,
    heldPerUser: null,
    perWindow: { count: null, seconds: 600 },
    remembered: 86_400,
  },
  refresh: {
    given: 'always',
    asks: {},
    again: null,
    format: opaque('{url43}'),
    optionalPrefix: '',
    lifetime: null,
    rotates: 'never',
    lateShare: 1,
    returned: 'when-new',
    replayEnds: 'nothing',
    replayWindow: { seconds: 0, answers: 'same-pair' },
    idle: null,
    hardStop: null,
    heldPerUser: null,
    heldBy: 'user-and-client',
    evictionEndsAccess: false,
    replaces: 'presented',
    whenFull: 'oldest-ends',
    perWindow: { count: null, seconds: 600 },
  },
  idToken: {
    scope: 'openid',
    format: jwt(
      '{url22}',
      { alg: 'RS256', kid: '{kid}', typ: 'JWT' },
      { sub: '{user.id}', nonce: '{nonce}', aud: '{client}', exp: '{expires}', iat: '{issued}', iss: '{issuer}' },
    ),
    lifetime: 3600,
  },
  assertion: {
    format: jwt(
      '{uuid}',
      { alg: 'RS256', kid: '{kid}' },
      { iss: '{issuer}', sub: '{user.id}', jti: '{id}', exp: '{expires}', iat: '{issued}' },
    ),
    lifetime: 3600,
    byRegisteredClient: false,
    signedByClients: false,
    creditHeader: null,
  },
  resource: {
    header: 'authorization',
    scheme: 'Bearer',
    alsoBearer: false,
    alsoBare: false,
    inQuery: 'ignored',
    inBody: 'ignored',
    wholeScope: null,
    perSecond: null,
  },
  revoke: {
    authenticates: 'always',
    answer: { status: 200, body: undefined },
    parameter: 'token',
    cascades: true,
    checksType: false,
    unknownIsFine: true,
  },
  install: { slash: 'never', parameters: { code: '{code}' } },
  register: {
    answer: { status: 201, body: { client_id: '{client_id}', client_secret: '{client_secret}', redirect_uris: '{redirectUris}' } },
    redirectUris: 'redirect_uris',
    clientName: 'client_name',
    scope: 'scope',
    trusted: 'trusted',
    schemes: 'any',
  },
  cors: { open: [], clients: [] },
  signing: { kid: opaque('{url22}'), retired: 'published', algorithms: ['RS256'] },
  dialect: defineErrors({}) as unknown as Settings['dialect'],
  errorId: null,
  ...extensionDefaults,
}

const optionalSections: readonly (keyof Settings)[] = [
  'authorize',
  'pkce',
  'idToken',
  'assertion',
  'revoke',
  'install',
  'register',
  ...(Object.keys(extensionDefaults) as (keyof Settings)[]),
]

/** Members that are replaced as a whole: half a reply or half a set of claims would be nobody's. */
export const replacedWhole: readonly string[] = [
  'format',
  'reply',
  'headers',
  'adds',
  'homes',
  'asks',
  'again',
  'addsToErrors',
  'requires',
  'approves',
  'parameters',
  'answer',
  'id',
  'secret',
  'username',
  'password',
  'kid',
  'claims',
  'registrationToken',
  'deviceCode',
  'userCode',
  'nonceFormat',
  'errorId',
  'beside',
  'signs',
]

type Part<T> = T extends readonly unknown[] ? Declared<T> : T extends object ? { readonly [K in keyof T]?: Declared<T[K]> } : Declared<T>

/** What a provider writes down: only what differs from the standard. */
export type ProviderInput = {
  readonly [S in keyof Settings]?: Declared<Settings[S]> | Section<Settings[S]> | Fact<Section<Settings[S]>>
}

type Section<T> = NonNullable<T> extends infer V ? { readonly [K in keyof V]?: Declared<V[K]> | Part<V[K]> } : never

const isPlain = (value: unknown): value is { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isQuirk(value)

const merge = (base: unknown, own: unknown, name: string): unknown => {
  if (own === undefined) return base
  if (!isPlain(base) || !isPlain(own) || replacedWhole.includes(name)) return own
  const members = new Set([...Object.keys(base), ...Object.keys(own)])
  return Object.fromEntries([...members].map((member) => [member, merge(base[member], own[member], member)]))
}

/**
 * A declaration with a form over it: what a provider says that differs from another one. `null` takes a section, or an
 * endpoint, out; a section that the other lacks begins with the standard.
 */
export const withForm = (base: Declared<Settings>, stated: ProviderInput): Declared<Settings> => {
  const form = withoutFacts(stated)
  const sections = Object.entries(base as { readonly [section: string]: unknown }).map(([section, theirs]) => {
    const own = form[section as keyof ProviderInput] as unknown
    if (own === undefined) return [section, theirs]
    if (section === 'endpoints') return [section, withoutNulls(merge(theirs, own, section))]
    return [section, merge(theirs ?? (isPlain(own) ? defaults[section as keyof Settings] : theirs), own, section)]
  })
  return madeOf(Object.fromEntries(sections), ...formsOf(base), stated) as Declared<Settings>
}

const withoutNulls = (members: unknown): unknown =>
  isPlain(members) ? Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null)) : members

/** The whole declaration: the standard with a provider's form over it. */
export const withDefaults = (stated: ProviderInput): Declared<Settings> => {
  const form = withoutFacts(stated)
  const sections = Object.entries(defaults).map(([section, base]) => {
    const own = form[section as keyof ProviderInput]
    if (own === undefined && optionalSections.includes(section as keyof Settings)) return [section, null]
    return [section, ['endpoints', 'scopes', 'dialect'].includes(section) && own !== undefined ? own : merge(base, own, section)]
  })
  return madeOf(Object.fromEntries(sections), stated) as Declared<Settings>
}
