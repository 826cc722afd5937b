/** What a plain server does in the parts that it may leave out, by their specifications. */

import { opaque } from './formats.js'
import type { Settings } from './settings.js'

type Extension =
  | 'discovery'
  | 'openid'
  | 'par'
  | 'requestObjects'
  | 'clientAssertions'
  | 'device'
  | 'exchange'
  | 'introspection'
  | 'dynamicRegistration'
  | 'resourceIndicators'
  | 'protectedResource'
  | 'dpop'
  | 'logout'

const signatures = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const

/** Claims that stand in a user's profile under their own names. */
const named = (...claims: readonly string[]): { readonly [claim: string]: string } =>
  Object.fromEntries(claims.map((claim) => [claim, `{user.${claim}}`]))

export const extensionDefaults: { readonly [S in Extension]: NonNullable<Settings[S]> } = {
  discovery: { adds: {} },
  openid: {
    claims: {
      profile: { name: '{user.name}', ...named('given_name', 'family_name', 'preferred_username', 'picture', 'locale', 'updated_at') },
      email: { email: '{user.email}', email_verified: '{user.email_verified}' },
      address: named('address'),
      phone: named('phone_number', 'phone_number_verified'),
    },
    claimsParameter: true,
    acrValues: ['urn:authdouble:pwd', 'urn:authdouble:mfa'],
    amr: ['pwd'],
    algorithms: signatures,
  },
  par: { required: false, lifetime: 60, format: opaque('{url43}') },
  requestObjects: { required: false, algorithms: signatures },
  clientAssertions: {
    methods: { private_key_jwt: true, client_secret_jwt: true },
    algorithms: [...signatures, 'HS256'],
    audience: 'issuer-or-endpoint',
  },
  device: { lifetime: 600, interval: 5, slowDown: 5, deviceCode: opaque('{url43}'), userCode: opaque('{letters4}-{letters4}') },
  exchange: {
    delegation: true,
    issues: ['urn:ietf:params:oauth:token-type:access_token', 'urn:ietf:params:oauth:token-type:jwt'],
  },
  introspection: {
    authenticates: true,
    answer: {
      active: true,
      scope: '{scope}',
      client_id: '{client}',
      username: '{user.email}',
      token_type: '{token_type}',
      exp: '{expires}',
      iat: '{issued}',
      sub: '{subject}',
      aud: '{audience}',
      iss: '{issuer}',
      jti: '{id}',
      acr: '{acr}',
      auth_time: '{auth_time}',
      cnf: '{cnf}',
      act: '{act}',
    },
    signed: true,
  },
  dynamicRegistration: { scope: null, management: true, registrationToken: opaque('{url43}'), secretLifetime: null },
  resourceIndicators: { known: null, required: false, audience: '{issuer}' },
  protectedResource: { adds: {} },
  dpop: {
    algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
    required: false,
    nonce: 'not-asked',
    nonceFormat: opaque('{url22}'),
    window: 60,
  },
  logout: { hintRequired: false, backchannel: true, tokenLifetime: 120 },
}
