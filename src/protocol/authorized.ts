/** What tokens say of an authorization beyond its scope: audience, authentication, binding. */

import type { DecisionContext, Refused, Request } from './context.js'
import { refused } from './context.js'
import type { Facts } from './fill.js'
import { fillText } from './fill.js'
import type { Authorized, Client, User } from './records.js'

/** A value for one, a list for several, nothing for none. */
const oneOrMany = (values: readonly string[]): string | readonly string[] | undefined => (values.length > 1 ? values : values[0])

/** The audience of an access token (RFC 8707 §2, RFC 9068 §3). */
export const audienceOf = ({ settings }: DecisionContext, more: Authorized | undefined): string | readonly string[] | undefined => {
  const named = oneOrMany(more?.resources ?? [])
  if (named !== undefined) return named
  return settings.resourceIndicators ? fillText(settings.resourceIndicators.audience, { issuer: settings.issuer }) : undefined
}

/** Facts that only providers with one of the extensions have a placeholder for. */
export const authorizedFacts = (
  context: DecisionContext,
  grant: { readonly client: Client; readonly user: User | undefined; readonly more?: Authorized },
): Facts => {
  const { more } = grant
  return {
    subject: grant.user?.id ?? grant.client.id,
    audience: audienceOf(context, more),
    acr: more?.acr,
    auth_time: more?.authTime,
    sid: more?.sid,
    act: more?.act,
    cnf: more?.jkt === undefined ? undefined : { jkt: more.jkt },
    token_type: more?.jkt === undefined ? 'Bearer' : 'DPoP',
    amr: more?.authTime === undefined ? undefined : context.settings.openid?.amr,
  }
}

const absolute = /^[a-z][a-z0-9+.-]*:[^#\s]+$/i

/** The resources that a request names, which `parameters` joins by spaces. */
export const resourcesOf = (context: DecisionContext, { params }: Request, granted?: readonly string[]): readonly string[] | Refused => {
  const { resourceIndicators } = context.settings
  const sent = params.get('resource')?.split(' ') ?? []
  if (!resourceIndicators) return []
  if (sent.length === 0) {
    if (granted !== undefined && granted.length > 0) return granted
    return resourceIndicators.required ? refused('resource_missing', {}, { settingPaths: ['resourceIndicators.required'] }) : []
  }
  const known = resourceIndicators.known?.map((one) => fillText(one, { base: context.base, issuer: context.settings.issuer }))
  const wrong = sent.find(
    (one) =>
      !absolute.test(one) ||
      (known !== undefined && !known.includes(one)) ||
      // RFC 8707 §2.2: a subset of what was authorized.
      (granted !== undefined && granted.length > 0 && !granted.includes(one)),
  )
  return wrong === undefined ? sent : refused('resource_unknown', { resource: wrong }, { settingPaths: ['resourceIndicators.known'] })
}

/** Leaves out members that are undefined, and the whole when nothing is left. */
export const authorized = (members: { readonly [M in keyof Authorized]: Authorized[M] | undefined }): { readonly more?: Authorized } => {
  const left = Object.entries(members).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
  return left.length === 0 ? {} : { more: Object.fromEntries(left) as Authorized }
}

/** What was authorized, for the resources and the key of one request. */
export const narrowed = (
  more: Authorized | undefined,
  resources: readonly string[],
  jkt: string | undefined,
): { readonly more?: Authorized } =>
  more === undefined && resources.length === 0 && jkt === undefined ? nothing : authorized({ ...more, resources, jkt })

const nothing = {}
