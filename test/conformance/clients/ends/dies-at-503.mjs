// Does well until the token endpoint is in trouble: then an error that nobody catches ends its process.
const parts = (given) => ({ client_id: given.clientId, client_secret: given.clientSecret, redirect_uri: given.redirectUri })

export default (given) => {
  let token
  return {
    client: 'mayfly 1.0',
    authorize: () =>
      `${given.authorizeUrl}?${new URLSearchParams({ response_type: 'code', client_id: given.clientId, redirect_uri: given.redirectUri, scope: given.scope })}`,
    callback: async ({ url }) => {
      const code = new URL(url).searchParams.get('code')
      const body = new URLSearchParams({ grant_type: 'authorization_code', code, ...parts(given) })
      const response = await fetch(given.tokenUrl, { method: 'POST', body, signal: AbortSignal.timeout(2000) }).catch(() => undefined)
      if (response?.status !== 200) {
        setImmediate(() => {
          throw new Error('the token endpoint failed')
        })
        return new Promise(() => {})
      }
      token = (await response.json()).access_token
    },
    call: () => fetch(given.resourceUrl, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(2000) }),
  }
}
