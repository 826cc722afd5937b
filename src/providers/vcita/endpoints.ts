/** The endpoints of vcita inTandem. */

import { revokeErrors, userinfoErrors } from './errorMessages.js'

const host = 'api.vcita.biz'

export const endpoints = {
  authorize: { operation: 'authorize', methods: ['GET', 'POST'], path: '/app/oauth/authorize', host: 'app.vcita.com' },
  token: { operation: 'token', methods: ['POST'], path: '/oauth/token', host, alsoHosts: ['api2.vcita.com'] },
  userinfo: {
    operation: 'userinfo',
    methods: ['GET'],
    path: '/oauth/userinfo',
    host,
    alsoHosts: ['api2.vcita.com'],
    answer: {
      status: 200,
      body: {
        brand_host: '{user.brand_host}',
        business_id: '{user.business_uid}',
        business_name: '{user.business_name}',
        business_uid: '{user.business_uid}',
        directory_uid: '{user.directory_uid}',
        email: '{user.email}',
        role: 'owner',
        sub: '{user.id}',
        type: 'staff',
      },
    },
    wording: userinfoErrors,
  },
  clients: {
    operation: 'resource',
    methods: ['GET'],
    path: '/platform/v1/clients',
    host,
    alsoHosts: ['api2.vcita.com'],
    answer: { status: 200, body: { status: 'OK', data: { clients: [] } } },
  },
  // Its engine's own route: no text of the provider names one.
  jwks: { operation: 'jwks', methods: ['GET'], path: '/oauth/discovery/keys', host },
  revoke: { operation: 'revoke', methods: ['POST'], path: '/platform/v1/tokens/revoke', host, wording: revokeErrors },
  register: { operation: 'register', methods: ['POST'], path: '/platform/v1/apps', host },
} as const
