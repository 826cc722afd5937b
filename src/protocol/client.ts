/** Client authentication (RFC 6749 §2.3, §3.2.1). */

import { assertionProblem } from './clientAssertion.js'
import type { ClientJwt, Credentials, DecisionContext, Refused, Request } from './context.js'
import { refused } from './context.js'
import type { Client, ClientMethod, Tx } from './records.js'

export interface Authenticated {
  readonly kind: 'client'
  readonly client: Client
  /** How: `none` is a client identifier alone, which only PKCE or an assertion can back. */
  readonly by: 'basic' | 'body' | 'none' | 'assertion'
}

/** Whether the client registered for a grant. */
export const mayUse = ({ grants }: Client, grant: string): boolean => grants === undefined || grants.includes(grant)

const methods: { readonly [way in Exclude<Authenticated['by'], 'assertion'>]: ClientMethod } = {
  basic: 'client_secret_basic',
  body: 'client_secret_post',
  none: 'none',
}

/** A client that registered one method uses no other (RFC 7591 §2). */
const asRegistered = (auth: Authenticated): Authenticated | Refused => {
  const { method } = auth.client
  if (method === undefined || auth.by === 'assertion' || methods[auth.by] === method) return auth
  return refused('client_method_differs', { method }, { client: auth.client.id })
}

/** Authentication by a JWT of the client's own (RFC 7523 §2.2). */
const byAssertion = (context: DecisionContext, tx: Tx, request: Request, assertion: ClientJwt): Authenticated | Refused => {
  const { credentials } = request
  if (credentials.basic !== 'absent' || credentials.secret !== undefined) return refused('client_credentials_repeated')
  if (assertion.problem === 'malformed') return refused('client_assertion_malformed')
  const client = tx.get('client', assertion.client)
  if (!client) return refused('client_unknown')
  const trace = { client: client.id, settingPaths: ['clientAssertions.methods', 'clientAssertions.audience'] }
  if (credentials.id !== undefined && credentials.id !== client.id) return refused('client_ids_differ', {}, trace)
  const wrong = assertionProblem(context, tx, request, client, assertion)
  return wrong ? refused(wrong[0], wrong[1], trace) : { kind: 'client', client, by: 'assertion' }
}

const same = (left: string, right: string): boolean => left === right && left !== ''

const byUser = ({ settings }: DecisionContext, tx: Tx, user: string): { client: Client; password: string } | undefined => {
  const { basicUser, alsoClientId } = settings.client
  const index = basicUser === 'username' ? tx.get('username', user) : undefined
  const named = index && tx.get('client', index.client)
  if (named) return { client: named, password: named.password ?? named.secret }
  const client = basicUser === 'client-id' || alsoClientId ? tx.get('client', user) : undefined
  return client && { client, password: client.secret }
}

const byBasic = (context: DecisionContext, tx: Tx, { basic, id, secret }: Credentials): Authenticated | Refused => {
  const { both, idBesideBasic } = context.settings.client
  if (basic === 'absent' || basic === 'malformed') return refused('header_malformed')
  if (secret !== undefined && both === 'refused') return refused('client_credentials_repeated')
  if (basic.readings.every(({ password }) => password === '')) return refused('client_secret_empty')
  let known: Client | undefined
  for (const { user, password } of basic.readings) {
    const found = byUser(context, tx, user)
    if (!found) continue
    known = found.client
    if (!same(found.password, password)) continue
    const trace = { client: known.id, settingPaths: ['client.idBesideBasic'] }
    if (id !== undefined && idBesideBasic === 'must-be-absent') return refused('client_ids_differ', {}, trace)
    if (id !== undefined && idBesideBasic === 'must-equal' && id !== known.id && id !== user) return refused('client_ids_differ', {}, trace)
    return { kind: 'client', client: known, by: 'basic' }
  }
  if (basic.undecodable) return refused('client_credentials_undecodable')
  return known ? refused('client_secret_wrong', {}, { client: known.id }) : refused('client_unknown')
}

/** The host at which a code or refresh token is redeemed, where it says one. */
const grantHome = ({ settings }: DecisionContext, tx: Tx, { params }: Request): string | undefined => {
  const refresh = params.get('refresh_token')
  for (const name of Object.keys(settings.code.parameters)) {
    const code = params.get(name)
    if (code !== undefined) return tx.get('code', code)?.home
  }
  return refresh === undefined ? undefined : tx.get('refresh', refresh)?.home
}

/** Authenticates the client; `secretless` names the cases in which an identifier alone will do. */
export const authenticate = (context: DecisionContext, tx: Tx, request: Request, secretless: boolean): Authenticated | Refused => {
  const auth = identified(context, tx, request, secretless)
  if (auth.kind === 'refused' || context.settings.client.hosts === 'any') return auth
  const own = grantHome(context, tx, request)
  // Under another name than its real one, the double is all of these hosts.
  if (own !== undefined && context.base !== `https://${request.host}`) return auth
  const home = own ?? auth.client.host ?? context.settings.endpoints[request.endpoint]?.host
  return request.host === home
    ? auth
    : refused('client_elsewhere', { host: request.host }, { client: auth.client.id, settingPaths: ['client.hosts'] })
}

const identified = (context: DecisionContext, tx: Tx, request: Request, secretless: boolean): Authenticated | Refused => {
  const assertion = request.verified?.clientAssertion
  if (assertion) return byAssertion(context, tx, request, assertion)
  const auth = identify(context, tx, request.credentials, secretless)
  return auth.kind === 'refused' ? auth : asRegistered(auth)
}

const identify = (context: DecisionContext, tx: Tx, credentials: Credentials, secretless: boolean): Authenticated | Refused => {
  const { takes } = context.settings.client
  if (credentials.basic !== 'absent' && takes.basic) return byBasic(context, tx, credentials)
  const misplaced = credentials.basic !== 'absent'
  const { id, secret } = credentials
  if (id === undefined || id === '')
    return refused(misplaced ? 'client_credentials_misplaced' : 'client_credentials_missing', {}, { settingPaths: ['client.takes'] })
  const client = tx.get('client', id)
  if (!client) return refused('client_unknown')
  if (secret === undefined && (secretless || client.method === 'none')) return { kind: 'client', client, by: 'none' }
  if (!takes.body)
    return refused(
      secret === undefined ? 'client_credentials_missing' : 'client_credentials_misplaced',
      {},
      { client: id, settingPaths: ['client.takes.body'] },
    )
  if (secret === undefined) return refused(misplaced ? 'client_credentials_misplaced' : 'client_credentials_missing', {}, { client: id })
  return same(client.secret, secret) ? { kind: 'client', client, by: 'body' } : refused('client_secret_wrong', {}, { client: id })
}
