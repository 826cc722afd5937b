/** A provider of your own from a file: the one place that knows in which forms it may come. */

import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Provider } from '../index.js'

const isProvider = (value: unknown): value is Provider =>
  typeof value === 'object' && value !== null && 'id' in value && 'settings' in value && typeof value.id === 'string'

/**
 * Loads a module that exports what `defineProvider` made, by default or under any name.
 *
 * @throws Error that names the file, when it cannot be loaded or exports no provider
 */
export const loadProvider = async (file: string): Promise<Provider> => {
  const exported = (await import(pathToFileURL(resolve(file)).href)) as { readonly [name: string]: unknown }
  const found = [exported['default'], ...Object.values(exported)].find(isProvider)
  if (!found) throw new Error(`${file} exports no provider: export what defineProvider returns`)
  return found
}
