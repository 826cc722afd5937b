/** The endpoints of the plain server. */

import { inferred } from '../../provider/source.js'
import { resourceErrors } from './errorMessages.js'

const host = 'plain.localhost'
const get = ['GET'] as const
const post = ['POST'] as const

const owner = { sub: '{subject}', client_id: '{client}', scope: '{scope}', aud: '{audience}', acr: '{acr}' }

export const endpoints = {
  authorize: inferred('RFC 6749 §3.1; the path is ours', { operation: 'authorize', methods: ['GET', 'POST'], path: '/authorize', host }),
  token: inferred('RFC 6749 §3.2; the path is ours', { operation: 'token', methods: post, path: '/token', host }),
  userinfo: inferred('OpenID Connect Core 1.0 §5.3; the path is ours', {
    operation: 'userinfo',
    methods: ['GET', 'POST'],
    path: '/userinfo',
    host,
    scope: 'openid',
  }),
  introspect: inferred('RFC 7662 §2; the path is ours', { operation: 'introspect', methods: post, path: '/introspect', host }),
  revoke: inferred('RFC 7009 §2; the path is ours', { operation: 'revoke', methods: post, path: '/revoke', host }),
  par: inferred('RFC 9126 §2; the path is ours', { operation: 'par', methods: post, path: '/par', host }),
  deviceAuthorization: inferred('RFC 8628 §3.1; the path is ours', {
    operation: 'device-authorization',
    methods: post,
    path: '/device_authorization',
    host,
  }),
  device: inferred('RFC 8628 §3.3; the path is ours', { operation: 'device', methods: ['GET', 'POST'], path: '/device', host }),
  register: inferred('RFC 7591 §3; the path is ours', {
    operation: 'client-registration',
    methods: ['POST', 'GET', 'PUT', 'DELETE'],
    path: '/register',
    host,
  }),
  jwks: inferred('RFC 7517 §5; the path is ours', { operation: 'jwks', methods: get, path: '/jwks', host }),
  logout: inferred('OpenID Connect RP-Initiated Logout 1.0 §2; the path is ours', {
    operation: 'end-session',
    methods: ['GET', 'POST'],
    path: '/logout',
    host,
  }),
  metadata: inferred('RFC 8414 §3', {
    operation: 'metadata',
    methods: get,
    path: '/.well-known/oauth-authorization-server',
    host,
    document: 'authorization-server',
  }),
  openidMetadata: inferred('OpenID Connect Discovery 1.0 §4', {
    operation: 'metadata',
    methods: get,
    path: '/.well-known/openid-configuration',
    host,
    document: 'authorization-server',
  }),
  resourceMetadata: inferred('RFC 9728 §3', {
    operation: 'metadata',
    methods: get,
    path: '/.well-known/oauth-protected-resource/resource',
    host,
    document: 'protected-resource',
    describes: '/resource',
  }),
  mcpMetadata: inferred('RFC 9728 §3', {
    operation: 'metadata',
    methods: get,
    path: '/.well-known/oauth-protected-resource/mcp',
    host,
    document: 'protected-resource',
    describes: '/mcp',
  }),
  resource: inferred('RFC 8707 §2; the path is ours', {
    operation: 'resource',
    methods: ['GET', 'POST'],
    path: '/resource',
    host,
    audience: '{base}/resource',
    answer: { status: 200, body: owner },
    wording: resourceErrors,
  }),
  mcp: inferred('RFC 8707 §2; the path is ours', {
    operation: 'resource',
    methods: ['GET', 'POST'],
    path: '/mcp',
    host,
    audience: '{base}/mcp',
    answer: { status: 200, body: owner },
    wording: resourceErrors,
  }),
  stepUp: inferred('RFC 9470 §3; the path is ours', {
    operation: 'resource',
    methods: get,
    path: '/step_up',
    host,
    scope: 'write',
    stepUp: { acrValues: ['urn:authdouble:mfa'], maxAge: 300 },
    answer: { status: 200, body: owner },
  }),
} as const
