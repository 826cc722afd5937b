/** An OpenAPI description of a provider that has none of its own: what its settings say of its endpoints. */

import type { Provider } from '../provider/define.js'
import { factsOf } from '../provider/facts.js'
import { quirksOf, settle } from '../provider/quirk.js'
import type { Settings } from '../provider/settings.js'

const forms: readonly string[] = ['token', 'revoke', 'introspect', 'par', 'device-authorization']

/** The grade of an operation is that of its endpoint, or of the first quirk that decides something of it. */
const gradeOf = (provider: Provider, endpoint: string): string =>
  factsOf(provider.settings).find(({ path }) => path === `endpoints.${endpoint}`)?.source.grade ??
  quirksOf(provider.settings).find(({ paths }) => paths.some((path) => path.startsWith(`endpoints.${endpoint}.`)))?.quirk.source.grade ??
  'inferred'

/** @param url where it is served; its real hosts unless told */
export const describeProvider = (provider: Provider, url?: string): object => {
  const { endpoints, issuer } = settle<Settings>(provider.settings)
  const paths: { [path: string]: { [method: string]: object } } = {}
  for (const [name, { operation, methods, path, host, answer }] of Object.entries(endpoints)) {
    const item = paths[path] ?? {}
    paths[path] = item
    for (const method of methods) {
      const body = method === 'POST' && forms.includes(operation)
      item[method.toLowerCase()] = {
        operationId: methods.length === 1 ? name : `${name}${method}`,
        summary: operation,
        'x-grade': gradeOf(provider, name),
        ...(url === undefined ? { servers: [{ url: `https://${host}` }] } : {}),
        ...(body ? { requestBody: { content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } } } } : {}),
        responses: {
          ...(answer ? { [String(answer.status)]: { description: 'As the settings say.' } } : {}),
          default: { description: operation },
        },
      }
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: `${provider.name}, as authdouble plays it`, version: '0' },
    ...(provider.docs === '' ? {} : { externalDocs: { url: provider.docs } }),
    servers: [{ url: url ?? (URL.canParse(issuer) ? issuer : `https://${provider.id}.localhost`) }],
    paths,
  }
}
