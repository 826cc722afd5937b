/** `/faults`: what shall go wrong. */

import type { FaultInput } from '../faults/faultInput.js'
import type { Fault } from '../faults/faults.js'
import { untilArrived } from '../faults/hold.js'
import type { Release } from '../faults/holds.js'
import { isReason } from '../provider/dialect.js'
import type { Call, Reply, Resource } from './call.js'
import { created, noContent, ok, requestedInstance } from './call.js'
import { ControlError, count, invalid, isObject, members, notFound, parameters, text, timeout, yes } from './check.js'

/** What is asked for is checked where faults are added: the library takes the same. @throws ControlError, ValidationError */
const addFault = (call: Call): Fault => {
  if (!isObject(call.body)) throw invalid('the body is a JSON object', 'kind')
  requestedInstance(call, call.body)
  return call.sandbox.faults.add(call.body as unknown as FaultInput)
}

const view = ({ sandbox: { faults } }: Call, { seen: _, ...fault }: Fault): object =>
  fault.kind === 'hold' ? { ...fault, held: faults.holds.held(fault.id), arrived: faults.holds.arrived(fault.id) } : fault

/** Spent ones that hold a request still: somebody has to let it go. */
const holding = ({ sandbox: { faults } }: Call): readonly Fault[] =>
  faults.state().spent.filter(({ id, kind }) => kind === 'hold' && faults.holds.held(id) > 0)

const faultAt = ({ sandbox, part }: Call): Fault => {
  const fault = sandbox.faults.get(part('id'))
  if (!fault) throw notFound(`there is no fault ${part('id')}`)
  return fault
}

/** @throws ControlError */
const holdAt = (call: Call): Fault => {
  const fault = faultAt(call)
  if (fault.kind !== 'hold') throw invalid(`${fault.id} is not a hold but ${fault.kind}`)
  return fault
}

const releaseIn = (call: Call): Release => {
  const said = members(call.body, ['lose', 'refuse'])
  const lose = yes(said, 'lose')
  const refuse = text(said, 'refuse')
  if (refuse === undefined) return { how: lose ? 'lose' : 'go' }
  if (lose) throw invalid('say lose or refuse, not both', 'lose')
  if (!isReason(refuse)) throw invalid(`${JSON.stringify(refuse)} is not a reason for a refusal`, 'refuse')
  return { how: 'refuse', reason: refuse }
}

const release = (call: Call): Reply => {
  const fault = holdAt(call)
  const how = releaseIn(call)
  if (!call.sandbox.faults.holds.release(fault.id, how))
    throw new ControlError(409, 'nothing_held', `${fault.id} holds no request; ask for /faults/${fault.id}/arrived first`)
  return ok(view(call, fault))
}

const arrived = async (call: Call): Promise<Reply> => {
  const fault = holdAt(call)
  const said = parameters(call.query, ['count', 'timeout'])
  const wanted = count(said, 'count') ?? 1
  const seconds = timeout(said)
  const { faults, closed, follow } = call.sandbox
  const stop = AbortSignal.any([AbortSignal.timeout(seconds * 1000), closed])
  const came = await follow(() => untilArrived(faults, fault.id, wanted, stop))
  if (came) return ok(view(call, faults.get(fault.id) ?? fault))
  if (!faults.get(fault.id)) throw notFound(`${fault.id} was taken back meanwhile`)
  const so = `${faults.holds.arrived(fault.id)} of ${wanted} requests came to ${fault.id} within ${seconds} seconds`
  throw new ControlError(408, 'timeout', so)
}

export const faults: Resource = {
  'GET /faults': (call) => ok({ faults: [...call.sandbox.faults.list(), ...holding(call)].map((fault) => view(call, fault)) }),
  'POST /faults': (call) => created(view(call, addFault(call))),
  'DELETE /faults': ({ sandbox }) => {
    sandbox.faults.clear()
    return noContent
  },
  'POST /faults/:id/release': release,
  'GET /faults/:id/arrived': arrived,
  'GET /faults/:id': (call) => ok(view(call, faultAt(call))),
  'DELETE /faults/:id': ({ sandbox, part }) => {
    if (!sandbox.faults.remove(part('id'))) throw notFound(`no fault ${part('id')} waits`)
    return noContent
  },
}
