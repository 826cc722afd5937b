/** The parts of OAuth and OpenID Connect that a server may leave out: the plain server has them all. */

import { quirk } from '../../provider/quirk.js'
import { documented } from '../../provider/source.js'

export const extensions = {
  discovery: documented('RFC 8414, section 2', 'Authorization servers can have metadata describing their configuration.', {}),
  openid: documented('OpenID Connect Core 1.0, section 2', 'contains Claims about the Authentication of an End-User', {}),
  par: {
    required: quirk('pushed-requests-only', documented('RFC 9126, section 5', 'require_pushed_authorization_requests'), {
      provider: true,
      standard: false,
      optIn: true,
      description: 'An authorization request that was not pushed is refused',
    }),
  },
  requestObjects: {
    required: quirk('signed-requests-only', documented('RFC 9101, section 10.5', 'require_signed_request_object'), {
      provider: true,
      standard: false,
      optIn: true,
      description: 'An authorization request that is not a signed request object is refused',
    }),
  },
  clientAssertions: documented('RFC 7523, section 2.2', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', {}),
  device: documented('RFC 8628, section 3.1', 'device authorization endpoint', {}),
  exchange: documented('RFC 8693, section 2.1', 'urn:ietf:params:oauth:grant-type:token-exchange', {}),
  introspection: documented('RFC 7662, section 2', 'The introspection endpoint is an OAuth 2.0 endpoint', {}),
  dynamicRegistration: {
    scope: quirk('registration-needs-a-token', documented('RFC 7591, section 3', 'initial access token'), {
      provider: 'write',
      standard: null,
      optIn: true,
      description: 'Only who holds an access token with the scope write may register a client',
    }),
  },
  resourceIndicators: {
    required: quirk(
      'mcp',
      documented('Model Context Protocol 2025-06-18, Authorization', 'MCP clients MUST implement Resource Indicators for OAuth 2.0'),
      {
        provider: true,
        standard: false,
        optIn: true,
        description: 'As at the server of an MCP server: every authorization and token request names its resource',
      },
    ),
  },
  protectedResource: documented('RFC 9728, section 3', 'Protected resources supporting metadata MUST make a JSON document', {}),
  dpop: {
    required: quirk('dpop-only', documented('RFC 9449, section 5.2', 'dpop_bound_access_tokens'), {
      provider: true,
      standard: false,
      optIn: true,
      description: 'A token request without a DPoP proof is refused',
    }),
    nonce: quirk('dpop-nonces', documented('RFC 9449, sections 8 and 9', 'use_dpop_nonce'), {
      provider: 'required',
      standard: 'not-asked',
      optIn: true,
      description: 'DPoP proofs must carry a nonce of the server, which an error tells',
    }),
  },
  logout: documented('OpenID Connect RP-Initiated Logout 1.0, section 2', 'post_logout_redirect_uri', {}),
} as const
