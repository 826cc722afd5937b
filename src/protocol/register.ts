/** Registers a client over HTTP, as providers with an app registration endpoint do. */

import { isUri } from '../validation/schema.js'
import type { DecisionContext, Outcome, Request } from './context.js'
import { refused } from './context.js'
import type { Client, Tx } from './records.js'
import { bearer } from './resource.js'

const pattern = (format: { kind: string; pattern?: string; id?: string }): string => format.pattern ?? format.id ?? '{hex32}'

/** Mints what a new client is known by. */
export const makeClient = (
  context: DecisionContext,
  tx: Tx,
  of: Partial<Omit<Client, 'scope'>> & { readonly scope?: readonly string[] },
): Client => {
  const { id, secret, username, password } = context.settings.client
  const client: Client = {
    id: of.id ?? context.mint(pattern(id)),
    secret: of.secret ?? context.mint(pattern(secret)),
    ...(username ? { username: of.username ?? context.mint(pattern(username)) } : {}),
    ...(password ? { password: of.password ?? context.mint(pattern(password)) } : {}),
    name: of.name ?? 'client',
    redirectUris: of.redirectUris ?? [],
    ...(of.loopback ? { loopback: true } : {}),
    ...(of.trusted ? { trusted: true } : {}),
    scope: of.scope ?? context.settings.scopes,
    ...(of.host === undefined ? {} : { host: of.host }),
    ...(of.method ? { method: of.method } : {}),
    ...(of.jwks ? { jwks: of.jwks } : {}),
    ...(of.grants ? { grants: of.grants } : {}),
    ...(of.metadata ? { metadata: of.metadata } : {}),
  }
  tx.put('client', client.id, client)
  if (client.username !== undefined) tx.put('username', client.username, { client: client.id })
  return client
}

const listed = (text: string | undefined): readonly string[] => {
  if (text === undefined || text === '') return []
  if (!text.startsWith('[')) return text.split(/[\s,]+/)
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : []
  } catch {
    return []
  }
}

const acceptable = (uri: string, schemes: string): boolean =>
  isUri(uri) &&
  !uri.includes('#') &&
  (schemes === 'any' || uri.startsWith('https://') || /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(uri))

export const decideRegister = (context: DecisionContext, tx: Tx, request: Request): Outcome => {
  const { register } = context.settings
  if (!register) return refused('not_found', { path: request.path })
  const checked = bearer(context, tx, request)
  if (checked.kind === 'refused') return checked
  const redirectUris = listed(request.params.get(register.redirectUris))
  const name = request.params.get(register.clientName)
  if (!name) return refused('registration_invalid', { parameter: register.clientName })
  if (redirectUris.length === 0 || !redirectUris.every((uri) => acceptable(uri, register.schemes))) {
    return refused('registration_invalid', { parameter: register.redirectUris })
  }
  const scope = listed(request.params.get(register.scope))
  const client = makeClient(context, tx, {
    name,
    redirectUris,
    trusted: request.params.get(register.trusted) === 'true',
    ...(scope.length > 0 ? { scope } : {}),
  })
  const facts = {
    ...checked.facts,
    client_id: client.id,
    client_secret: client.secret,
    name,
    redirectUris,
    scopes: client.scope,
    trusted: client.trusted === true,
  }
  return {
    kind: 'answered',
    status: register.answer.status,
    template: register.answer.body,
    headers: {},
    facts,
    trace: { client: client.id },
  }
}
