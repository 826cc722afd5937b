/** Logging out (OpenID Connect RP-Initiated Logout 1.0, Back-Channel Logout 1.0). */

import type { BackchannelLogout, DecisionContext, Outcome, Request } from './context.js'
import { refused } from './context.js'
import type { Client, Tx } from './records.js'
import { isRegistered, withParameters } from './redirect.js'
import { wholeSeconds } from './time.js'

/** A login is remembered for so long: who is to be told of its end. */
const day = 86_400

export const rememberLogin = (context: DecisionContext, tx: Tx, sid: string, user: string, client: string): void => {
  const known = tx.get('login', sid)
  if (known?.clients.includes(client)) return
  tx.put('login', sid, { user, clients: [...(known?.clients ?? []), client], until: context.now + day })
}

const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [])

/** A client that registered none for logging out is sent where it registered for codes, as it was always done here. */
const mayReturn = ({ settings }: DecisionContext, client: Client, to: string): boolean => {
  const registered = client.metadata?.['post_logout_redirect_uris']
  if (registered !== undefined) return strings(registered).includes(to)
  return settings.logout === null || client.registrationToken === undefined ? isRegistered(client, to) : false
}

/** Logout tokens for the clients of a login (Back-Channel Logout 1.0 §2.4). */
const tokensFor = (context: DecisionContext, tx: Tx, sid: string): readonly BackchannelLogout[] => {
  const { logout, settings } = { logout: context.settings.logout, settings: context.settings }
  const login = tx.get('login', sid)
  if (!logout?.backchannel || !login) return []
  tx.delete('login', sid)
  return login.clients.flatMap((id) => {
    const to = tx.get('client', id)?.metadata?.['backchannel_logout_uri']
    if (typeof to !== 'string') return []
    const claims = {
      iss: settings.issuer,
      sub: login.user,
      aud: id,
      iat: wholeSeconds(context.now),
      exp: wholeSeconds(context.now) + logout.tokenLifetime,
      jti: context.mint('{url22}'),
      sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    }
    return [{ to, header: { alg: 'RS256', typ: 'logout+jwt', kid: '{kid}' }, claims }]
  })
}

const audienceOf = (claims: { readonly [claim: string]: unknown } | undefined): string | undefined => {
  const aud = claims?.['aud']
  return typeof aud === 'string' ? aud : strings(aud)[0]
}

/** RP-Initiated Logout 1.0 §2, §3. */
export const decideEndSession = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const { logout } = context.settings
  const { params } = request
  const hint = request.verified?.tokens?.['id_token_hint']
  // An expired ID token is a good hint (§4): only who signed it counts.
  if (logout && hint?.problem !== undefined) return refused('logout_hint_invalid')
  const named = params.get('client_id')
  const about = audienceOf(hint?.claims)
  if (named !== undefined && about !== undefined && named !== about) return refused('logout_hint_invalid')
  const client = tx.get('client', about ?? named ?? '')
  const session = request.session === undefined ? undefined : tx.get('session', request.session)
  const sid = typeof hint?.claims?.['sid'] === 'string' ? hint.claims['sid'] : session?.sid
  if (logout && request.session !== undefined && session) tx.delete('session', request.session)
  const deliver = logout && sid !== undefined ? tokensFor(context, tx, sid) : []
  const told = deliver.length > 0 ? { deliver } : {}
  const to = params.get('post_logout_redirect_uri')
  const state = params.get('state')
  const trace = client ? { client: client.id } : {}
  if (client && to && mayReturn(context, client, to) && !(logout?.hintRequired && !hint)) {
    const back = withParameters(to, state === undefined ? [] : [['state', state]])
    return { kind: 'redirected', status: 303, to: back, trace, ...told }
  }
  if (logout && client && to) return refused('logout_redirect_unregistered', {}, trace)
  return { kind: 'asked', what: 'signed-out', client: client?.id ?? '', scope: [], trace: {}, ...told }
}
