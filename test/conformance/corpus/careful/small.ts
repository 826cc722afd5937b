/** A client as somebody writes one in an afternoon, in functions, and carefully all the same: one customer, no lock, no refresh of its own. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from '../address.js'
import type { Maker } from '../client.js'
import { OAuthError, ProtocolError, Unable } from '../errors.js'
import { habits } from '../habits.js'
import type { Pending, Tokens } from '../storage.js'

interface Kept {
  readonly pending?: Pending | undefined
  readonly tokens?: Tokens | undefined
}

const kept = ({ stateDir }: Address) => {
  const file = join(stateDir, 'small.json')
  const read = (): Kept => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : {})
  const write = (change: Kept): void => {
    writeFileSync(`${file}~`, JSON.stringify({ ...read(), ...change }))
    renameSync(`${file}~`, file)
  }
  return { read, write }
}

export const smallClient: Maker = (given) => {
  const { read, write } = kept(given)
  const token = async (parameters: Readonly<Record<string, string>>, before?: Tokens): Promise<void> => {
    const proof = habits.authenticate(given, parameters)
    const { type, body } = habits.encode(given, proof.parameters)
    const headers = { ...proof.headers, 'content-type': type }
    const answer = await habits.send({ method: 'POST', url: given.tokenUrl, headers, body }, habits.limit)
    write({ tokens: habits.tokensOf(habits.read(answer), before, Date.now()) })
  }
  let underway: Promise<void> | undefined
  const refresh = (): Promise<void> => {
    const { tokens } = read()
    if (!tokens || tokens.ended) throw new Unable('the user has to connect')
    underway ??= token(habits.refreshing(given, tokens), tokens)
      .catch((error: unknown) => {
        if (habits.isFinal(error)) write({ tokens: { ...tokens, ended: true } })
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
      write({ pending })
      const url = new URL(given.authorizeUrl ?? '')
      for (const [name, value] of Object.entries(habits.authorization(given, pending))) url.searchParams.set(name, value)
      return url.href
    },
    callback: async ({ url = '' }) => {
      const query = new URL(url).searchParams
      const { pending } = read()
      habits.trustIssuer(given, query)
      if (!pending || query.getAll('state').join() !== pending.state) throw new ProtocolError('state differs')
      write({ pending: undefined })
      const error = query.get('error')
      if (error !== null) throw new OAuthError(error)
      const [code, second] = query.getAll('code')
      if (!code || second !== undefined) throw new ProtocolError('not one code')
      await token(habits.exchange(given, code, pending))
    },
    call: async () => {
      const { tokens } = read()
      if (!tokens || tokens.ended) throw new Unable('the user has to connect')
      const answer = await habits.send(habits.resource(given, tokens), habits.limit)
      if (answer.status !== 401 || tokens.refresh_token === undefined) return answer.status
      if (read().tokens?.access_token === tokens.access_token) await refresh()
      return (await habits.send(habits.resource(given, read().tokens ?? tokens), habits.limit)).status
    },
    refresh,
  }
}
