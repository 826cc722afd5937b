// oidc-provider as a mock would use it: everybody is logged in and consents, records are kept in a Map without eviction.
import Provider from 'oidc-provider'

const port = Number(process.env.PORT)
const records = new Map()
const adapter = (name) => {
  const key = (id) => `${name}:${id}`
  return {
    upsert: async (id, payload) => void records.set(key(id), payload),
    find: async (id) => records.get(key(id)),
    findByUid: async (uid) => [...records.values()].find((record) => record.uid === uid),
    findByUserCode: async () => undefined,
    destroy: async (id) => void records.delete(key(id)),
    revokeByGrantId: async () => {},
    consume: async (id) => {
      records.get(key(id)).consumed = Math.floor(Date.now() / 1000)
    },
  }
}
const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: function Adapter(name) {
    return adapter(name)
  },
  clients: [
    {
      client_id: 'bench',
      client_secret: 'secret',
      redirect_uris: ['https://example.com/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  cookies: { keys: ['bench'] },
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => false },
  issueRefreshToken: async () => true,
  rotateRefreshToken: false,
  scopes: ['openid', 'offline_access', 'api'],
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 3600,
    Grant: 36_000,
    IdToken: 3600,
    Interaction: 3600,
    RefreshToken: 36_000,
    Session: 36_000,
  },
  findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id, email: 'user@example.com' }) }),
  loadExistingGrant: async (context) => grantFor(context.oidc.session.accountId, 'openid api'),
  interactions: { url: async (_, interaction) => `/interaction/${interaction.uid}` },
})
provider.on('server_error', (_, error) => console.error(error))

const grants = new Map()
const grantFor = async (accountId, scope) => {
  let grant = grants.get(accountId + scope)
  if (!grant) {
    grant = new provider.Grant({ accountId, clientId: 'bench' })
    grant.addOIDCScope(scope)
    await grant.save()
    grants.set(accountId + scope, grant)
  }
  return grant
}
provider.use(async (context, next) => {
  if (context.path.startsWith('/interaction/'))
    return provider.interactionFinished(context.req, context.res, { login: { accountId: 'user' } }).then(() => {
      context.respond = false
    })
  if (context.path !== '/bench/codes') return next()
  const { n, scope } = context.query
  const client = await provider.Client.find('bench')
  const grant = await grantFor('user', 'openid api')
  const codes = []
  for (let i = 0; i < Number(n); i += 1) {
    const code = new provider.AuthorizationCode({
      accountId: 'user',
      client,
      grantId: grant.jti,
      gty: 'authorization_code',
      redirectUri: 'https://example.com/callback',
      scope,
      sessionUid: 'session',
    })
    codes.push(await code.save())
  }
  context.body = codes
})
provider.listen(port, '127.0.0.1')
