// @node-oauth/oauth2-server on express with a model of Maps: opaque tokens, or RS256 ones with JWT=1.
import { randomBytes } from 'node:crypto'
import OAuth2Server from '@node-oauth/oauth2-server'
import express from 'express'
import { generateKeyPair, SignJWT } from 'jose'

const client = { id: 'bench', grants: ['authorization_code', 'refresh_token'], redirectUris: ['https://example.com/callback'] }
const user = { id: 'user' }
const codes = new Map()
const tokens = new Map()
const refreshes = new Map()
const keys = process.env.JWT ? await generateKeyPair('RS256') : undefined
const model = {
  getClient: async (id, secret) => (id === 'bench' && (secret === null || secret === undefined || secret === 'secret') ? client : null),
  saveAuthorizationCode: async (code) => {
    const kept = { ...code, client, user }
    codes.set(code.authorizationCode, kept)
    return kept
  },
  getAuthorizationCode: async (code) => codes.get(code),
  revokeAuthorizationCode: async ({ authorizationCode }) => codes.delete(authorizationCode),
  saveToken: async (token) => {
    const kept = { ...token, client, user }
    tokens.set(token.accessToken, kept)
    if (token.refreshToken) refreshes.set(token.refreshToken, kept)
    return kept
  },
  getAccessToken: async (token) => tokens.get(token),
  getRefreshToken: async (token) => refreshes.get(token),
  revokeToken: async ({ refreshToken }) => refreshes.delete(refreshToken),
  validateScope: async (_user, _client, scope) => scope,
  ...(keys && {
    generateAccessToken: async () =>
      new SignJWT({ sub: 'user', client_id: 'bench', jti: randomBytes(16).toString('hex') })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(keys.privateKey),
  }),
}
const oauth = new OAuth2Server({ model, alwaysIssueNewRefreshToken: false, authorizationCodeLifetime: 3600 })
const { Request, Response } = OAuth2Server
const app = express()
app.use(express.urlencoded({ extended: false }))
const send = (response, from) =>
  response
    .status(from.status ?? 200)
    .set(from.headers)
    .send(from.body)
const handle = (action) => async (request, response) => {
  const answer = new Response(response)
  try {
    await action(new Request(request), answer)
    send(response, answer)
  } catch (error) {
    response.status(error.code ?? 500).json({ error: error.name })
  }
}
app.get(
  '/authorize',
  handle((request, response) => oauth.authorize(request, response, { authenticateHandler: { handle: () => user } })),
)
app.post(
  '/token',
  handle((request, response) => oauth.token(request, response)),
)
app.get('/userinfo', async (request, response) => {
  try {
    await oauth.authenticate(new Request(request), new Response(response))
    response.json({ sub: 'user', email: 'user@example.com', name: 'User' })
  } catch (error) {
    response.status(error.code ?? 500).json({ error: error.name })
  }
})
app.get('/bench/codes', async (request, response) => {
  const made = []
  for (let i = 0; i < Number(request.query.n); i += 1) {
    const authorizationCode = randomBytes(20).toString('hex')
    await model.saveAuthorizationCode({
      authorizationCode,
      expiresAt: new Date(Date.now() + 3_600_000),
      redirectUri: 'https://example.com/callback',
      scope: ['openid'],
    })
    made.push(authorizationCode)
  }
  response.json(made)
})
app.get('/up', (_, response) => response.json({}))
app.listen(Number(process.env.PORT), '127.0.0.1')
