/** A provider that the command line names, by its id or by its file. */

import type { Provider } from '../provider/define.js'
import { providerNamed } from '../provider-files/load.js'
import { UsageError } from './args.js'

/** @throws UsageError that says what is wrong with the name, or with the file and where */
export const namedProvider = async (name: string): Promise<Provider> => {
  try {
    return await providerNamed(name)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
