/** Clients with exactly one bug each. */

import type { BrokenClient } from '../entry.js'
import { brokenCallbacks } from './callbacks.js'
import { brokenEndings } from './endings.js'
import { brokenManners } from './manners.js'
import { brokenRefreshes } from './refreshes.js'
import { brokenReplies } from './replies.js'
import { brokenRequests } from './requests.js'
import { brokenSecrets } from './secrets.js'
import { brokenStores } from './stores.js'

export const brokenClients: readonly BrokenClient[] = [
  ...brokenRequests,
  ...brokenCallbacks,
  ...brokenSecrets,
  ...brokenRefreshes,
  ...brokenStores,
  ...brokenReplies,
  ...brokenEndings,
  ...brokenManners,
]
