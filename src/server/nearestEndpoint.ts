/** Advice for a path that no provider serves. */

import type { ProviderInstance } from '../sandbox/providerInstance.js'

/** Levenshtein distance, for strings that a person typed. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= to.length; j += 1) {
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

/** The endpoint that is written most like the path that was asked for. */
export const nearestEndpoint = (
  instances: Iterable<ProviderInstance>,
  path: string,
): { readonly method: string; readonly path: string } | undefined => {
  const asked = path.slice(0, 200)
  let best: { method: string; path: string; far: number } | undefined
  for (const instance of instances) {
    for (const { methods, path: known } of Object.values(instance.settings().endpoints)) {
      // Some are there only with a quirk that is off.
      if (instance.routes(known).length === 0) continue
      const full = `/${instance.provider.id}${known}`
      const far = Math.min(distance(asked, full), distance(asked, known) + 1)
      if (!best || far < best.far) best = { method: methods[0] ?? 'GET', path: full, far }
    }
  }
  return best && { method: best.method, path: best.path }
}
