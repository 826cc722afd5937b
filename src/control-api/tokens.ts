/** `/tokens` and what hangs on a provider: codes, API keys, signing keys. */

import type { MintApiKeyOptions } from '../issuance/apiKeys.js'
import { mintApiKey } from '../issuance/apiKeys.js'
import type { MintCodeOptions } from '../issuance/codes.js'
import { mintCode } from '../issuance/codes.js'
import type { TokenFilter, TokenState } from '../issuance/issuedTokens.js'
import { expireTokens, listTokens, revokeTokens } from '../issuance/issuedTokens.js'
import { rotateTokens } from '../issuance/rotate.js'
import type { MintTokensOptions } from '../issuance/tokens.js'
import { mintTokens } from '../issuance/tokens.js'
import type { TokenKind } from '../journal/entry.js'
import type { Call, Reply, Resource } from './call.js'
import { created, instanceAt, ofProvider, ok, requestedInstance } from './call.js'
import type { Members } from './check.js'
import { integer, invalid, members, notFound, oneOf, parameters, present, text } from './check.js'

export const tokenKinds: readonly TokenKind[] = ['code', 'access_token', 'refresh_token', 'id_token', 'assertion']
export const tokenStates: readonly TokenState[] = ['live', 'expired', 'used', 'rotated', 'revoked', 'evicted', 'replayed', 'superseded']
export const selecting = ['provider', 'value', 'id', 'kind', 'client', 'user']

export const selectionIn = (call: Call, said: Members): TokenFilter =>
  present({
    provider: requestedInstance(call, said)?.provider.id,
    value: text(said, 'value'),
    id: text(said, 'id'),
    kind: oneOf(tokenKinds)(said, 'kind'),
    client: text(said, 'client'),
    user: text(said, 'user'),
    state: oneOf(tokenStates)(said, 'state'),
  })

const ended = async (call: Call, end: typeof expireTokens): Promise<Reply> => {
  const said = members(call.body, selecting)
  if (Object.keys(said).length === 0) throw invalid(`say which tokens: one of ${selecting.join(', ')}`)
  const tokens = await end(call.sandbox, selectionIn(call, said))
  if (tokens.length === 0) throw notFound('there is no such token')
  return ok({ tokens })
}

export const tokens: Resource = {
  'GET /tokens': async (call) => {
    const said = parameters(call.query, [...selecting, 'state', 'limit'])
    const limit = said['limit'] === undefined ? undefined : integer(1, 10_000)({ limit: Number(said['limit']) }, 'limit')
    const list = await listTokens(call.sandbox, selectionIn(call, said))
    return ok({ tokens: limit === undefined ? list : list.slice(-limit) })
  },
  'POST /tokens/mint': async (call) => {
    const { instance, options } = ofProvider<MintTokensOptions>(call)
    const given = await mintTokens(call.sandbox, instance, options)
    return created({ provider: instance.provider.id, ...given })
  },
  'POST /tokens/expire': (call) => ended(call, expireTokens),
  'POST /tokens/revoke': (call) => ended(call, revokeTokens),
  'POST /tokens/rotate': (call) => ended(call, rotateTokens),
  'POST /providers/:id/codes': async (call) => {
    const instance = instanceAt(call, call.part('id'))
    return created(await mintCode(call.sandbox, instance, (call.body ?? {}) as MintCodeOptions))
  },
  'POST /providers/:id/assertions': async (call) => {
    const instance = instanceAt(call, call.part('id'))
    return created(await mintApiKey(call.sandbox, instance, (call.body ?? {}) as MintApiKeyOptions))
  },
  'POST /providers/:id/keys': async (call) => {
    const instance = instanceAt(call, call.part('id'))
    const old = oneOf(['published', 'gone'])(members(call.body, ['old']), 'old') ?? 'published'
    const kid = await instance.keys.rotate(old)
    const { keys } = await instance.keys.jwks()
    return created({ provider: instance.provider.id, kid, published: keys.map((key) => String(key['kid'])) })
  },
}
