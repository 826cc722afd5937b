/** Zettle (iZettle, PayPal). */

import { defineProvider } from '../provider/define.js'
import { speak } from '../provider/dialect.js'
import { absent, jwt, opaque } from '../provider/formats.js'
import { documented, inferred, observed, quirk, sample } from '../provider/quirk.js'

const claims = { iss: 'iZettle', aud: 'API', exp: '{expires}', iat: '{issued}' }
const user = { userType: 'USER', uuid: '{user.id}', orgUuid: '{user.organizationUuid}', userRole: 'OWNER' }

const expiredChallenge = quirk({
  name: 'expired-token-is-invalid-request',
  is: 'Bearer error="invalid_request", error_description="ACCESS_TOKEN_EXPIRED"',
  otherwise: 'Bearer error="invalid_token", error_description="The access token expired"',
  variants: { 'in-plain-words': 'Bearer error="invalid_request", error_description="The access token has expired"' },
  says: 'An expired or invalid access token is answered 401 with error="invalid_request" and ACCESS_TOKEN_EXPIRED, at some services in plain words',
  source: documented('OAuth API, "Using the access token"'),
})

const host = 'oauth.zettle.com'

export const zettle = defineProvider({
  id: 'zettle',
  name: 'Zettle',
  docs: 'https://developer.zettle.com/docs/api/oauth/overview',
  settings: {
    issuer: 'iZettle',
    endpoints: {
      authorize: { operation: 'authorize', methods: ['GET'], path: '/authorize', host },
      token: { operation: 'token', methods: ['POST'], path: '/token', host, alsoHosts: ['oauth.izettle.com'] },
      userinfo: {
        operation: 'userinfo',
        methods: ['GET'],
        path: '/users/self',
        host,
        answer: { status: 200, body: { uuid: '{user.id}', organizationUuid: '{user.organizationUuid}' } },
      },
      formerUserinfo: {
        operation: 'moved',
        methods: ['GET'],
        path: '/users/me',
        host,
        answer: { status: 302, headers: { location: '{base}/users/self' } },
      },
      disconnect: { operation: 'disconnect', methods: ['DELETE'], path: '/application-connections/self', host },
      apiKeys: { operation: 'portal', methods: ['GET', 'POST'], path: '/apps/api-keys', host: 'my.zettle.com', portal: 'api-key' },
      purchases: {
        operation: 'resource',
        methods: ['GET'],
        path: '/purchases/v2',
        host: 'purchase.izettle.com',
        scope: 'READ:PURCHASE',
        answer: { status: 200, body: { purchases: [], linkUrls: [] } },
      },
    },
    scopes: [
      'READ:FINANCE',
      'READ:PURCHASE',
      'WRITE:PURCHASE',
      'READ:PRODUCT',
      'WRITE:PRODUCT',
      'READ:USERINFO',
      'WRITE:USERINFO',
      'READ:PAYMENT',
      'WRITE:PAYMENT',
      'WRITE:REFUND2',
    ],
    connection: 'per-user',
    authorize: {
      redirectUriRequired: quirk({
        name: 'redirect-uri-may-be-left-out',
        is: false,
        otherwise: true,
        says: 'An authorization request without redirect_uri goes to the registered one',
        source: sample('OAuth API, the approve request'),
      }),
      approves: quirk({
        name: 'approves-in-the-same-url',
        is: { in: 'same-url', parameter: 'action', value: 'authorize' },
        otherwise: { in: 'form' },
        says: 'Approve calls the authorization URL again with action=authorize and the SSO cookie',
        source: documented('OAuth API, "Authorization request"'),
      }),
      cookie: 'iz_sso',
    },
    pkce: {
      withoutMethod: 'S256',
      replacesSecret: quirk({
        name: 'verifier-replaces-secret',
        is: true,
        otherwise: false,
        says: 'An app with PKCE sends code_verifier in place of the client secret',
        source: documented('authorization code grant with PKCE'),
      }),
    },
    code: {
      format: opaque('{hex32}'),
      once: quirk({
        name: 'code-works-once',
        is: true,
        otherwise: false,
        says: 'A code can be redeemed once; off: until it expires, as was seen in 2018',
        source: documented('user guide, "Set up the authorisation code grant"; off: public report of 2018'),
      }),
    },
    token: {
      grants: { 'urn:ietf:params:oauth:grant-type:jwt-bearer': true },
      reply: {
        access_token: '{access_token}',
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        token_type: quirk({
          name: 'no-token-type',
          is: absent,
          otherwise: 'Bearer',
          says: 'The token reply has no token_type',
          source: sample('OAuth API, token response'),
        }),
        scope: quirk({
          name: 'no-scope-in-reply',
          is: absent,
          otherwise: '{scope}',
          says: 'The token reply has no scope',
          source: sample('OAuth API, token response'),
        }),
      },
    },
    client: {
      takes: {
        basic: quirk({
          name: 'also-takes-basic',
          is: true,
          otherwise: false,
          dormant: true,
          says: 'Client credentials in a Basic header are taken too',
          source: inferred('RFC 6749 §2.3.1; the documents show the body only'),
        }),
        body: true,
      },
      both: 'ignored',
      id: opaque('{uuid}'),
      secret: opaque('IZSEC{uuid}'),
    },
    access: {
      format: jwt(
        '{url22}',
        { kid: '{kid}', typ: 'JWT', alg: 'RS256' },
        {
          ...claims,
          jti: '{id}',
          nbf: '{notBefore}',
          sub: '{user.id}',
          scope: quirk({
            name: 'scope-claim-is-an-array',
            is: '{scopes}',
            otherwise: '{scope}',
            dormant: true,
            says: 'The scope claim is an array, as in tokens of 2023; the sample shows a string',
            source: observed('tokens in public repositories'),
          }),
          client_id: '{client}',
          user,
        },
      ),
      lifetime: quirk({
        name: 'access-lives-two-hours',
        is: 7200,
        otherwise: 3600,
        says: 'An access token lives 7200 seconds',
        source: documented('OAuth API, "Refresh an access token"'),
      }),
      notBefore: 120,
    },
    refresh: {
      format: opaque('IZSEC{uuid}'),
      optionalPrefix: quirk({
        name: 'refresh-token-without-prefix',
        is: 'IZSEC',
        otherwise: '',
        says: 'A refresh token is taken with and without its prefix IZSEC',
        source: sample('OAuth API, refresh request beside its response'),
      }),
      lifetime: 15_552_000,
      rotates: quirk({
        name: 'may-rotate-at-any-time',
        is: 'always',
        otherwise: 'never',
        variants: { always: 'always', same: 'never', sometimes: 'sometimes' },
        says: 'A refresh may bring a new refresh token and end the old one; the user guide says it always does, the sample shows the same one',
        source: documented('OAuth API, note on rotation; user guide on the code grant'),
      }),
      returned: 'always',
    },
    assertion: {
      format: jwt(
        '{uuid}',
        { kid: '0', typ: 'JWT', alg: 'RS256' },
        {
          iss: 'iZettle',
          aud: 'API',
          exp: '{expires}',
          sub: '{user.id}',
          iat: '{issued}',
          renewed: false,
          client_id: '{id}',
          type: 'user-assertion',
          user,
          scope: '{scopes}',
        },
      ),
      lifetime: 946_707_776,
      byRegisteredClient: quirk({
        name: 'key-works-for-registered-clients',
        is: true,
        otherwise: false,
        says: "A registered app may use a merchant's API key under its own client_id, to be credited",
        source: documented('OAuth API, assertion grant, tracking'),
      }),
    },
    signing: { kid: opaque('{digits13}') },
    dialect: speak({
      invalid_client: { status: 400, description: 'Invalid client_id' },
      client_secret_wrong: { status: 400, description: 'Invalid client_secret' },
      redirect_uri_unregistered: { error: 'invalid_request', description: 'Parameter redirect_uri contains URI that is not allowed' },
      invalid_grant: { description: 'invalid code' },
      refresh_token_unknown: { description: 'invalid refresh_token' },
      refresh_token_expired: { description: 'invalid refresh_token' },
      refresh_token_revoked: { description: 'invalid refresh_token' },
      refresh_token_evicted: { description: 'invalid refresh_token' },
      refresh_token_of_another_client: { description: 'invalid refresh_token' },
      connection_ended: { description: 'invalid refresh_token' },
      user_removed: { description: 'invalid refresh_token' },
      refresh_token_rotated: {
        error: quirk({
          name: 'bad-refresh-token-is-invalid-request',
          is: 'invalid_request',
          otherwise: 'invalid_grant',
          dormant: true,
          says: 'A bad refresh token is called invalid_request, as it was before December 2020',
          source: observed('change of the public API documentation, 2020-12-09'),
        }),
        description: 'invalid refresh_token',
      },
      verifier_missing: { error: 'invalid_request', description: 'code_verifier cannot be empty' },
      assertion_malformed: { description: 'Invalid assertion JWT' },
      assertion_signature: { description: 'Invalid assertion JWT' },
      assertion_expired: { description: 'Invalid assertion JWT' },
      assertion_unknown: { description: 'Invalid assertion JWT' },
      assertion_revoked: { description: 'Invalid assertion JWT' },
      assertion_of_another_client: { description: 'Invalid assertion JWT' },
      content_type_unsupported: { status: 400, description: 'only form-encoded bodies are read' },
      invalid_token: { challenge: expiredChallenge, body: { developerMessage: '{description}', errorType: 'UNAUTHORIZED' } },
      token_expired: {
        challenge: expiredChallenge,
        body: { meta: { developerMessage: 'Access token expired', errorCode: 'ACCESS_TOKEN_EXPIRED' } },
      },
      scope_insufficient: { body: { developerMessage: 'The access token lacks scope {scope}', errorType: 'FORBIDDEN' } },
      token_key_unknown: {
        status: quirk({
          name: 'unknown-key-is-a-server-error',
          is: 500,
          otherwise: 401,
          says: 'A token signed with a key that was rotated out is answered 500, not 401',
          source: observed('public report of 2018'),
        }),
        challenge: '',
        body: {
          developerMessage: 'KeyNotFoundException: Key {kid} was not found in authorization service',
          errorType: 'INTERNAL_SERVER_ERROR',
        },
      },
      rate_limited: { body: { developerMessage: 'Too many requests', errorType: 'TOO_MANY_REQUESTS' } },
    }),
  },
})
