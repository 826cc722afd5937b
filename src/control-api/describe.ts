/** `/openapi.json`: the description of the control API. */

import type { Resource } from './call.js'
import { ok } from './call.js'
import { describedAt } from './descriptions.js'

export const describe: Resource = {
  'GET /openapi.json': async ({ sandbox }) => ok((await describedAt('control', sandbox.url())) ?? {}),
}
