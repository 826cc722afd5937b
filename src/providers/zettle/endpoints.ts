/** The endpoints of Zettle (iZettle, PayPal). */

import { plainErrors } from './errorMessages.js'

const host = 'oauth.zettle.com'
const formerHosts = ['oauth.izettle.com']

export const endpoints = {
  authorize: { operation: 'authorize', methods: ['GET'], path: '/authorize', host, alsoHosts: formerHosts },
  token: { operation: 'token', methods: ['POST'], path: '/token', host, alsoHosts: formerHosts },
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
  balance: {
    operation: 'resource',
    methods: ['GET'],
    path: '/v2/accounts/liquid/balance',
    host: 'finance.izettle.com',
    scope: 'READ:FINANCE',
    answer: { status: 200, body: { totalBalance: 0, currencyId: 'SEK' } },
    wording: plainErrors,
  },
} as const
