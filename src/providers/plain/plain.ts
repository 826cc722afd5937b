/** A server of the specifications: OAuth 2.1 and OpenID Connect with every optional part, and nothing else. */

import { defineProvider } from '../../provider/define.js'
import { quirk } from '../../provider/quirk.js'
import { documented, inferred } from '../../provider/source.js'
import { endpoints } from './endpoints.js'
import { errorMessages } from './errorMessages.js'
import { extensions } from './extensions.js'
import {
  commas,
  exactPorts,
  grantTypeLeftOut,
  otherHeader,
  partialConsent,
  refreshExpiry,
  replyFormats,
  saysOk,
  signedCallbacks,
  subPaths,
  tenTokens,
} from './habits.js'
import { access, idToken, refresh } from './tokens.js'

const leaves = 'the specifications leave it to the server'

export const plain = defineProvider({
  id: 'plain',
  name: 'Plain OAuth',
  docs: 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1',
  settings: {
    issuer: inferred('RFC 8414, section 2; it is served here', '{base}'),
    endpoints,
    scopes: inferred('OpenID Connect Core 1.0, sections 5.4 and 11; read and write are made up', [
      'openid',
      'profile',
      'email',
      'address',
      'phone',
      'offline_access',
      'read',
      'write',
    ]),
    authorize: {
      prompts: documented(
        'OpenID Connect Core 1.0, section 3.1.2.1',
        'The Authorization Server SHOULD prompt the End-User for reauthentication',
        ['none', 'login', 'consent', 'select_account'],
      ),
      adds: documented('RFC 9207, section 2', 'MUST indicate its identity by including the iss parameter', { iss: '{issuer}' }),
      addsToErrors: documented('RFC 9207, section 2', 'In authorization responses to the client, including error responses', {
        iss: '{issuer}',
      }),
      cookie: inferred(leaves, '_session'),
      responseModes: documented(
        'OAuth 2.0 Form Post Response Mode, section 2',
        'Authorization Response parameters are encoded as HTML form values',
        ['query', 'fragment', 'form_post'],
      ),
      partialConsent,
      signs: signedCallbacks,
    },
    pkce: {
      required: quirk(
        'pkce-for-all',
        documented('OAuth 2.1, section 4.1.1', 'authorization servers MUST enforce their use except under the conditions'),
        {
          provider: true,
          standard: false,
          optIn: true,
          description: 'An authorization request without code_challenge is refused, whichever client sends it',
        },
      ),
      requiredWithoutSecret: documented('RFC 9700, section 2.1.1', 'Public clients MUST use PKCE', true),
      withoutMethod: documented(
        'RFC 7636, section 4.4.1; plain, the default, is not offered',
        'transform algorithm not supported',
        'refused',
      ),
    },
    code: {
      lifetime: inferred('RFC 6749, section 4.1.2, which asks for ten minutes at most', 60),
      replayEnds: documented('RFC 6749, section 4.1.2', 'SHOULD revoke (when possible) all tokens previously issued based on', 'grant'),
    },
    token: {
      grants: {
        client_credentials: documented('RFC 6749, section 4.4', 'MUST only be used by confidential clients', true),
        'urn:ietf:params:oauth:grant-type:jwt-bearer': documented(
          'RFC 7523, section 2.1',
          'urn:ietf:params:oauth:grant-type:jwt-bearer',
          true,
        ),
        'urn:ietf:params:oauth:grant-type:device_code': documented(
          'RFC 8628, section 3.4',
          'urn:ietf:params:oauth:grant-type:device_code',
          true,
        ),
        'urn:ietf:params:oauth:grant-type:token-exchange': documented(
          'RFC 8693, section 2.1',
          'urn:ietf:params:oauth:grant-type:token-exchange',
          true,
        ),
      },
      reply: documented('RFC 9449, section 5; OpenID Connect Core 1.0, section 3.1.3.3', 'id_token', {
        access_token: '{access_token}',
        token_type: '{token_type}',
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        refresh_token_expires_in: refreshExpiry,
        scope: '{scope}',
        id_token: '{id_token}',
      }),
      headers: documented('RFC 6749, section 5.1', 'with a value of "no-cache"', { 'cache-control': 'no-store', pragma: 'no-cache' }),
      grantTypeRequired: grantTypeLeftOut,
      formats: replyFormats,
      scopeSeparator: commas,
    },
    client: {
      redirectUris: { loopbackPorts: exactPorts, paths: subPaths },
      takes: { body: documented('RFC 6749, section 2.3.1', 'Including the client credentials in the request-body', true) },
    },
    access: { ...access, heldPerUser: tenTokens },
    refresh,
    idToken,
    assertion: { signedByClients: documented('RFC 7523, section 3', 'The JWT MUST contain an "iss" (issuer) claim', true) },
    revoke: documented('RFC 7009, section 2.1', 'The client requests the revocation of a particular token', { answer: saysOk }),
    resource: { header: otherHeader },
    cors: {
      // What a page fetches itself may be read from anywhere; where it sends the browser, it does not fetch.
      open: documented('RFC 9700, section 2.6', 'MAY support the use of Cross-Origin Resource Sharing (CORS)', [
        'metadata',
        'jwks',
        'token',
        'userinfo',
        'revoke',
        'par',
        'device-authorization',
        'client-registration',
        'resource',
      ]),
    },
    signing: {
      algorithms: documented('RFC 7518, section 3.1; RFC 8037, section 3.1', 'RSASSA-PKCS1-v1_5 using SHA-256', [
        'RS256',
        'PS256',
        'ES256',
        'EdDSA',
      ]),
    },
    dialect: errorMessages,
    ...extensions,
  },
})
