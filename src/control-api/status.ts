/** `/status` and `/vocabulary`: what whoever watches asks for again and again, and the words that calls may use. */

import type { FaultKind } from '../faults/kinds.js'
import { faultKinds } from '../faults/kinds.js'
import { conditionsSchema, ownSchema } from '../faults/schema.js'
import { tokenDefects } from '../issuance/tokens.js'
import { version } from '../package/version.js'
import { reasons } from '../provider/dialect.js'
import { operationNames } from '../provider/operations.js'
import type { Resource } from './call.js'
import { ok } from './call.js'
import { clockView } from './clock.js'
import { outcomes } from './journal.js'
import { reached } from './reached.js'
import { tokenKinds, tokenStates } from './tokens.js'

/** Another value after each start: whoever watches learns that the ids of the journal begin again. */
const started = Math.round(Date.now() - performance.now())

const kinds = Object.keys(faultKinds) as readonly FaultKind[]

export const status: Resource = {
  'GET /status': (call) => {
    const { registry, sandbox, reveal } = call
    return ok({
      name: sandbox.name,
      url: reached(call, sandbox.url()),
      version,
      started,
      reveal,
      clock: clockView(sandbox.clock),
      counts: { journal: sandbox.journal.size(), faults: sandbox.faults.list().length, sandboxes: registry.sandboxes.size },
    })
  },
  'GET /vocabulary': () =>
    ok({
      operations: operationNames,
      outcomes,
      faults: kinds,
      faultMembers: Object.fromEntries(kinds.map((kind) => [kind, ownSchema(kind)])),
      faultConditions: conditionsSchema(),
      reasons,
      tokenKinds,
      tokenStates,
      wrong: tokenDefects,
    }),
}
