/** `/faults`: what shall go wrong. */

import type { Fault, FaultInput } from '../faults/faults.js'
import { untilArrived } from '../faults/hold.js'
import type { Release } from '../faults/holds.js'
import type { FaultKind, FaultOf } from '../faults/kinds.js'
import { faultKinds, maxHoldLimit } from '../faults/kinds.js'
import type { Reason } from '../provider/dialect.js'
import { isReason } from '../provider/dialect.js'
import { operationNames } from '../provider/operations.js'
import type { Call, Reply, Resource } from './call.js'
import { created, noContent, ok, requestedInstance } from './call.js'
import type { Members } from './check.js'
import {
  ControlError,
  count,
  integer,
  invalid,
  isObject,
  length,
  members,
  needed,
  notFound,
  number,
  object,
  oneOf,
  parameters,
  present,
  text,
  texts,
  timeout,
  yes,
} from './check.js'

const kinds = Object.keys(faultKinds) as readonly FaultKind[]

const headers = (said: Members): { readonly [name: string]: string } | undefined => {
  const given = object(said, 'headers')
  for (const [name, value] of Object.entries(given ?? {})) {
    if (typeof value !== 'string' || /[\r\n]/.test(value)) throw invalid(`${name} is a string on one line`, `headers.${name}`)
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw invalid(`${JSON.stringify(name)} is not a header name`, `headers.${name}`)
  }
  return given as { readonly [name: string]: string } | undefined
}

const body = (said: Members): unknown => {
  const { body: value } = said
  if (value === undefined || typeof value === 'string' || isObject(value) || Array.isArray(value)) return value
  throw invalid('body is an object, a list or a text', 'body')
}

const reason = (said: Members): Reason | undefined => {
  const word = text(said, 'reason')
  if (word !== undefined && !isReason(word)) throw invalid(`${JSON.stringify(word)} is not a reason for a refusal`, 'reason')
  return word
}

/** How long a request is held at most: longer than anybody waits would be for ever. */
const limit = (said: Members): number | undefined => {
  const value = length(said, 'limit')
  if (value !== undefined && value > maxHoldLimit) throw invalid(`limit is at most ${maxHoldLimit} seconds`, 'limit')
  return value
}

type Read<K extends FaultKind> = {
  readonly [M in Exclude<keyof FaultOf<K>, 'kind'>]-?: (said: Members, member: string) => unknown
}

/** The members that say more about a kind, and how each is read. */
const more: { readonly [K in FaultKind]: Read<K> } = {
  status: { status: integer(200, 599), headers, body },
  refuse: { reason: (said) => needed(reason(said), 'reason') },
  'rate-limit': { status: integer(200, 599), retryAfter: integer(0) },
  delay: { for: length },
  hang: { for: length },
  reset: {},
  hold: { phase: oneOf(['before', 'after']), limit },
  lose: {},
  truncate: { after: integer(0) },
  'wrong-length': { by: integer(-1e9, 1e9) },
  garble: {},
  'gateway-page': { status: integer(200, 599) },
  drip: { pause: length },
  say: { set: object, remove: texts },
  tamper: {
    parameter: (said, member) => needed(oneOf(['code', 'state', 'iss'])(said, member), member),
    how: (said, member) => needed(oneOf(['missing', 'wrong', 'empty', 'doubled'])(said, member), member),
  },
}

const when = (said: Members) => {
  if (said['when'] === undefined) return undefined
  const inner = members(said['when'], ['grantType', 'clientId', 'method', 'path', 'nth'], 'when')
  return present({
    grantType: text(inner, 'grantType'),
    clientId: text(inner, 'clientId'),
    method: text(inner, 'method'),
    path: text(inner, 'path'),
    nth: integer(1)(inner, 'nth'),
  })
}

const times = (said: Members): number | 'always' | undefined => (said['times'] === 'always' ? 'always' : integer(1)(said, 'times'))

const probability = (said: Members): number | undefined => {
  const value = number(0, 1)(said, 'probability')
  if (value === 0) throw invalid('probability is above 0', 'probability')
  return value
}

/** @throws ControlError */
const faultIn = (call: Call): FaultInput => {
  const known = ['provider', 'operation', 'times', 'when', 'probability', 'kind']
  const all = kinds.flatMap((kind) => Object.keys(more[kind]))
  const kind = needed(oneOf(kinds)(members(call.body, [...known, ...all]), 'kind'), 'kind')
  const own = Object.entries<(said: Members, member: string) => unknown>(more[kind])
  const said = members(call.body, [...known, ...own.map(([member]) => member)])
  return present({
    kind,
    provider: requestedInstance(call, said)?.provider.id,
    operation: oneOf(operationNames)(said, 'operation'),
    times: times(said),
    when: when(said),
    probability: probability(said),
    ...Object.fromEntries(own.map(([member, read]) => [member, read(said, member)])),
  }) as unknown as FaultInput
}

const view = ({ sandbox: { faults } }: Call, { seen: _, ...fault }: Fault): object =>
  fault.kind === 'hold' ? { ...fault, held: faults.holds.held(fault.id), arrived: faults.holds.arrived(fault.id) } : fault

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
  'GET /faults': (call) => ok({ faults: call.sandbox.faults.list().map((fault) => view(call, fault)) }),
  'POST /faults': (call) => created(view(call, call.sandbox.faults.add(faultIn(call)))),
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
