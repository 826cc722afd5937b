/** The authorization endpoint (RFC 6749 §4.1.1, §4.1.2): checks in the order in which a server can answer them. */

import type { Reason } from '../provider/dialect.js'
import type { ResponseMode } from '../provider/extensions.js'
import type { AuthorizeSettings } from '../provider/settings.js'
import { authorizationParams, spendPushed } from './authorizationRequest.js'
import { authorized, resourcesOf } from './authorized.js'
import { makeCode } from './code.js'
import { allowsNothing, consented, hasApproved, rememberConsent } from './consent.js'
import type { Asked, DecisionContext, Issued, Outcome, Redirected, Refused, Request } from './context.js'
import { refused } from './context.js'
import type { Facts } from './fill.js'
import { fillText } from './fill.js'
import { rememberLogin } from './logout.js'
import { acrOf, claimsParameter, hintsAtAnother, mustLogIn } from './openid.js'
import { isWellFormed } from './pkce.js'
import type { Authorized, Client, Tx, User } from './records.js'
import { isRegistered, responseTo } from './redirect.js'
import { wholeSeconds } from './time.js'
import { factsOf, holdsRefreshToken } from './tokens.js'
import { activeUser, firstUser } from './users.js'

interface Checked {
  readonly client: Client
  readonly to: string
  readonly state: string | undefined
  /** How the answer goes back; undefined: in the query. */
  readonly mode: ResponseMode | undefined
}

/** Errors before the redirect URI is trusted are never redirected (RFC 6749 §4.1.2.1). */
const trusted = (context: DecisionContext, settings: AuthorizeSettings, tx: Tx, { params }: Request): Checked | Refused => {
  const id = params.get('client_id')
  if (!id) return refused('authorize_client_missing', { parameter: 'client_id', parameters: "'client_id'", s: '' })
  const client = tx.get('client', id)
  if (!client) return refused('authorize_client_unknown', { client_id: id })
  const sent = params.get('redirect_uri')
  const to = sent || (settings.redirectUriRequired ? undefined : client.redirectUris[0])
  const trace = { client: id }
  if (!to) return refused('redirect_uri_missing', { parameter: 'redirect_uri', parameters: "'redirect_uri'", s: '' }, trace)
  if (!isRegistered(client, to, context.settings.client.redirectUris))
    return refused('redirect_uri_unregistered', { redirect_uri: to }, trace)
  const state = params.get('state')
  const mode = settings.responseModes?.find((known) => known === params.get('response_mode'))
  return { client, to, state: state === '' && settings.emptyState === 'dropped' ? undefined : state, mode }
}

interface Scoped {
  readonly scope: readonly string[]
  readonly settingPaths: readonly string[]
}

/** RFC 6749 §3.3: what is asked for, less what the server leaves out. */
const scoped = (
  context: DecisionContext,
  settings: AuthorizeSettings,
  client: Client,
  params: Request['params'],
): Scoped | readonly [Reason, Facts] => {
  const sent = params.get('scope')
  const asked = sent ? sent.split(new RegExp(`[${settings.scopeSeparators}]+`)).filter((scope) => scope !== '') : []
  if (asked.length === 0) {
    if (settings.withoutScope === 'refused') return ['scope_missing', { parameter: 'scope' }]
    return {
      scope: settings.withoutScope === 'none' ? [] : client.scope.filter((scope) => scope !== settings.offline?.scope),
      settingPaths: [],
    }
  }
  const settingPaths: string[] = []
  const scope: string[] = []
  for (const one of new Set(asked)) {
    const known = context.settings.scopes.includes(one)
    const way = !known
      ? settings.unknownScope
      : client.scope.includes(one) || one === context.settings.resource.wholeScope
        ? 'kept'
        : settings.foreignScope
    if (way === 'refused') return [known ? 'scope_not_allowed' : 'scope_unknown', { scope: one }]
    if (way === 'kept') scope.push(one)
  }
  const { offline } = settings
  if (offline && scope.includes(offline.scope) && !(params.get('prompt') ?? '').split(' ').includes(offline.prompt)) {
    if (offline.otherwise === 'refused') return ['offline_without_consent', { scope: offline.scope }]
    settingPaths.push('authorize.offline.otherwise')
    return { scope: scope.filter((one) => one !== offline.scope), settingPaths }
  }
  return { scope, settingPaths }
}

const challengeProblem = ({ settings: { pkce } }: DecisionContext, client: Client, params: Request['params']): Reason | undefined => {
  const needed = pkce?.required || (pkce?.requiredWithoutSecret && client.method === 'none')
  const challenge = params.get('code_challenge')
  const method = params.get('code_challenge_method')
  if (!pkce) return undefined
  if (!challenge) return method || needed ? 'challenge_missing' : undefined
  if (!method && pkce.withoutMethod === 'refused') return 'challenge_method_unsupported'
  if (!pkce.methods.some((known) => known === (method ?? pkce.withoutMethod))) return 'challenge_method_unsupported'
  return isWellFormed(challenge) ? undefined : 'challenge_malformed'
}

const promptProblem = ({ prompts }: AuthorizeSettings, sent: string | undefined): Reason | undefined => {
  if (prompts === null || !sent) return undefined
  const asked = sent.split(' ')
  if (!asked.every((prompt) => prompts.includes(prompt))) return 'prompt_unsupported'
  return asked.includes('none') && asked.length > 1 ? 'prompt_none_mixed' : undefined
}

const problem = (
  context: DecisionContext,
  settings: AuthorizeSettings,
  client: Client,
  { params }: Request,
): readonly [Reason, Facts] | undefined => {
  const type = params.get('response_type')
  if (!type && settings.responseTypeRequired)
    return ['response_type_missing', { parameter: 'response_type', parameters: "'response_type'", s: '' }]
  if (type && type !== 'code') return ['response_type_unsupported', { response_type: type }]
  for (const [parameter, start] of Object.entries(settings.requires)) {
    const sent = params.get(parameter)
    if (!sent) return ['parameter_missing', { parameter, parameters: `'${parameter}'`, s: '' }]
    if (!sent.startsWith(start)) return ['parameter_malformed', { parameter }]
  }
  const mode = params.get('response_mode')
  if (mode && settings.responseModes && !settings.responseModes.some((known) => known === mode)) return ['response_mode_unsupported', {}]
  const reason = promptProblem(settings, params.get('prompt')) ?? challengeProblem(context, client, params)
  return reason && [reason, {}]
}

/** Who approves, or what stands between the request and an approval. */
const approver = (
  context: DecisionContext,
  settings: AuthorizeSettings,
  tx: Tx,
  request: Request,
  checked: Checked,
  scope: readonly string[],
): User | Asked | readonly [Reason, Facts] => {
  const { approval } = context
  if ('error' in approval) return ['authorization_failed', { error: approval.error }]
  if ('deny' in approval) return ['access_denied', {}]
  const session = request.session === undefined ? undefined : tx.get('session', request.session)
  const prompts = settings.prompts === null ? [] : (request.params.get('prompt') ?? '').split(' ')
  const silent = prompts.includes('none')
  if ('ask' in approval) {
    const user = session && activeUser(tx, session.user)
    const ask = {
      kind: 'asked',
      client: checked.client.id,
      scope,
      loginHint: request.params.get('login_hint'),
      trace: { client: checked.client.id },
    } as const
    const again = prompts.includes('login') && request.loggedIn !== true
    if (!session || !user || again || mustLogIn(context, request, session) || hintsAtAnother(request, user.id))
      return silent ? ['login_required', {}] : { ...ask, what: 'login' }
    if (request.choice === 'deny' || allowsNothing(request, scope)) return ['access_denied', {}]
    const { approves } = settings
    const agreed = approves.in === 'same-url' ? request.params.get(approves.parameter) === approves.value : request.choice === 'approve'
    if (silent && hasApproved(tx, checked.client.id, user.id, scope)) return user
    if (agreed || (settings.consent === 'unless-trusted' && checked.client.trusted)) return user
    return silent ? ['consent_required', {}] : { ...ask, what: 'consent', user: user.id, proof: session.proof }
  }
  if (approval.as !== undefined) return activeUser(tx, approval.as) ?? ['login_required', {}]
  const somebody = (session && activeUser(tx, session.user)) ?? hinted(context, tx, request) ?? firstUser(context, tx)
  return somebody && !hintsAtAnother(request, somebody.id) ? somebody : ['login_required', {}]
}

/** Whom an `id_token_hint` or a `login_hint` names: nobody is asked, so the hint decides. */
const hinted = (context: DecisionContext, tx: Tx, request: Request): User | undefined => {
  if (!context.settings.openid) return undefined
  const subject = request.verified?.tokens?.['id_token_hint']?.claims?.['sub']
  if (typeof subject === 'string') return activeUser(tx, subject)
  const hint = request.params.get('login_hint')
  if (hint === undefined) return undefined
  return activeUser(tx, hint) ?? context.users.map((id) => activeUser(tx, id)).find((user) => user?.email === hint)
}

/** Answers with a redirect that carries the code (RFC 6749 §4.1.2, RFC 9207). */
const redirected = (settings: AuthorizeSettings, checked: Checked, code: Issued, trace: Redirected['trace'], facts: Facts): Redirected => {
  const params = [
    ['code', code.id] as const,
    ...(checked.state === undefined ? [] : [['state', checked.state] as const]),
    ...Object.entries(settings.adds).map(([name, value]) => [name, fillText(value, facts)] as const),
  ]
  return {
    kind: 'redirected',
    status: settings.status,
    ...responseTo(checked.to, params, checked.mode),
    ...(settings.signs ? { sign: { parameter: settings.signs.parameter, secret: checked.client.secret } } : {}),
    trace: { ...trace, issued: [code] },
  }
}

const carries = ({ params }: Request, wanted: { readonly [parameter: string]: string }): boolean =>
  Object.entries(wanted).every(([name, value]) => params.get(name) === value)

/** Whether the request is one that brings a refresh token. */
const offline = (context: DecisionContext, tx: Tx, request: Request, client: Client, user: User): boolean =>
  carries(request, context.settings.refresh.asks) &&
  (context.settings.refresh.again === null ||
    carries(request, context.settings.refresh.again) ||
    !holdsRefreshToken(context, tx, client.id, user.id))

/** Where the user's account is. Under another name than its real one, the double is all of these hosts. */
export const homeOf = (
  { base }: DecisionContext,
  { homes }: AuthorizeSettings,
  host: string | undefined,
  { profile: { location } }: User,
): { readonly name: string | undefined; readonly url: string; readonly host: string | undefined } => {
  const name = typeof location === 'string' && Object.hasOwn(homes, location) ? location : Object.keys(homes)[0]
  const home = name === undefined ? undefined : homes[name]
  return { name, host: home, url: home !== undefined && base === `https://${host}` ? `https://${home}` : base }
}

/** What decides how a redirect with a code looks, and what the code is worth. */
const redirecting = [
  'code.lifetime',
  'authorize.status',
  'authorize.approves',
  'authorize.adds',
  'refresh.given',
  'refresh.asks',
  'refresh.again',
]

/** Everything about a request that can be judged before anybody is asked. */
const judged = (context: DecisionContext, settings: AuthorizeSettings, tx: Tx, request: Request) => {
  const checked = trusted(context, settings, tx, request)
  if ('kind' in checked) return checked
  const { client, to, state, mode } = checked
  const no = ([reason, details]: readonly [Reason, Facts], settingPaths: readonly string[] = []): Refused => ({
    ...refused(reason, details, { client: client.id, settingPaths }),
    ...(settings.errors === 'redirected' || reason === 'access_denied' ? { redirect: { to, state, mode } } : {}),
  })
  const wrong = problem(context, settings, client, request)
  if (wrong) return no(wrong)
  const granted = scoped(context, settings, client, request.params)
  if (!('scope' in granted)) return no(granted, ['authorize.offline.otherwise', 'authorize.unknownScope'])
  const resources = resourcesOf(context, request)
  if ('kind' in resources) return no([resources.reason, resources.details], resources.trace.settingPaths)
  const claims = claimsParameter(context.settings, request.params)
  if (claims !== undefined && 'kind' in claims && claims.kind === 'refused') return no(['claims_malformed', {}])
  const asked = claims as Authorized['claims']
  const acr = acrOf(context.settings, request.params, asked)
  if (typeof acr === 'object') return no([acr.reason, acr.details])
  return { checked, no, granted, resources, claims: asked, acr }
}

/** What is wrong with an authorization request, for those who push it (RFC 9126 §2.1). */
export const checkAuthorization = (context: DecisionContext, tx: Tx, request: Request): Refused | undefined => {
  const { authorize } = context.settings
  if (!authorize) return refused('not_found', { path: request.path })
  const found = judged(context, authorize, tx, request)
  return 'kind' in found ? found : undefined
}

/** What the tokens will say of this authorization, where the provider has the parts for it. */
const authorization = (
  context: DecisionContext,
  tx: Tx,
  request: Request,
  { id: client }: Client,
  { id: user }: User,
  found: { readonly resources: readonly string[]; readonly claims: Authorized['claims']; readonly acr: string | undefined },
): { readonly more?: Authorized } => {
  const { openid, dpop, resourceIndicators, refresh } = context.settings
  if (!openid && !dpop && !resourceIndicators && refresh.hardStop === null) return {}
  const session = request.session === undefined ? undefined : tx.get('session', request.session)
  const sid = openid ? (session?.sid ?? context.mint('{url22}')) : undefined
  if (sid !== undefined && context.settings.logout?.backchannel) rememberLogin(context, tx, sid, user, client)
  return authorized({
    authTime: openid ? wholeSeconds(session?.at ?? context.now) : undefined,
    acr: found.acr,
    sid,
    claims: found.claims,
    resources: found.resources,
    jkt: dpop ? request.params.get('dpop_jkt') : undefined,
    since: refresh.hardStop === null ? undefined : context.now,
  })
}

/** Scopes in parameters of their own. A section that is one quirk as a whole need not name the member. */
const besideScopes = ({ beside, scopeSeparators }: AuthorizeSettings, { params }: Request): { readonly [name: string]: string } => {
  const asked = Object.entries(beside ?? {}).map(([name, parameter]) => [name, params.get(parameter)] as const)
  return Object.fromEntries(
    asked.flatMap(([name, sent]) => (sent === undefined ? [] : [[name, sent.split(new RegExp(`[${scopeSeparators}]+`)).join(' ')]])),
  )
}

/** Having logged in for a request is good for one answer: asked to log in again, the user does. */
const spendLogin = (tx: Tx, { session: id, loggedIn }: Request): void => {
  const session = loggedIn && id !== undefined ? tx.get('session', id) : undefined
  if (!session || id === undefined) return
  const { request: _, ...rest } = session
  tx.put('session', id, rest)
}

export const decideAuthorize = (context: DecisionContext, tx: Tx, asked: Request): Outcome => {
  const settings = context.settings.authorize
  if (!settings) return refused('not_found', { path: asked.path })
  const params = authorizationParams(context, tx, asked)
  if ('kind' in params) return params
  const request = params === asked.params ? asked : { ...asked, params }
  const found = judged(context, settings, tx, request)
  if ('kind' in found) return found
  const { checked, no, granted } = found
  const { client } = checked
  const user = approver(context, settings, tx, request, checked, granted.scope)
  if ('kind' in user) return user
  if (!('email' in user)) return no(user)
  const scope = consented(context, request, granted.scope)
  const beside = besideScopes(settings, request)
  const challenge = request.params.get('code_challenge')
  const method = (request.params.get('code_challenge_method') ?? context.settings.pkce?.withoutMethod) as 'S256' | 'plain'
  if (params !== asked.params) spendPushed(tx, asked)
  spendLogin(tx, asked)
  const home = homeOf(context, settings, request.host, user)
  const code = makeCode(context, tx, {
    home: home.host,
    client,
    user,
    scope,
    redirectUri: request.params.get('redirect_uri') || null,
    nonce: request.params.get('nonce'),
    ...(settings.codeLifetime === null ? {} : { lifetime: settings.codeLifetime }),
    ...(challenge && context.settings.pkce ? { pkce: { challenge, method } } : {}),
    offline: offline(context, tx, request, client, user),
    ...authorization(context, tx, request, client, user, found),
    ...(Object.keys(beside).length > 0 ? { beside } : {}),
  })
  rememberConsent(tx, settings, client.id, user.id, scope)
  const settingPaths = [...granted.settingPaths, ...redirecting]
  const facts = {
    query: Object.fromEntries(request.params),
    ...factsOf(context, { client, user, scope: scope.join(' ') }),
    home,
  }
  return redirected(settings, checked, code, { client: client.id, user: user.id, settingPaths: settingPaths }, facts)
}
