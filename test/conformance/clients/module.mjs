// A small client for Zettle as somebody would write one who runs the suite on a module: the steps as async methods.
let state
let tokens

const request = async (given, parameters) => {
  const body = new URLSearchParams({ ...parameters, client_id: given.clientId, client_secret: given.clientSecret })
  const response = await fetch(given.tokenUrl, { method: 'POST', body })
  const reply = await response.json()
  if (!response.ok) throw Object.assign(new Error(reply.error_description), reply)
  return reply
}

export default {
  client: 'small module 1.0',
  async authorize(_, given) {
    state = crypto.randomUUID()
    const query = { response_type: 'code', client_id: given.clientId, redirect_uri: given.redirectUri, scope: given.scope, state }
    return `${given.authorizeUrl}?${new URLSearchParams(query)}`
  },
  async callback({ url }, given) {
    const query = new URL(url).searchParams
    if (query.get('state') !== state) throw new Error('the state differs')
    tokens = await request(given, { grant_type: 'authorization_code', code: query.get('code'), redirect_uri: given.redirectUri })
  },
  async call(_, given) {
    return fetch(given.resourceUrl, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  },
}
