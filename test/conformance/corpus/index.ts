/** The corpus: clients that the conformance suite must find, and clients that it must leave alone. */

import { brokenClients } from './broken/index.js'
import { carefulClients } from './careful/index.js'
import type { BrokenClient, CarefulClient } from './entry.js'

export { brokenClients, carefulClients }

/**
 * A client of the corpus as a module's default export.
 *
 * @throws Error when the corpus has no such client
 */
export const corpusClient = (id: string): (BrokenClient | CarefulClient)['make'] => {
  const found = [...brokenClients, ...carefulClients].find((one) => one.id === id)
  if (!found) throw new Error(`the corpus has no client ${id}`)
  found.atImport?.()
  return found.make
}
