/** What a schema cannot say of a provider: endpoints that stand in each other's way, placeholders that nothing fills. */

import type { Provider } from '../provider/define.js'
import { quirksOf, settle } from '../provider/quirk.js'
import type { Endpoint, Settings } from '../provider/settings.js'
import { suggestion } from '../validation/nearest.js'
import type { Path } from '../validation/schema.js'
import type { FileProblem } from './problem.js'

/** What every reply, claim and answer may name; `user.*` and `query.*` are open. */
const common = [
  'issuer',
  'base',
  'now',
  'client',
  'scope',
  'scopes',
  'subject',
  'audience',
  'acr',
  'auth_time',
  'amr',
  'sid',
  'act',
  'cnf',
  'token_type',
  'absent',
]
const tokens = ['access_token', 'refresh_token', 'id_token', 'expires_in', 'refresh_expires_in']
const claims = ['id', 'issued', 'notBefore', 'expires', 'nonce', 'kid']
const errors = [
  'error',
  'description',
  'issuer',
  'endpoint',
  'parameter',
  'parameters',
  's',
  'method',
  'path',
  'scope',
  'client_id',
  'redirect_uri',
  'response_type',
  'grant',
  'scheme',
  'kid',
  'host',
  'nonce',
  'algorithms',
  'problem',
  'claim',
  'resource',
  'acr_values',
  'max_age',
  'error_id',
  'now',
  'date',
]

interface Place {
  readonly path: Path
  readonly known: readonly string[]
  readonly open: readonly string[]
  readonly value: unknown
}

const named = /\{([a-zA-Z_][\w.-]*)\}/g

const textsIn = (value: unknown, path: Path): readonly (readonly [Path, string])[] => {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...path, name]))
}

/** Parts of patterns are minted, and look like placeholders. */
const minted = /^(hex|uuid|alnum|upper|mixed|letters|digits|url|base64:)\d*$/

const unfilled = ({ path, known, open, value }: Place): readonly FileProblem[] =>
  textsIn(value, path).flatMap(([where, text]) =>
    [...text.matchAll(named)].flatMap(([, name = '']) => {
      if (known.includes(name) || open.some((prefix) => name.startsWith(`${prefix}.`)) || minted.test(name)) return []
      return [{ path: where, message: `nothing fills {${name}}${suggestion(name, known)}` }]
    }),
  )

const placesIn = (settings: Settings): readonly Place[] => {
  const at = (path: Path, value: unknown, known: readonly string[], open: readonly string[] = ['user']): Place => ({
    path,
    value,
    known,
    open,
  })
  const beside = Object.keys(settings.authorize?.beside ?? {})
  const formats = [
    ['access', settings.access.format],
    ['refresh', settings.refresh.format],
    ['idToken', settings.idToken?.format],
    ['assertion', settings.assertion?.format],
  ] as const
  return [
    at(['settings', 'token', 'reply'], settings.token.reply, [...common, ...tokens, ...beside.map((name) => `${name}_access_token`)]),
    at(['settings', 'token', 'headers'], settings.token.headers, [...common, ...tokens, ...errors]),
    at(['settings', 'authorize', 'adds'], settings.authorize?.adds, [...common, 'home'], ['user', 'home', 'query']),
    at(['settings', 'authorize', 'addsToErrors'], settings.authorize?.addsToErrors, errors),
    ...formats.flatMap(([section, format]) =>
      format?.kind === 'jwt' ? [at(['settings', section, 'format', 'claims'], format.claims, [...common, ...claims])] : [],
    ),
    ...Object.entries(settings.endpoints).map(([name, endpoint]) =>
      at(['settings', 'endpoints', name, 'answer'], endpoint.answer, [...common, 'query'], ['user', 'query']),
    ),
    at(['errors'], settings.dialect, errors, ['user']),
  ]
}

/** What a random part of a pattern is written as; see `provider/formats.ts`. */
const part = /^(uuid|base64:\d+|(hex|alnum|upper|mixed|letters|digits|url)\d+)$/
const parts = ['uuid', 'hex32', 'alnum10', 'upper30', 'mixed40', 'letters8', 'digits13', 'url43', 'base64:32']

const patternProblems = (pattern: string, path: Path): readonly FileProblem[] =>
  [...pattern.matchAll(/\{([^{}]*)\}/g)].flatMap(([, name = '']) =>
    part.test(name)
      ? []
      : [
          {
            path,
            message: `{${name}} is no part of a pattern${/^(hex|alnum|upper|mixed|letters|digits|url|base64:?)$/.test(name) ? `: say how many, such as {${name}32}` : `; there are ${parts.map((one) => `{${one}}`).join(', ')}`}`,
          },
        ],
  )

/** Formats are found wherever they are. */
const formatProblems = (value: unknown, path: Path): readonly FileProblem[] => {
  if (typeof value !== 'object' || value === null) return []
  const { kind, pattern, id } = value as { readonly kind?: unknown; readonly pattern?: unknown; readonly id?: unknown }
  if (kind === 'opaque' && typeof pattern === 'string') return patternProblems(pattern, path)
  if (kind === 'jwt' && typeof id === 'string') return patternProblems(id, [...path, 'id'])
  return Object.entries(value).flatMap(([name, inner]) => formatProblems(inner, [...path, name]))
}

/** Paths that a request could mean alike, whatever their placeholders are called. */
const shapeOf = (path: string): string => path.replace(/\{[^{}/]*\}/g, '{}')

/** One path and method answer to one endpoint. */
const doubled = (endpoints: { readonly [name: string]: Endpoint }): readonly FileProblem[] => {
  const taken = new Map<string, string>()
  return Object.entries(endpoints).flatMap(([name, { path, methods }]) =>
    methods.flatMap((method) => {
      const shape = `${method} ${shapeOf(path)}`
      const before = taken.get(shape)
      taken.set(shape, before ?? name)
      return before === undefined
        ? []
        : [
            {
              path: ['settings', 'endpoints', name],
              message: `${method} ${path} is served by ${before} already: two endpoints on one path`,
            },
          ]
    }),
  )
}

const incomplete = (endpoints: { readonly [name: string]: Partial<Endpoint> }): readonly FileProblem[] =>
  Object.entries(endpoints).flatMap(([name, endpoint]) =>
    (['operation', 'path', 'methods', 'host'] as const)
      .filter((member) => endpoint[member] === undefined)
      .map((member) => ({ path: ['settings', 'endpoints', name], message: `${member} is missing` })),
  )

const slashes = (endpoints: { readonly [name: string]: Endpoint }): readonly FileProblem[] =>
  Object.entries(endpoints).flatMap(([name, { path }]) =>
    path.startsWith('/')
      ? []
      : [{ path: ['settings', 'endpoints', name, 'path'], message: `starts with a slash, not ${JSON.stringify(path)}` }],
  )

/** Everything about a declared provider that would surprise whoever asks it. */
export const senseProblems = (provider: Provider): readonly FileProblem[] => {
  const names = quirksOf(provider.settings).map(({ quirk }) => quirk.name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  const settings = settle<Settings>(provider.settings)
  const { endpoints } = settings
  const bare = incomplete(endpoints)
  if (bare.length > 0) return bare
  const token = Object.values(endpoints).some(({ operation }) => operation === 'token')
  const { docs } = provider
  return [
    ...(docs === '' || /^https?:\/\//.test(docs)
      ? []
      : [{ path: ['docs'], message: `is a URL of http or https, not ${JSON.stringify(docs)}` }]),
    ...(twice === undefined ? [] : [{ path: [], message: `two quirks are named ${twice}` }]),
    ...(token ? [] : [{ path: ['settings', 'endpoints'], message: 'has no endpoint whose operation is token' }]),
    ...slashes(endpoints),
    ...doubled(endpoints),
    ...formatProblems(Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'dialect' && name !== 'endpoints')), [
      'settings',
    ]),
    ...placesIn(settings).flatMap(unfilled),
  ]
}
