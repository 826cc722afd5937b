/** Which exchanges are shown: the filter as it stands in the address. */

import type { Entry } from '../types.js'

export const filters = ['provider', 'client', 'outcome', 'q'] as const

export type Filter = { readonly [name in (typeof filters)[number]]?: string }

export const filterOf = (params: { readonly [name: string]: string }): Filter =>
  Object.fromEntries(filters.flatMap((name) => (params[name] ? [[name, params[name]]] : [])))

/** What a text is looked for in. Made once for each entry. */
const texts = new WeakMap<Entry, string>()

const textOf = (entry: Entry): string => {
  let text = texts.get(entry)
  if (text === undefined) {
    const { request, response } = entry
    const parts = [
      entry.id,
      entry.told,
      entry.reason,
      entry.clientId,
      entry.user,
      entry.grantType,
      request.method,
      request.url,
      request.body,
      response.status,
      response.body,
      entry.fault?.kind,
      ...entry.quirks,
      ...[...request.headers, ...response.headers].map((pair) => pair.join(': ')),
    ]
    text = parts.join('\n').toLowerCase()
    texts.set(entry, text)
  }
  return text
}

export const fits = (entry: Entry, { provider, client, outcome, q }: Filter): boolean => {
  if (provider !== undefined && entry.provider !== provider) return false
  if (client !== undefined && entry.clientId !== client) return false
  if (outcome !== undefined && (outcome === 'fault' ? entry.fault === undefined : entry.outcome !== outcome)) return false
  return (
    q === undefined ||
    q
      .toLowerCase()
      .split(/\s+/)
      .every((word) => textOf(entry).includes(word))
  )
}

/** Newest first. */
export const shown = (entries: readonly Entry[], filter: Filter): readonly Entry[] => {
  const found: Entry[] = []
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const entry = entries[at]
    if (entry && fits(entry, filter)) found.push(entry)
  }
  return found
}
