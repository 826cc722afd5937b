/** `/connections`: who is connected to whom, and the family of tokens of each connection with what became of them. */

import { listClients } from '../issuance/clients.js'
import type { TokenView } from '../issuance/issuedTokens.js'
import { listTokens } from '../issuance/issuedTokens.js'
import { listUsers } from '../issuance/users.js'
import type { JournalEntry } from '../journal/entry.js'
import { fingerprint } from '../journal/redact.js'
import type { Call, Resource } from './call.js'
import { ok, requestedInstance, requestedInstances } from './call.js'
import { integer, parameters, text } from './check.js'

/** Of one connection: the newest so many tokens are told of. */
const mostTokens = 200

interface Moment {
  readonly by: string
  readonly at: number
}

interface Past {
  readonly issued: Map<string, Moment>
  readonly ended: Map<string, Moment>
  /** The last time it was presented. */
  readonly used: Map<string, Moment>
}

const pastOf = (entries: readonly JournalEntry[]): Past => {
  const past: Past = { issued: new Map(), ended: new Map(), used: new Map() }
  for (const { id: by, at, issued = [], ended = [], presented, provider = '' } of entries) {
    const moment = { by, at }
    for (const { id } of issued) if (!past.issued.has(`${provider} ${id}`)) past.issued.set(`${provider} ${id}`, moment)
    for (const id of ended) if (!past.ended.has(`${provider} ${id}`)) past.ended.set(`${provider} ${id}`, moment)
    if (presented) past.used.set(`${provider} ${presented.id}`, moment)
  }
  return past
}

const tokenView = (token: TokenView, { issued, ended, used }: Past) => {
  const key = `${token.provider} ${token.id}`
  const [from, to, last] = [issued.get(key), ended.get(key), used.get(key)]
  const issuedAt = token.issuedAt ?? from?.at
  return {
    ...token,
    fingerprint: fingerprint(token.id),
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(from ? { issuedBy: from.by } : {}),
    ...(to ? { endedBy: to.by, endedAt: to.at } : {}),
    ...(last ? { usedBy: last.by, usedAt: last.at } : {}),
  }
}

const grouped = (tokens: readonly TokenView[]): ReadonlyMap<string, readonly TokenView[]> => {
  const groups = new Map<string, TokenView[]>()
  for (const token of tokens) {
    const key = JSON.stringify([token.provider, token.clientId, token.user])
    const group = groups.get(key)
    if (group) group.push(token)
    else groups.set(key, [token])
  }
  return groups
}

const listed = async (call: Call) => {
  const said = parameters(call.query, ['provider', 'client', 'user', 'limit'])
  const limit = said['limit'] === undefined ? 100 : (integer(1, 1000)({ limit: Number(said['limit']) }, 'limit') ?? 100)
  const [provider, client, user] = [requestedInstance(call, said)?.provider.id, text(said, 'client'), text(said, 'user')]
  const instances = requestedInstances(call, said)
  const tokens = await listTokens(call.sandbox, {
    ...(provider === undefined ? {} : { provider }),
    ...(client === undefined ? {} : { client }),
    ...(user === undefined ? {} : { user }),
  })
  const clients = (await Promise.all(instances.map((instance) => listClients(call.sandbox, instance)))).flat()
  const users = (await Promise.all(instances.map((instance) => listUsers(call.sandbox, instance)))).flat()
  const groups = [...grouped(tokens).values()].reverse()
  const past = pastOf(call.sandbox.journal.entries())
  const connections = groups.slice(0, limit).flatMap((group) => {
    const [first] = group
    if (!first) return []
    const { provider, clientId, user } = first
    const known = clients.find((one) => one.provider === provider && one.clientId === clientId)
    const person = users.find((one) => one.provider === provider && one.id === user)
    const shown = group.slice(-mostTokens).map((token) => tokenView(token, past))
    return {
      provider,
      clientId,
      ...(known ? { client: known.name } : {}),
      user,
      ...(person ? { name: person.name, email: person.email } : {}),
      live: group.filter(({ state }) => state === 'live').length,
      tokens: shown,
      more: group.length - shown.length,
    }
  })
  return { connections, more: Math.max(0, groups.length - limit) }
}

export const connections: Resource = {
  'GET /connections': async (call) => ok(await listed(call)),
}
