// A client for Zettle that authenticates with HTTP Basic, which the provider does not document.
export default (given) => {
  let token
  return {
    client: 'basic 1.0',
    authorize: async () =>
      `${given.authorizeUrl}?${new URLSearchParams({ response_type: 'code', client_id: given.clientId, redirect_uri: given.redirectUri })}`,
    callback: async ({ url }) => {
      const code = new URL(url).searchParams.get('code')
      const authorization = `Basic ${btoa(`${given.clientId}:${given.clientSecret}`)}`
      const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: given.redirectUri })
      const response = await fetch(given.tokenUrl, { method: 'POST', headers: { authorization }, body })
      token = (await response.json()).access_token
      if (!token) throw new Error('no token')
    },
    call: async () => fetch(given.resourceUrl, { headers: { authorization: `Bearer ${token}` } }),
  }
}
