/** The endpoints of vcita inTandem. */

import { documented, inferred, observed } from '../../provider/source.js'
import { revokeErrors, userinfoErrors } from './errorMessages.js'

const host = 'api.vcita.biz'
const alsoHosts = observed("the vendor's public Node sample", 'api2.vcita.com', ['api2.vcita.com'])

export const endpoints = {
  authorize: documented('step 2, Authorization URL', 'https://app.vcita.com/app/oauth/authorize?client_id=$CLIENT_ID', {
    operation: 'authorize',
    methods: inferred('the link is opened in a browser, and its consent page posts', ['GET', 'POST']),
    path: '/app/oauth/authorize',
    host: 'app.vcita.com',
  }),
  token: documented('step 3', 'https://api.vcita.biz/oauth/token', {
    operation: 'token',
    methods: ['POST'],
    path: '/oauth/token',
    host,
    alsoHosts,
  }),
  userinfo: documented('step 4', '--url https://api.vcita.biz/oauth/userinfo', {
    operation: 'userinfo',
    methods: ['GET'],
    path: '/oauth/userinfo',
    host,
    alsoHosts,
    answer: documented('API description of the vendor, legacy OAuth', 'brand_host', {
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
    }),
    wording: userinfoErrors,
  }),
  clients: observed("the vendor's public samples; the list is at data.clients", '/platform/v1/clients', {
    operation: 'resource',
    methods: ['GET'],
    path: '/platform/v1/clients',
    host,
    alsoHosts,
    answer: { status: 200, body: { status: 'OK', data: { clients: [] } } },
  }),
  jwks: inferred("its engine's own route; no text of the provider names one", {
    operation: 'jwks',
    methods: ['GET'],
    path: '/oauth/discovery/keys',
    host,
  }),
  revoke: documented('API description of the vendor, platform tokens', '/platform/v1/tokens/revoke', {
    operation: 'revoke',
    methods: ['POST'],
    path: '/platform/v1/tokens/revoke',
    host,
    wording: revokeErrors,
  }),
  register: documented('API description of the vendor, apps', 'POST /platform/v1/apps', {
    operation: 'register',
    methods: ['POST'],
    path: '/platform/v1/apps',
    host,
  }),
} as const
