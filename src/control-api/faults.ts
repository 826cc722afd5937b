/** `/faults`: what shall go wrong. */

import type { Fault, FaultInput, FaultKind } from '../faults/faults.js'
import { phases } from '../faults/faults.js'
import { isReason } from '../provider/dialect.js'
import { operationNames } from '../provider/operations.js'
import type { Call, Resource } from './call.js'
import { created, noContent, ok, requestedInstance } from './call.js'
import type { Members } from './check.js'
import { integer, invalid, isObject, length, members, needed, notFound, number, object, oneOf, present, text } from './check.js'

const kinds = Object.keys(phases) as readonly FaultKind[]

/** The members that say more about a kind. */
const more: { readonly [K in FaultKind]: readonly string[] } = {
  status: ['status', 'headers', 'body'],
  refuse: ['reason'],
  'rate-limit': ['status', 'retryAfter'],
  delay: ['for'],
  hang: ['for'],
  reset: [],
  lose: [],
  truncate: ['after'],
  'wrong-length': ['by'],
  garble: [],
  'gateway-page': ['status'],
  drip: ['pause'],
  tamper: ['parameter', 'how'],
}

const headers = (said: Members): { readonly [name: string]: string } | undefined => {
  const given = object(said, 'headers')
  for (const [name, value] of Object.entries(given ?? {})) {
    if (typeof value !== 'string' || /[\r\n]/.test(value)) throw invalid(`${name} is a string on one line`, `headers.${name}`)
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw invalid(`${JSON.stringify(name)} is no name of a header`, `headers.${name}`)
  }
  return given as { readonly [name: string]: string } | undefined
}

const body = (said: Members): unknown => {
  const { body: value } = said
  if (value === undefined || typeof value === 'string' || isObject(value) || Array.isArray(value)) return value
  throw invalid('body is an object, a list or a text', 'body')
}

const reason = (said: Members, kind: FaultKind): string | undefined => {
  const word = text(said, 'reason')
  if (kind === 'refuse') needed(word, 'reason')
  if (word !== undefined && !isReason(word)) throw invalid(`${JSON.stringify(word)} is no reason of a refusal`, 'reason')
  return word
}

const tampering = (said: Members, kind: FaultKind) => {
  const parameter = oneOf(['code', 'state', 'iss'])(said, 'parameter')
  const how = oneOf(['missing', 'wrong', 'empty', 'doubled'])(said, 'how')
  return kind === 'tamper' ? { parameter: needed(parameter, 'parameter'), how: needed(how, 'how') } : {}
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
  const kind = needed(oneOf(kinds)(members(call.body, [...known, ...Object.values(more).flat()]), 'kind'), 'kind')
  const said = members(call.body, [...known, ...more[kind]])
  return present({
    kind,
    provider: requestedInstance(call, said)?.provider.id,
    operation: oneOf(operationNames)(said, 'operation'),
    times: times(said),
    when: when(said),
    probability: probability(said),
    status: integer(200, 599)(said, 'status'),
    headers: headers(said),
    body: body(said),
    reason: reason(said, kind),
    retryAfter: integer(0)(said, 'retryAfter'),
    for: length(said, 'for'),
    after: integer(0)(said, 'after'),
    by: integer(-1e9, 1e9)(said, 'by'),
    pause: length(said, 'pause'),
    ...tampering(said, kind),
  }) as unknown as FaultInput
}

const view = ({ seen: _, ...fault }: Fault): object => fault

export const faults: Resource = {
  'GET /faults': ({ sandbox }) => ok({ faults: sandbox.faults.list().map(view) }),
  'POST /faults': (call) => created(view(call.sandbox.faults.add(faultIn(call)))),
  'DELETE /faults': ({ sandbox }) => {
    sandbox.faults.clear()
    return noContent
  },
  'GET /faults/:id': ({ sandbox, part }) => {
    const fault = sandbox.faults.get(part('id'))
    if (!fault) throw notFound(`there is no fault ${part('id')}`)
    return ok(view(fault))
  },
  'DELETE /faults/:id': ({ sandbox, part }) => {
    if (!sandbox.faults.remove(part('id'))) throw notFound(`no fault ${part('id')} waits`)
    return noContent
  },
}
