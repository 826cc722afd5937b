/** A server of the specifications: OAuth 2.1 and OpenID Connect with every optional part, and nothing else. */

import { defineProvider } from '../../provider/define.js'
import { jwt, opaque } from '../../provider/formats.js'
import { documented, inferred, quirk } from '../../provider/quirk.js'
import { endpoints } from './endpoints.js'
import { errorMessages } from './errorMessages.js'
import {
  commas,
  exactPorts,
  grantTypeLeftOut,
  otherHeader,
  partialConsent,
  refreshExpiry,
  refreshing,
  replyFormats,
  saysOk,
  signedCallbacks,
  subPaths,
  tenTokens,
} from './habits.js'

const left = inferred('the specifications leave it to the server')

export const plain = defineProvider({
  id: 'plain',
  name: 'Plain OAuth',
  docs: 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1',
  settings: {
    issuer: '{base}',
    endpoints,
    scopes: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'read', 'write'],
    authorize: {
      prompts: ['none', 'login', 'consent', 'select_account'],
      adds: { iss: '{issuer}' },
      addsToErrors: { iss: '{issuer}' },
      cookie: '_session',
      responseModes: ['query', 'fragment', 'form_post'],
      partialConsent,
      signs: signedCallbacks,
    },
    pkce: {
      required: quirk('pkce-for-all', documented('OAuth 2.1, section 4.1.1: all clients but those that have other means'), {
        provider: true,
        standard: false,
        optIn: true,
        description: 'An authorization request without code_challenge is refused, whichever client sends it',
      }),
      requiredWithoutSecret: true,
      withoutMethod: 'refused',
    },
    code: { lifetime: 60, replayEnds: 'grant', redirectUriRequired: false },
    token: {
      grants: {
        client_credentials: true,
        'urn:ietf:params:oauth:grant-type:jwt-bearer': true,
        'urn:ietf:params:oauth:grant-type:device_code': true,
        'urn:ietf:params:oauth:grant-type:token-exchange': true,
      },
      reply: {
        access_token: '{access_token}',
        token_type: '{token_type}',
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        refresh_token_expires_in: refreshExpiry,
        scope: '{scope}',
        id_token: '{id_token}',
      },
      grantTypeRequired: grantTypeLeftOut,
      formats: replyFormats,
      scopeSeparator: commas,
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
    },
    client: {
      takes: { basic: true, body: true },
      idBesideBasic: 'must-equal',
      redirectUris: {
        loopbackPorts: exactPorts,
        paths: subPaths,
      },
    },
    access: {
      format: quirk('opaque-access-tokens', documented('RFC 6749, section 1.4: tokens are usually opaque to the client'), {
        provider: opaque('{url43}'),
        standard: jwt(
          '{url22}',
          { typ: 'at+jwt', alg: 'RS256', kid: '{kid}' },
          {
            iss: '{issuer}',
            sub: '{subject}',
            aud: '{audience}',
            client_id: '{client}',
            exp: '{expires}',
            iat: '{issued}',
            jti: '{id}',
            scope: '{scope}',
            auth_time: '{auth_time}',
            acr: '{acr}',
            cnf: '{cnf}',
            act: '{act}',
          },
        ),
        optIn: true,
        description: 'Access tokens are opaque; otherwise they are JWTs as RFC 9068 has them',
      }),
      heldPerUser: tenTokens,
      endsOnRefresh: quirk('refresh-ends-access-token', left, {
        provider: true,
        standard: false,
        optIn: true,
        description: 'A refresh ends the access token that came before it',
      }),
    },
    refresh: refreshing,
    idToken: {
      format: jwt(
        '{url22}',
        { alg: 'RS256', kid: '{kid}', typ: 'JWT' },
        {
          iss: '{issuer}',
          sub: '{user.id}',
          aud: '{client}',
          exp: '{expires}',
          iat: '{issued}',
          auth_time: '{auth_time}',
          nonce: '{nonce}',
          acr: '{acr}',
          amr: '{amr}',
          sid: '{sid}',
        },
      ),
    },
    assertion: { signedByClients: true },
    revoke: {
      answer: saysOk,
    },
    resource: {
      header: otherHeader,
    },
    // The metadata and what a page fetches itself may be read from anywhere; where it sends the browser, it does not fetch.
    cors: { open: ['metadata', 'jwks', 'token', 'userinfo', 'revoke', 'par', 'device-authorization', 'client-registration', 'resource'] },
    signing: { algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
    dialect: errorMessages,
    discovery: {},
    openid: {},
    par: {
      required: quirk('pushed-requests-only', documented('RFC 9126, section 5, require_pushed_authorization_requests'), {
        provider: true,
        standard: false,
        optIn: true,
        description: 'An authorization request that was not pushed is refused',
      }),
    },
    requestObjects: {
      required: quirk('signed-requests-only', documented('RFC 9101, section 10.5, require_signed_request_object'), {
        provider: true,
        standard: false,
        optIn: true,
        description: 'An authorization request that is not a signed request object is refused',
      }),
    },
    clientAssertions: {},
    device: {},
    exchange: {},
    introspection: {},
    dynamicRegistration: {
      scope: quirk('registration-needs-a-token', documented('RFC 7591, section 3: an initial access token'), {
        provider: 'write',
        standard: null,
        optIn: true,
        description: 'Only who holds an access token with the scope write may register a client',
      }),
    },
    resourceIndicators: {
      required: quirk('mcp', documented('Model Context Protocol 2025-06-18, Authorization, "Resource Parameter Implementation"'), {
        provider: true,
        standard: false,
        optIn: true,
        description: 'As at the server of an MCP server: every authorization and token request names its resource',
      }),
    },
    protectedResource: {},
    dpop: {
      required: quirk('dpop-only', documented('RFC 9449, section 5.2, dpop_bound_access_tokens'), {
        provider: true,
        standard: false,
        optIn: true,
        description: 'A token request without a DPoP proof is refused',
      }),
      nonce: quirk('dpop-nonces', documented('RFC 9449, sections 8 and 9'), {
        provider: 'required',
        standard: 'not-asked',
        optIn: true,
        description: 'DPoP proofs must carry a nonce of the server, which an error tells',
      }),
    },
    logout: {},
  },
})
