/** The pages on which a provider hands out codes, keys and tokens. */

import type { UnverifiedRequest } from '../http/parseRequest.js'
import type { RawResponse } from '../http/raw.js'
import { mintApiKey } from '../issuance/apiKeys.js'
import { mintCode } from '../issuance/codes.js'
import { mintTokens } from '../issuance/tokens.js'
import type { ProviderInstance, Route } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { seedOf } from '../sandbox/seed.js'
import { consoleOf } from './surroundings.js'
import type { PortalField } from './templates.js'
import { copyingHeaders, handedOutPage, pageHeaders, portalPage } from './templates.js'

const minutes = (seconds: number): string => `${seconds / 60} minutes`

/** Who and what is registered by now, the seeded ones first. */
interface Registered {
  readonly clients: readonly (readonly [id: string, shown: string, redirects: boolean])[]
  readonly users: readonly (readonly [id: string, shown: string])[]
}

const registeredAt = async (sandbox: Sandbox, instance: ProviderInstance): Promise<Registered> => {
  const [clients, users] = await Promise.all([sandbox.list(instance, 'client'), sandbox.list(instance, 'user')])
  const seed = seedOf(instance.provider)
  const seeded = new Map(
    [...seed.clients.map(({ clientId }) => clientId), ...seed.users.map((user) => user.id)].map((one, at) => [one, at]),
  )
  const order = <R extends { readonly id: string }>(records: readonly R[]): readonly R[] =>
    records.toSorted((a, b) => (seeded.get(a.id) ?? seeded.size) - (seeded.get(b.id) ?? seeded.size))
  return {
    clients: order(Object.values(clients)).map(
      (client) => [client.id, `${client.name} (${client.id})`, client.redirectUris.length > 0] as const,
    ),
    users: order(Object.values(users).filter(({ removed }) => !removed)).map((user) => [user.id, `${user.name} (${user.email})`]),
  }
}

const fieldsOf = (
  { clients, users }: Registered,
  instance: ProviderInstance,
  route: Route,
  params: ReadonlyMap<string, string>,
): { title: string; button: string; fields: readonly PortalField[] } => {
  const settings = instance.settings()
  const client: PortalField = {
    name: 'client_id',
    label: 'App',
    value: params.get('client_id') ?? clients[0]?.[0] ?? '',
    options: clients.map(([id, shown]) => [id, shown] as const),
  }
  const user: PortalField = { name: 'user', label: 'Account', value: params.get('user') ?? users[0]?.[0] ?? '', options: users }
  switch (route.endpoint.portal) {
    case 'code': {
      const durations = settings.code.choices.map((seconds) => [String(seconds), minutes(seconds)] as const)
      const scope: PortalField = {
        name: 'scope',
        label: 'Scope (separated by commas)',
        value: params.get('scope') ?? settings.scopes.slice(0, 2).join(','),
      }
      const duration: PortalField = {
        name: 'duration',
        label: 'Time duration',
        value: params.get('duration') ?? String(settings.code.lifetime),
        options: durations,
      }
      const description: PortalField = { name: 'description', label: 'Description', value: params.get('description') ?? '' }
      return { title: 'Generate code', button: 'Create', fields: [client, scope, duration, description, user] }
    }
    case 'install': {
      const to: PortalField = {
        name: 'redirect_uri',
        label: 'Redirect URL (empty: the registered one)',
        value: params.get('redirect_uri') ?? '',
      }
      return { title: 'Install an app', button: 'Install', fields: [client, to, user] }
    }
    case 'api-key': {
      const name: PortalField = { name: 'name', label: 'Key name', value: params.get('name') ?? '' }
      const scopes: PortalField = {
        name: 'scopes',
        label: 'Scopes (separated by spaces)',
        value: params.get('scopes') ?? settings.scopes.slice(0, 2).join(' '),
      }
      return { title: 'Create an API key', button: 'Create key', fields: [name, scopes, user] }
    }
    default:
      return { title: 'Connect your business', button: 'Create token', fields: [client, user] }
  }
}

/** As the console has it: scopes with commas between them, and one of the durations that are offered. @throws Error */
const checkCodeForm = (params: ReadonlyMap<string, string>, choices: readonly number[]): void => {
  const scope = params.get('scope')
  if (scope === undefined) throw new Error('Enter a scope.')
  if (/[\s+]/.test(scope.trim())) throw new Error('Use commas to separate scopes.')
  const duration = params.get('duration')
  if (duration !== undefined && !choices.includes(Number(duration))) throw new Error('Choose one of the durations.')
}

export const handlePortal = async (
  sandbox: Sandbox,
  instance: ProviderInstance,
  route: Route,
  request: UnverifiedRequest,
): Promise<RawResponse> => {
  const { params, method } = request
  const frame = { provider: instance.provider.name, console: consoleOf(sandbox) }
  const registered = await registeredAt(sandbox, instance)
  // Codes without a redirect are for clients that have none.
  const clients = route.endpoint.portal === 'code' ? registered.clients.filter(([, , redirects]) => !redirects) : registered.clients
  const { title, button, fields } = fieldsOf({ ...registered, clients }, instance, route, params)
  const page = (status: number, body: string): RawResponse => ({
    status,
    headers: body.includes(' data-value=') ? copyingHeaders : pageHeaders,
    body,
  })
  // without the query that filled the form in: what it said is in the fields, and must not be said twice
  const action = route.endpoint.path.slice(route.endpoint.path.lastIndexOf('/') + 1)
  if (method === 'GET') return page(200, portalPage(frame, title, action, fields, button))
  try {
    const options = { clientId: params.get('client_id'), user: params.get('user') }
    if (options.clientId !== undefined && route.endpoint.portal === 'code' && !clients.some(([id]) => id === options.clientId))
      throw new Error(`${options.clientId} is no self client.`)
    switch (route.endpoint.portal) {
      case 'code': {
        checkCodeForm(params, instance.settings().code.choices)
        const { code, expiresAt } = await mintCode(sandbox, instance, {
          ...options,
          scope: params.get('scope'),
          lifetime: Number(params.get('duration') ?? instance.settings().code.lifetime),
        })
        return page(
          200,
          handedOutPage(frame, 'Your code', [
            { label: 'Code', value: code, secret: true },
            { label: 'Valid for', value: minutes(Math.round(expiresAt - sandbox.clock.now())) },
          ]),
        )
      }
      case 'install': {
        const { url } = await mintCode(sandbox, instance, { ...options, redirectUri: params.get('redirect_uri') || undefined })
        if (url === undefined) throw new Error('This app has no redirect URL.')
        return { status: 302, headers: { location: url, 'cache-control': 'no-store' }, body: '' }
      }
      case 'api-key': {
        const key = await mintApiKey(sandbox, instance, { ...options, scope: params.get('scopes'), name: params.get('name') })
        return page(
          200,
          handedOutPage(frame, 'Your API key', [
            { label: 'API key', value: key.assertion, secret: true },
            { label: 'Client ID', value: key.clientId },
          ]),
        )
      }
      default: {
        const { accessToken = '' } = await mintTokens(sandbox, instance, { ...options, kind: 'access_token' })
        return page(200, handedOutPage(frame, 'Your access token', [{ label: 'Access token', value: accessToken, secret: true }]))
      }
    }
  } catch (problem) {
    return page(400, portalPage(frame, title, action, fields, button, problem instanceof Error ? problem.message : String(problem)))
  }
}
