/** A client for Zettle in one file, but for how it stores its tokens. */

import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @param save how a file gets its text
 * @param kept where the refresh token is, if not in that file
 */
export const clientThat =
  (save, kept = async () => undefined) =>
  (given) => {
    const file = join(given.stateDir, 'tokens.json')
    const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})
    const ask = async (parameters) => {
      const { clientId: client_id, clientSecret: client_secret, tokenUrl } = given
      const body = new URLSearchParams({ ...parameters, client_id, client_secret })
      const response = await fetch(tokenUrl, { method: 'POST', body })
      const said = await response.json()
      if (!said.access_token) throw new Error(said.error)
      await save(file, JSON.stringify({ ...read(), ...said, state: undefined }))
    }
    const refresh = async () => ask({ grant_type: 'refresh_token', refresh_token: (await kept(file)) ?? read().refresh_token })
    const get = () => fetch(given.resourceUrl, { headers: { authorization: `Bearer ${read().access_token}` } })
    return {
      client: 'crash',
      store: 'tokens.json',
      authorize: async () => {
        const state = randomUUID()
        await save(file, JSON.stringify({ ...read(), state }))
        return `${given.authorizeUrl}?${new URLSearchParams({ response_type: 'code', client_id: given.clientId, redirect_uri: given.redirectUri, scope: given.scope, state })}`
      },
      callback: async ({ url }) => {
        const query = new URL(url).searchParams
        if (query.get('state') !== read().state) throw new Error('state differs')
        await ask({ grant_type: 'authorization_code', code: query.get('code'), redirect_uri: given.redirectUri })
      },
      call: async () => {
        if (!read().access_token) throw new Error('not connected')
        const first = await get()
        if (first.status !== 401) return first
        await refresh()
        return get()
      },
      refresh,
    }
  }
