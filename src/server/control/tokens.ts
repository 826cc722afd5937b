/** `/tokens` and what hangs on a provider: codes, API keys, signing keys. */

import type { TokenKind } from '../../instruments/journal.js'
import type { Wrong } from '../give.js'
import { giveApiKey, giveCode, giveTokens } from '../give.js'
import { rotateTokens } from '../rotate.js'
import type { Selection, TokenState } from '../tokens.js'
import { expireTokens, listTokens, revokeTokens } from '../tokens.js'
import type { Call, Reply, Resource } from './call.js'
import { made, ok, placeAt, placeSaid } from './call.js'
import type { Members } from './check.js'
import { fitting, integer, invalid, length, members, needed, notFound, oneOf, parameters, present, text } from './check.js'

export const tokenKinds: readonly TokenKind[] = ['code', 'access_token', 'refresh_token', 'id_token', 'assertion']
export const tokenStates: readonly TokenState[] = ['live', 'expired', 'used', 'rotated', 'revoked', 'evicted', 'replayed', 'superseded']
export const wrongs: readonly Wrong[] = ['signature', 'kid', 'issuer', 'audience', 'expired', 'not-yet-valid']
const selecting = ['provider', 'value', 'id', 'kind', 'client', 'user']

const selectionIn = (call: Call, said: Members): Selection =>
  present({
    provider: placeSaid(call, said)?.provider.id,
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
    const said = members(call.body, ['provider', 'kind', 'clientId', 'user', 'scope', 'lifetime', 'wrong'])
    const place = needed(placeSaid(call, said), 'provider')
    const given = await giveTokens(call.sandbox, place, {
      kind: oneOf(['access_token', 'refresh_token', 'id_token'])(said, 'kind'),
      clientId: text(said, 'clientId'),
      user: text(said, 'user'),
      scope: text(said, 'scope'),
      lifetime: length(said, 'lifetime'),
      wrong: oneOf(wrongs)(said, 'wrong'),
    })
    return made({ provider: place.provider.id, ...given })
  },
  'POST /tokens/expire': (call) => ended(call, expireTokens),
  'POST /tokens/revoke': (call) => ended(call, revokeTokens),
  'POST /tokens/rotate': (call) => ended(call, rotateTokens),
  'POST /providers/:id/codes': async (call) => {
    const place = placeAt(call, call.part('id'))
    const said = members(call.body, ['clientId', 'user', 'scope', 'redirectUri', 'lifetime', 'state', 'code', 'codeChallenge'])
    const given = await giveCode(call.sandbox, place, {
      clientId: text(said, 'clientId'),
      user: text(said, 'user'),
      scope: text(said, 'scope'),
      redirectUri: text(said, 'redirectUri'),
      lifetime: length(said, 'lifetime'),
      state: text(said, 'state'),
      code: text(said, 'code'),
      codeChallenge: fitting(/^[A-Za-z0-9_-]{43}$/, 'a SHA-256 in URL-safe base64')(said, 'codeChallenge'),
    })
    return made(given)
  },
  'POST /providers/:id/assertions': async (call) => {
    const place = placeAt(call, call.part('id'))
    const said = members(call.body, ['clientId', 'user', 'scope', 'name', 'lifetime'])
    const given = await giveApiKey(call.sandbox, place, {
      clientId: text(said, 'clientId'),
      user: text(said, 'user'),
      scope: text(said, 'scope'),
      name: text(said, 'name'),
      lifetime: length(said, 'lifetime'),
    })
    return made(given)
  },
  'POST /providers/:id/keys': async (call) => {
    const place = placeAt(call, call.part('id'))
    const old = oneOf(['published', 'gone'])(members(call.body, ['old']), 'old') ?? 'published'
    const kid = await place.keys.rotate(old)
    const { keys } = await place.keys.jwks()
    return made({ provider: place.provider.id, kid, published: keys.map((key) => String(key['kid'])) })
  },
}
