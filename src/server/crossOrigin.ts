/** Cross-origin requests of browsers (Fetch standard §3.2): preflights, and the headers that let a page read an answer. */

import type { RawRequest, RawResponse } from '../http/raw.js'
import type { DecidedExchange } from '../journal/journalCodec.js'
import type { Outcome } from '../protocol/context.js'
import type { Client } from '../protocol/records.js'
import type { ProviderInstance, Route } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'

const preflighted: Outcome = {
  kind: 'answered',
  status: 204,
  template: undefined,
  headers: {},
  facts: {},
  trace: { settingPaths: ['cors'] },
}

/** Which pages may read what this endpoint answers. */
const readers = (instance: ProviderInstance, { endpoint }: Route): 'any' | 'clients' | 'none' => {
  const { open, clients } = instance.settings().cors
  if (open.includes(endpoint.operation)) return 'any'
  return clients.includes(endpoint.operation) ? 'clients' : 'none'
}

/** A preflight names no client: it is answered for any origin, and the request itself decides. */
const preflight = (instance: ProviderInstance, routes: readonly Route[], raw: RawRequest, origin: string): RawResponse | undefined => {
  const method = raw.headers['access-control-request-method']
  const route = routes.find(({ endpoint }) => endpoint.methods.some((known) => known === method))
  const who = route && readers(instance, route)
  if (!route || who === undefined || who === 'none') return undefined
  const asked = raw.headers['access-control-request-headers']
  return {
    status: 204,
    headers: {
      'access-control-allow-origin': who === 'any' ? '*' : origin,
      'access-control-allow-methods': routes.flatMap(({ endpoint }) => endpoint.methods).join(', '),
      ...(asked === undefined ? {} : { 'access-control-allow-headers': asked }),
      'access-control-max-age': '3600',
      vary: 'Origin',
    },
    body: '',
  }
}

const loopback = /^https?:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?$/

/** A client's pages are those of its redirect URIs. */
const isOwnOrigin = (client: Client | undefined, origin: string): boolean =>
  client !== undefined &&
  (client.redirectUris.some((uri) => URL.canParse(uri) && new URL(uri).origin === origin) ||
    (client.loopback === true && loopback.test(origin)))

/** Answers a preflight, or adds to an answer what lets the page read it. */
export const crossOrigin = async (
  sandbox: Sandbox,
  instance: ProviderInstance,
  routes: readonly Route[],
  route: Route,
  raw: RawRequest,
  decided: DecidedExchange,
): Promise<DecidedExchange> => {
  const origin = raw.headers['origin'] ?? ''
  if (raw.method === 'OPTIONS') {
    const response = preflight(instance, routes, raw, origin)
    return response ? { ...decided, outcome: preflighted, response } : decided
  }
  const who = readers(instance, route)
  const { client } = decided.outcome.trace
  const allowed =
    who === 'any' ||
    (who === 'clients' &&
      isOwnOrigin(client === undefined ? undefined : await sandbox.decide(instance, (_, tx) => tx.get('client', client)), origin))
  if (!allowed) return decided
  const { response } = decided
  const headers = {
    ...response.headers,
    'access-control-allow-origin': who === 'any' ? '*' : origin,
    'access-control-expose-headers': `WWW-Authenticate, Retry-After${instance.settings().dpop ? ', DPoP-Nonce' : ''}`,
    vary: 'Origin',
  }
  return { ...decided, response: { ...response, headers } }
}
