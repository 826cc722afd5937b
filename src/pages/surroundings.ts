/** What a page shows of the sandbox around it: its console, and who can log in. */

import type { User } from '../protocol/records.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'

/** Where the console of a sandbox is. */
export const consoleOf = (sandbox: Sandbox): string => `${sandbox.url()}/__admin/ui`

/** More than these are found by their address only. */
const mostUsers = 20

/** Those who can log in, to choose from. */
export const usersAt = async (sandbox: Sandbox, instance: ProviderInstance): Promise<readonly User[]> =>
  Object.values(await sandbox.list(instance, 'user'))
    .filter(({ removed }) => !removed)
    .slice(0, mostUsers)
