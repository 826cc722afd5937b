/** `/openapi.json`: the description of the control API. */

import type { Resource } from './call.js'
import { ok } from './call.js'
import { describedAt } from './descriptions.js'
import { reached } from './reached.js'

export const describe: Resource = {
  'GET /openapi.json': async (call) => ok((await describedAt('control', reached(call, call.sandbox.url()))) ?? {}),
}
