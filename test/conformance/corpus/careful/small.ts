/** A client as somebody writes one in an afternoon, in functions, and carefully all the same: one customer, one process, no lock. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from '../address.js'
import type { Maker } from '../client.js'
import { OAuthError, ProtocolError, Unable } from '../errors.js'
import type { Incoming, Outgoing } from '../habits.js'
import { habits } from '../habits.js'
import { identifying } from '../identity.js'
import { patienceOf } from '../patience.js'
import type { Pending, Tokens } from '../storage.js'

interface Kept {
  readonly pending: readonly Pending[]
  readonly tokens?: Tokens
}

const kept = ({ stateDir }: Address) => {
  const file = join(stateDir, 'small.json')
  const read = (): Kept => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : { pending: [] })
  const write = (change: Partial<Kept>): void => {
    writeFileSync(`${file}~`, JSON.stringify({ ...read(), ...change }))
    renameSync(`${file}~`, file)
  }
  return { read, write }
}

export const smallClient: Maker = (given) => {
  const { read, write } = kept(given)
  const { mayAsk, listen } = patienceOf(habits)
  const identify = identifying(given, habits)

  const send = async (where: 'token' | 'api', request: Outgoing): Promise<Incoming> => {
    mayAsk(where)
    const answer = await habits.send(request, habits.limit)
    listen(where, answer)
    return answer
  }

  const token = async (parameters: Readonly<Record<string, string>>, nonce?: string, before?: Tokens): Promise<void> => {
    const proof = habits.authenticate(given, parameters)
    const { type, body } = habits.encode(given, proof.parameters)
    const headers = { ...proof.headers, 'content-type': type }
    const reply = habits.read(await send('token', { method: 'POST', url: given.tokenUrl, headers, body }))
    const subject = before ? before.subject : await identify(reply, nonce, undefined)
    // A new connection may have come while this one was being refreshed.
    if (before && read().tokens?.access_token !== before.access_token) return
    write({ tokens: { ...habits.tokensOf(reply, before, Date.now()), ...(subject === undefined ? {} : { subject }) } })
    if (before) await identify(reply, undefined, subject)
  }

  const usable = (): Tokens => {
    const { tokens } = read()
    if (!tokens || tokens.ended) throw new Unable('the user has to connect')
    return tokens
  }

  let underway: Promise<void> | undefined
  const refresh = (refused = false): Promise<void> => {
    if (underway) return underway
    const before = usable()
    const settle = (now: Tokens): void => {
      if (read().tokens?.access_token === before.access_token) write({ tokens: now })
    }
    underway = token(habits.refreshing(given, before), undefined, before)
      .catch((error: unknown) => {
        if (habits.isFinal(error)) settle({ ...before, ended: true })
        else if (refused) settle({ ...before, spent: true })
        throw error
      })
      .finally(() => {
        underway = undefined
      })
    return underway
  }

  return {
    client: 'small',
    store: 'small.json',
    authorize: () => {
      const pending = { state: habits.random(), verifier: habits.random(), nonce: habits.random(), session: 'default', at: Date.now() }
      write({ pending: [...read().pending.slice(-20), pending] })
      const url = new URL(given.authorizeUrl ?? '')
      for (const [name, value] of Object.entries(habits.authorization(given, pending))) url.searchParams.set(name, value)
      return url.href
    },
    callback: async ({ url = '' }) => {
      const query = new URL(url).searchParams
      habits.trustIssuer(given, query)
      const { pending } = read()
      const found = pending.find(({ state }) => state === query.getAll('state').join())
      if (!found) throw new ProtocolError('state differs')
      write({ pending: pending.filter((one) => one !== found) })
      const error = query.get('error')
      if (error !== null) throw new OAuthError(error)
      const [code, second] = query.getAll('code')
      if (!code || second !== undefined) throw new ProtocolError('not one code')
      await token(habits.exchange(given, code, found), found.nonce)
    },
    call: async () => {
      if (usable().spent) await refresh(true)
      const first = usable()
      const answer = await send('api', habits.resource(given, first))
      if (answer.status !== 401 || first.refresh_token === undefined) return answer.status
      if (usable().access_token === first.access_token) await refresh(true)
      return (await send('api', habits.resource(given, usable()))).status
    },
    refresh: () => refresh(),
  }
}
