/** All broken clients. */

import { brokenAuthorize } from './authorize.js'
import type { Broken } from './broken.js'
import { brokenErrors } from './errors.js'
import { brokenExchange } from './exchange.js'
import { brokenOthers } from './others.js'
import { brokenRefresh } from './refresh.js'

export const brokenClients: readonly Broken[] = [...brokenAuthorize, ...brokenExchange, ...brokenErrors, ...brokenRefresh, ...brokenOthers]
