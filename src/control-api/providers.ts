/** `/providers`: what each provider serves, and how a client speaks to it, as its documents show it. */

import { providerAddress } from '../issuance/providerAddress.js'
import type { Endpoint, GrantType, Settings } from '../provider/settings.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Call, Resource } from './call.js'
import { instanceAt, ok } from './call.js'
import { reached } from './reached.js'

const authenticates = ({ client, token }: Settings): 'username' | 'basic' | 'body' => {
  if (client.takes.basic && client.basicUser === 'username' && client.username !== null) return 'username'
  return client.takes.basic && !(client.takes.body && token.reads.query) ? 'basic' : 'body'
}

/** How a flow goes here, for whoever walks through one. */
const flowOf = (settings: Settings) => {
  const { authorize, install, token, code, refresh, pkce, resource, revoke } = settings
  const taken = Object.entries(code.parameters).filter(([, is]) => is)
  return {
    starts: authorize ? ('authorize' as const) : install ? ('install' as const) : ('code' as const),
    authenticates: authenticates(settings),
    sends: token.reads.query ? ('query' as const) : token.reads.json ? ('json' as const) : ('form' as const),
    // The standard's own name comes first where documents use another beside it.
    codeParameter: (taken.find(([name]) => name !== 'code') ?? taken[0])?.[0] ?? 'code',
    redirectUriAtToken: code.redirectUri !== 'ignored' && (authorize !== null || install !== null),
    grants: (Object.keys(token.grants) as GrantType[]).filter((grant) => token.grants[grant]),
    refreshes: refresh.given !== 'never',
    ...(refresh.given === 'never' || Object.keys(refresh.asks).length === 0 ? {} : { asks: refresh.asks }),
    ...(authorize?.offline ? { offline: { scope: authorize.offline.scope, prompt: authorize.offline.prompt } } : {}),
    ...(authorize
      ? {
          requires: authorize.requires,
          scopeSeparator: authorize.scopeSeparators.includes(' ') ? ' ' : (authorize.scopeSeparators[0] ?? ' '),
        }
      : {}),
    ...(pkce ? { pkce: { methods: pkce.methods, required: pkce.required } } : {}),
    ...(revoke ? { revokes: revoke.authenticates } : {}),
    scheme: resource.scheme,
  }
}

const endpointView = (instance: ProviderInstance, base: string, [name, endpoint]: readonly [string, Endpoint]) => {
  const { operation, methods, path, host, scope, portal, requires } = endpoint
  return {
    name,
    operation,
    methods,
    path,
    url: `${base}${path}`,
    host,
    served: instance.routes(path).some((route) => route.name === name),
    ...(scope ? { scope } : {}),
    ...(portal ? { portal } : {}),
    ...(requires ? { requires } : {}),
  }
}

const view = (call: Call, instance: ProviderInstance) => {
  const { id, name, docs } = instance.provider
  const settings = instance.settings()
  const address = reached(call, providerAddress(call.sandbox, instance))
  return {
    id,
    name,
    docs,
    issuer: settings.issuer,
    address,
    scopes: settings.scopes,
    flow: flowOf(settings),
    endpoints: Object.entries(settings.endpoints).map((one) => endpointView(instance, address.baseUrl, one)),
  }
}

export const providers: Resource = {
  'GET /providers': (call) => ok({ providers: [...call.sandbox.instances.values()].map((instance) => view(call, instance)) }),
  'GET /providers/:id': (call) => ok(view(call, instanceAt(call, call.part('id')))),
}
