/** `/reports`: what conformance runs in other processes say while they go on, kept for whoever looks on. */

import type { House } from '../house.js'
import type { Resource } from './call.js'
import { done, ok } from './call.js'
import { invalid, isObject, type Members, notFound } from './check.js'

interface Kept {
  readonly report: Members
  readonly revision: number
}

/** A run of each of some clients; the oldest go first. */
const most = 20

/** Of a server, whichever sandbox is asked. */
const shelves = new WeakMap<House, Map<string, Kept>>()

const shelfOf = (house: House): Map<string, Kept> => {
  const known = shelves.get(house) ?? new Map<string, Kept>()
  shelves.set(house, known)
  return known
}

const named = /^[a-zA-Z0-9._-]{1,64}$/

export const reports: Resource = {
  'GET /reports': ({ house }) => ok({ reports: [...shelfOf(house)].map(([id, { revision }]) => ({ id, revision })) }),
  'GET /reports/:id': ({ house, part }) => {
    const kept = shelfOf(house).get(part('id'))
    if (!kept) throw notFound(`there is no report ${part('id')}`)
    return ok(kept.report)
  },
  'PUT /reports/:id': ({ house, part, body }) => {
    const id = part('id')
    if (!named.test(id)) throw invalid('a report has a name of up to 64 letters, digits, dots and hyphens', 'id')
    if (!isObject(body)) throw invalid('the body is a report')
    if (!Array.isArray(body['cases'])) throw invalid('a report has cases', 'cases')
    const shelf = shelfOf(house)
    const revision = (shelf.get(id)?.revision ?? 0) + 1
    shelf.set(id, { report: body, revision })
    for (const oldest of [...shelf.keys()].slice(0, Math.max(0, shelf.size - most))) shelf.delete(oldest)
    return ok({ id, revision })
  },
  'DELETE /reports/:id': ({ house, part }) => {
    if (!shelfOf(house).delete(part('id'))) throw notFound(`there is no report ${part('id')}`)
    return done
  },
}
