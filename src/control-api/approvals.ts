/** `/approvals`: what the person at the browser does. */

import { listUsers } from '../issuance/users.js'
import type { Approval } from '../protocol/context.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { seedOf } from '../sandbox/seed.js'
import type { Call, Resource } from './call.js'
import { ok, requestedInstance, requestedInstances } from './call.js'
import type { Members } from './check.js'
import { fitting, flag, invalid, members, text, yes } from './check.js'

const ways = ['as', 'deny', 'ask', 'error']

/** An approval by nobody in particular is one by the first user. */
const view = (sandbox: Sandbox) => ({
  approvals: Object.fromEntries(
    [...sandbox.instances.values()].map((instance) => {
      const first = seedOf(instance.provider).users[0]?.id ?? ''
      const named = (one: Approval & { readonly once: boolean }) => (ways.some((way) => way in one) ? one : { as: first, ...one })
      return [instance.provider.id, sandbox.approvals.standing(instance.provider.id).map(named)]
    }),
  ),
})

const approvalIn = async (call: Call, said: Members): Promise<Approval> => {
  if (ways.filter((way) => said[way] !== undefined).length !== 1) throw invalid(`say one of ${ways.join(', ')}`)
  const as = text(said, 'as')
  if (as !== undefined) {
    const users = (await Promise.all(requestedInstances(call, said).map((instance) => listUsers(call.sandbox, instance)))).flat()
    if (!users.some(({ id }) => id === as)) throw invalid(`there is no user ${as}`, 'as')
    const scope = text(said, 'scope')
    return scope === undefined ? { as } : { as, scope: scope.split(' ').filter((one) => one !== '') }
  }
  const error = fitting(/^[a-z_]+$/, 'an error code such as server_error')(said, 'error')
  if (error !== undefined) return { error }
  return yes(said, 'deny') ? { deny: true } : { ask: yes(said, 'ask') ?? true }
}

export const approvals: Resource = {
  'GET /approvals': ({ sandbox }) => ok(view(sandbox)),
  'PUT /approvals': async (call) => {
    const said = members(call.body, [...ways, 'scope', 'once', 'provider'])
    const provider = requestedInstance(call, said)?.provider.id
    const once = flag(said, 'once') ?? false
    call.sandbox.approvals.set(await approvalIn(call, said), { once, ...(provider === undefined ? {} : { provider }) })
    return ok(view(call.sandbox))
  },
  'DELETE /approvals': ({ sandbox }) => {
    sandbox.approvals.reset()
    return ok(view(sandbox))
  },
}
