/** All cases, in the order of a connection's life. */

import type { Case } from '../case.js'
import { authorizeCases } from './authorize.js'
import { disconnectCases } from './disconnect.js'
import { errorCases } from './errors.js'
import { exchangeCases } from './exchange.js'
import { installCases } from './install.js'
import { refreshCases } from './refresh.js'
import { resourceCases } from './resource.js'

export const cases: readonly Case[] = [
  ...authorizeCases,
  ...installCases,
  ...exchangeCases,
  ...errorCases,
  ...refreshCases,
  ...resourceCases,
  ...disconnectCases,
]
