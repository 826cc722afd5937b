/** The platform's API of vcita inTandem, as far as it hands out and ends what OAuth uses. */

import { documented, inferred } from '../../provider/source.js'
import { platformTokens, stock } from './errorMessages.js'

const apps = "the vendor's API description, apps"

export const revoke = {
  authenticates: documented(platformTokens, 'POST /platform/v1/tokens/revoke', 'with-token'),
  answer: documented(platformTokens, 'revoked_tokens', { status: 201, body: { status: 'OK', data: { revoked_tokens: '{revoked}' } } }),
  unknownIsFine: documented(platformTokens, '{"status":"Error","error":"invalid token"}', false),
} as const

export const register = {
  answer: documented(apps, 'data.client_id', {
    status: 201,
    body: {
      status: 'OK',
      data: {
        client_id: '{client_id}',
        client_secret: '{client_secret}',
        name: '{name}',
        oauth_redirect_uris: '{redirectUris}',
        scopes: '{scopes}',
        trusted: '{trusted}',
      },
    },
  }),
  redirectUris: documented(apps, 'oauth_redirect_uris', 'oauth_redirect_uris'),
  clientName: documented(apps, 'name', 'name'),
  scope: documented(apps, 'scopes', 'scopes'),
  schemes: inferred(stock, 'https-or-loopback'),
} as const
