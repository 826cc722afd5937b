/** `/reports`: what conformance runs in other processes say while they go on, kept for whoever looks on. */

import type { SandboxRegistry } from '../sandbox/sandboxRegistry.js'
import type { Resource } from './call.js'
import { noContent, ok } from './call.js'
import { invalid, isObject, type Members, notFound } from './check.js'

interface Kept {
  readonly report: Members
  readonly revision: number
}

/** A run of each of some clients; the oldest go first. */
const most = 20

/** Of a server, whichever sandbox is asked. */
const shelves = new WeakMap<SandboxRegistry, Map<string, Kept>>()

const shelfOf = (registry: SandboxRegistry): Map<string, Kept> => {
  const known = shelves.get(registry) ?? new Map<string, Kept>()
  shelves.set(registry, known)
  return known
}

const named = /^[a-zA-Z0-9._-]{1,64}$/

export const reports: Resource = {
  'GET /reports': ({ registry }) => ok({ reports: [...shelfOf(registry)].map(([id, { revision }]) => ({ id, revision })) }),
  'GET /reports/:id': ({ registry, part }) => {
    const kept = shelfOf(registry).get(part('id'))
    if (!kept) throw notFound(`there is no report ${part('id')}`)
    return ok(kept.report)
  },
  'PUT /reports/:id': ({ registry, part, body }) => {
    const id = part('id')
    if (!named.test(id)) throw invalid('a report has a name of up to 64 letters, digits, dots and hyphens', 'id')
    if (!isObject(body)) throw invalid('the body is a report')
    if (!Array.isArray(body['cases'])) throw invalid('a report has cases', 'cases')
    const shelf = shelfOf(registry)
    const revision = (shelf.get(id)?.revision ?? 0) + 1
    shelf.set(id, { report: body, revision })
    for (const oldest of [...shelf.keys()].slice(0, Math.max(0, shelf.size - most))) shelf.delete(oldest)
    return ok({ id, revision })
  },
  'DELETE /reports/:id': ({ registry, part }) => {
    if (!shelfOf(registry).delete(part('id'))) throw notFound(`there is no report ${part('id')}`)
    return noContent
  },
}
