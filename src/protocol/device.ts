/** The device authorization grant (RFC 8628): two codes, a page for the person, and a device that polls. */

import { authorized, resourcesOf } from './authorized.js'
import type { Authenticated } from './client.js'
import { authenticate, mayUse } from './client.js'
import { allowsNothing, consented } from './consent.js'
import type { Answered, DecisionContext, Outcome, Refused, Request } from './context.js'
import { refused } from './context.js'
import { tokenProof } from './dpop.js'
import { mintFormat } from './mintFormat.js'
import { makeIdToken } from './openid.js'
import type { DeviceRequest, Tx } from './records.js'
import { later, wholeSeconds } from './time.js'
import { connectionStatus, makeAccessToken, makeRefreshToken, openConnection, tokenResponse } from './tokens.js'
import { activeUser, firstUser } from './users.js'

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** What a person types may lack the hyphen and be in lower case (RFC 8628 §6.1). */
const normal = (userCode: string): string => userCode.toUpperCase().replace(/[^A-Z0-9]/g, '')

const devicePage = ({ settings, base }: DecisionContext): string => {
  const page = Object.values(settings.endpoints).find(({ operation }) => operation === 'device')
  return `${base}${page?.path ?? '/device'}`
}

const scopeFor = ({ settings }: DecisionContext, auth: Authenticated, sent: string | undefined): string | Refused => {
  if (!sent) return auth.client.scope.join(' ')
  const scopes = sent.split(' ').filter((one) => one !== '')
  const unknown = scopes.find((one) => !settings.scopes.includes(one))
  if (unknown !== undefined) return refused('scope_unknown', { scope: unknown })
  const foreign = scopes.find((one) => !auth.client.scope.includes(one))
  return foreign === undefined ? scopes.join(' ') : refused('scope_not_allowed', { scope: foreign })
}

export const decideDeviceAuthorization = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const { device } = context.settings
  if (!device) return refused('not_found', { path: request.path })
  const auth = authenticate(context, tx, request, false)
  if (auth.kind === 'refused') return auth
  const trace = { client: auth.client.id, settingPaths: ['device.lifetime', 'device.interval', 'device.userCode'] }
  if (!mayUse(auth.client, deviceGrant)) return refused('grant_type_not_allowed', { grant: deviceGrant }, trace)
  const scope = scopeFor(context, auth, request.params.get('scope'))
  if (typeof scope === 'object') return { ...scope, trace }
  const resources = resourcesOf(context, request)
  if ('kind' in resources) return resources
  const [code, userCode] = [mintFormat(context, device.deviceCode), mintFormat(context, device.userCode)]
  const expires = later(context.now, device.lifetime)
  const until = expires + context.settings.access.remembered
  tx.put('device', code, {
    client: auth.client.id,
    scope,
    userCode,
    expires,
    interval: device.interval,
    until,
    ...authorized({ resources }),
  })
  tx.put('userCode', normal(userCode), { device: code, until })
  const page = devicePage(context)
  return {
    kind: 'answered',
    status: 200,
    template: {
      device_code: '{device_code}',
      user_code: '{user_code}',
      verification_uri: '{page}',
      verification_uri_complete: '{complete}',
      expires_in: '{expires_in}',
      interval: '{interval}',
    },
    headers: { 'cache-control': 'no-store' },
    facts: {
      device_code: code,
      user_code: userCode,
      page,
      complete: `${page}?user_code=${encodeURIComponent(userCode)}`,
      expires_in: device.lifetime,
      interval: device.interval,
    },
    trace,
  }
}

/** The request behind what the person typed, as long as it waits. */
const waiting = (context: DecisionContext, tx: Tx, userCode: string): readonly [string, DeviceRequest] | undefined => {
  const code = tx.get('userCode', normal(userCode))?.device
  const found = code === undefined ? undefined : tx.get('device', code)
  return code !== undefined && found && found.decided === undefined && found.expires > context.now ? [code, found] : undefined
}

const scopesOf = ({ scope }: DeviceRequest): readonly string[] => scope.split(' ').filter((one) => one !== '')

/** What the person decided is remembered for the device; a decision is made once. */
const settleRequest = (
  context: DecisionContext,
  tx: Tx,
  request: Request,
  code: string,
  found: DeviceRequest,
  user: string | undefined,
): Outcome => {
  const { openid } = context.settings
  const scope = consented(context, request, scopesOf(found)).join(' ')
  const more =
    openid && user !== undefined ? authorized({ ...found.more, authTime: wholeSeconds(context.now), acr: openid.acrValues[0] }) : {}
  const decided = user === undefined ? 'denied' : 'approved'
  tx.put('device', code, { ...found, ...more, scope, decided, ...(user === undefined ? {} : { user }) })
  const trace = { client: found.client, ...(user === undefined ? {} : { user }) }
  return { kind: 'asked', what: 'device-done', client: found.client, scope: [], problem: decided, trace }
}

/** The verification page (RFC 8628 §3.3): the code is typed in, or comes with the address. */
export const decideDevice = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  if (!context.settings.device) return refused('not_found', { path: request.path })
  const typed = request.params.get('user_code')
  const page = { kind: 'asked', client: '', scope: [], trace: {} } as const
  if (typed === undefined) return { ...page, what: 'device' }
  const found = waiting(context, tx, typed)
  if (!found) return { ...page, what: 'device', userCode: typed, problem: 'No device waits with this code.' }
  const [code, asked] = found
  const { approval } = context
  const settle = (user?: string): Outcome => settleRequest(context, tx, request, code, asked, user)
  if ('deny' in approval || 'error' in approval) return settle()
  const shown = { ...page, client: asked.client, scope: scopesOf(asked), userCode: asked.userCode, trace: { client: asked.client } }
  if ('ask' in approval) {
    const session = request.session === undefined ? undefined : tx.get('session', request.session)
    const user = session && activeUser(tx, session.user)
    if (!session || !user) return { ...shown, what: 'login' }
    if (request.choice === 'deny' || allowsNothing(request, scopesOf(asked))) return settle()
    if (request.choice === 'approve') return settle(user.id)
    return { ...shown, what: 'device-consent', user: user.id, proof: session.proof }
  }
  const user = approval.as === undefined ? firstUser(context, tx) : activeUser(tx, approval.as)
  return user ? settle(user.id) : refused('login_required')
}

const objection = (context: DecisionContext, auth: Authenticated, found: DeviceRequest | undefined) => {
  if (!found) return 'device_code_unknown'
  if (found.client !== auth.client.id) return 'device_code_of_another_client'
  if (found.ended !== undefined) return 'device_code_used'
  if (found.decided === 'denied') return 'device_code_denied'
  return found.expires <= context.now ? 'device_code_expired' : undefined
}

/** A poll of the device at the token endpoint (RFC 8628 §3.4, §3.5). */
export const decideDeviceCode = (context: DecisionContext, tx: Tx, request: Request, auth: Authenticated): Answered | Refused => {
  const { device } = context.settings
  const code = request.params.get('device_code')
  if (!code)
    return refused('parameter_missing', { parameter: 'device_code', parameters: "'device_code'", s: '' }, { client: auth.client.id })
  const found = tx.get('device', code)
  const trace = { client: auth.client.id, settingPaths: ['device.interval', 'device.slowDown', 'device.lifetime'] }
  const against = objection(context, auth, found)
  if (against !== undefined || !found) return refused(against ?? 'device_code_unknown', {}, trace)
  if (found.decided === undefined) {
    const early = found.polled !== undefined && context.now - found.polled < found.interval
    tx.put('device', code, { ...found, polled: context.now, interval: found.interval + (early ? (device?.slowDown ?? 0) : 0) })
    return refused(early ? 'device_code_too_early' : 'device_code_pending', {}, trace)
  }
  const binding = tokenProof(context, tx, request)
  if (typeof binding === 'object') return binding
  const user = tx.get('user', found.user ?? '')
  const kept = { client: auth.client, user, scope: found.scope, ...openConnection(context, tx, auth.client.id, found.user ?? '') }
  const alive = connectionStatus(tx, { ...kept, user: found.user ?? '' })
  if (alive !== 'yes') return refused(alive, {}, trace)
  const grant = { ...kept, ...authorized({ ...found.more, jkt: binding }) }
  const renewable = { ...kept, ...authorized({ ...found.more, jkt: auth.by === 'none' ? binding : undefined }) }
  const { given } = context.settings.refresh
  const offline = context.settings.authorize?.offline?.scope
  const renews =
    mayUse(auth.client, 'refresh_token') &&
    (given === 'always' || (given === 'with-offline-scope' && offline !== undefined && found.scope.split(' ').includes(offline)))
  const refresh = renews ? makeRefreshToken(context, tx, renewable, code, auth.by === 'none' ? { public: true } : {}) : undefined
  if (refresh && 'kind' in refresh) return refresh
  tx.put('device', code, { ...found, ended: 'used' })
  const access = makeAccessToken(context, tx, grant, refresh?.issued.id ?? code)
  const identity = makeIdToken(context, grant, undefined)
  return tokenResponse(context, grant, [access, ...(refresh ? [refresh.issued] : []), ...(identity ? [identity] : [])], trace)
}
