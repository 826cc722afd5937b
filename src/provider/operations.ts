/** What each operation is: one table, from which parsing, routing, deciding and the control API read. */

import type { Operation, Settings } from './settings.js'

export interface OperationTraits {
  /** The section of the settings without which such an endpoint is not served. */
  readonly section?: keyof Settings
  /**
   * Where parameters are read from. `query-or-form`: the query of a GET, query and form of a POST. `token`: as the token endpoint
   * is told to; `token-or-form`: that, and a form always. `body`: a body of any kind, and no query. `form`: a form alone.
   * `query-and-json`: the query, and a JSON body where the method has one.
   */
  readonly reads: 'query' | 'query-or-form' | 'token' | 'token-or-form' | 'body' | 'form' | 'query-and-json'
  /** Access tokens are looked for in header, query and body (RFC 6750 §2). */
  readonly takesAccessToken?: true
  /** The browser's session is looked up: a person is at the other end. */
  readonly takesSession?: true
  /** What answers: a decision of the protocol by default. `keys`: the published keys. `page`: a portal page. `interaction`: a decision, after the person's choice. */
  readonly answeredBy?: 'keys' | 'page' | 'interaction'
}

export const operationTraits: { readonly [O in Operation]: OperationTraits } = {
  authorize: { section: 'authorize', reads: 'query-or-form', takesSession: true, answeredBy: 'interaction' },
  token: { reads: 'token' },
  revoke: { section: 'revoke', reads: 'token-or-form', takesAccessToken: true },
  disconnect: { reads: 'query', takesAccessToken: true },
  userinfo: { reads: 'query', takesAccessToken: true },
  resource: { reads: 'query', takesAccessToken: true },
  metadata: { reads: 'query' },
  jwks: { reads: 'query', answeredBy: 'keys' },
  'end-session': { reads: 'query-or-form', takesSession: true },
  register: { section: 'register', reads: 'body', takesAccessToken: true },
  portal: { reads: 'query-or-form', answeredBy: 'page' },
  moved: { reads: 'query' },
  introspect: { section: 'introspection', reads: 'form' },
  par: { section: 'par', reads: 'form' },
  'device-authorization': { section: 'device', reads: 'form' },
  device: { section: 'device', reads: 'query-or-form', takesSession: true, answeredBy: 'interaction' },
  'client-registration': { section: 'dynamicRegistration', reads: 'query-and-json', takesAccessToken: true },
}

/** The names of all operations. */
export const operationNames = Object.keys(operationTraits) as readonly Operation[]
