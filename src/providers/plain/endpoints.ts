/** The endpoints of the plain server. */

import { resourceErrors } from './errorMessages.js'

const host = 'plain.localhost'
const get = ['GET'] as const
const post = ['POST'] as const

const owner = { sub: '{subject}', client_id: '{client}', scope: '{scope}', aud: '{audience}', acr: '{acr}' }

export const endpoints = {
  authorize: { operation: 'authorize', methods: ['GET', 'POST'], path: '/authorize', host },
  token: { operation: 'token', methods: post, path: '/token', host },
  userinfo: { operation: 'userinfo', methods: ['GET', 'POST'], path: '/userinfo', host, scope: 'openid' },
  introspect: { operation: 'introspect', methods: post, path: '/introspect', host },
  revoke: { operation: 'revoke', methods: post, path: '/revoke', host },
  par: { operation: 'par', methods: post, path: '/par', host },
  deviceAuthorization: { operation: 'device-authorization', methods: post, path: '/device_authorization', host },
  device: { operation: 'device', methods: ['GET', 'POST'], path: '/device', host },
  register: { operation: 'client-registration', methods: ['POST', 'GET', 'PUT', 'DELETE'], path: '/register', host },
  jwks: { operation: 'jwks', methods: get, path: '/jwks', host },
  logout: { operation: 'end-session', methods: ['GET', 'POST'], path: '/logout', host },
  metadata: {
    operation: 'metadata',
    methods: get,
    path: '/.well-known/oauth-authorization-server',
    host,
    document: 'authorization-server',
  },
  openidMetadata: {
    operation: 'metadata',
    methods: get,
    path: '/.well-known/openid-configuration',
    host,
    document: 'authorization-server',
  },
  resourceMetadata: {
    operation: 'metadata',
    methods: get,
    path: '/.well-known/oauth-protected-resource/resource',
    host,
    document: 'protected-resource',
    describes: '/resource',
  },
  mcpMetadata: {
    operation: 'metadata',
    methods: get,
    path: '/.well-known/oauth-protected-resource/mcp',
    host,
    document: 'protected-resource',
    describes: '/mcp',
  },
  resource: {
    operation: 'resource',
    methods: ['GET', 'POST'],
    path: '/resource',
    host,
    audience: '{base}/resource',
    answer: { status: 200, body: owner },
    wording: resourceErrors,
  },
  mcp: {
    operation: 'resource',
    methods: ['GET', 'POST'],
    path: '/mcp',
    host,
    audience: '{base}/mcp',
    answer: { status: 200, body: owner },
    wording: resourceErrors,
  },
  stepUp: {
    operation: 'resource',
    methods: get,
    path: '/step_up',
    host,
    scope: 'write',
    stepUp: { acrValues: ['urn:authdouble:mfa'], maxAge: 300 },
    answer: { status: 200, body: owner },
  },
} as const
