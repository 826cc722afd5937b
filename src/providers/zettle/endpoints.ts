/** The endpoints of Zettle (iZettle, PayPal). */

import { documented, inferred } from '../../provider/source.js'
import { plainErrors } from './errorMessages.js'

const host = 'oauth.zettle.com'
const alsoHosts = documented('public API documentation before the rebranding', 'https://oauth.izettle.com', ['oauth.izettle.com'])

export const endpoints = {
  authorize: documented('OAuth API, Authorization Request', '{{URL}}/authorize?response_type=code&client_id=', {
    operation: 'authorize',
    methods: ['GET'],
    path: '/authorize',
    host,
    alsoHosts,
  }),
  token: documented('OAuth API, Using Assertions', "'https://oauth.zettle.com/token'", {
    operation: 'token',
    methods: ['POST'],
    path: '/token',
    host,
    alsoHosts,
  }),
  userinfo: documented('OAuth API, GET users/self', 'GET users/self', {
    operation: 'userinfo',
    methods: ['GET'],
    path: '/users/self',
    host,
    answer: documented('OAuth API, GET users/self', '"organizationUuid": "ab305d54-75b4-431b-adb2-eb6b9e546013"', {
      status: 200,
      body: { uuid: '{user.id}', organizationUuid: '{user.organizationUuid}' },
    }),
  }),
  formerUserinfo: documented('changelog of the public API documentation, January 2022', '/users/me', {
    operation: 'moved',
    methods: ['GET'],
    path: '/users/me',
    host,
    answer: inferred('the changelog says redirected, and no status', { status: 302, headers: { location: '{base}/users/self' } }),
  }),
  disconnect: documented('OAuth API, DELETE /application-connections/self', 'DELETE /application-connections/self', {
    operation: 'disconnect',
    methods: ['DELETE'],
    path: '/application-connections/self',
    host,
  }),
  apiKeys: documented('OAuth API, assertion grant', 'https://my.zettle.com/apps/api-keys?name=<key-name>&scopes=<scopes>', {
    operation: 'portal',
    methods: ['GET', 'POST'],
    path: '/apps/api-keys',
    host: 'my.zettle.com',
    portal: 'api-key',
  }),
  purchases: documented('API reference of purchases', 'https://purchase.izettle.com/purchases/v2', {
    operation: 'resource',
    methods: ['GET'],
    path: '/purchases/v2',
    host: 'purchase.izettle.com',
    scope: 'READ:PURCHASE',
    answer: inferred('an account without purchases; only the members were taken over', {
      status: 200,
      body: { purchases: [], linkUrls: [] },
    }),
  }),
  balance: documented('API reference of the finance service', 'https://finance.izettle.com/v2/accounts/liquid/balance', {
    operation: 'resource',
    methods: ['GET'],
    path: '/v2/accounts/liquid/balance',
    host: 'finance.izettle.com',
    scope: 'READ:FINANCE',
    answer: inferred('an account without money; only the members were taken over', {
      status: 200,
      body: { totalBalance: 0, currencyId: 'SEK' },
    }),
    wording: plainErrors,
  }),
} as const
