/** Rotates refresh tokens as a refresh would that nobody here saw: another process of the client's, say. */

import { makeRefreshToken, withEnd } from '../protocol/tokens.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { ValidationError } from '../validation/errors.js'
import type { TokenFilter, TokenView } from './issuedTokens.js'
import { listTokens } from './issuedTokens.js'

/**
 * Each live refresh token that fits ends as rotated, and a new one takes its place.
 *
 * @returns the tokens that ended and those that are new
 * @throws ValidationError when the provider's limit on refresh tokens is reached and refuses one more
 */
export const rotateTokens = async (sandbox: Sandbox, selection: TokenFilter): Promise<readonly TokenView[]> => {
  const chosen = (await listTokens(sandbox, { ...selection, kind: 'refresh_token', state: 'live' })).slice(0, 1000)
  const touched = new Set<string>()
  for (const { provider, id } of chosen) {
    const instance = sandbox.instances.get(provider)
    if (!instance) continue
    const fresh = await sandbox.decide(instance, (context, tx) => {
      const token = tx.get('refresh', id)
      const client = token && tx.get('client', token.client)
      if (!token || !client) return undefined
      const { scope, connection, generation } = token
      tx.put('refresh', id, withEnd(context, token, 'rotated'))
      const made = makeRefreshToken(
        context,
        tx,
        { client, user: tx.get('user', token.user), scope, connection, generation },
        id,
        token.public ? { public: true } : {},
      )
      if ('kind' in made) throw new ValidationError('id', `${provider} refuses one more refresh token of this user`)
      return made.issued.id
    })
    touched.add(`${provider} ${id}`)
    if (fresh !== undefined) touched.add(`${provider} ${fresh}`)
  }
  return (await listTokens(sandbox, { kind: 'refresh_token' })).filter(({ provider, id }) => touched.has(`${provider} ${id}`))
}
