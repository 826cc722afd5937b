/** What each kind of record looks like, for records that come from outside: a state file that was edited, a state that is imported. */

import type { JsonWebKey } from 'node:crypto'
import { createPrivateKey } from 'node:crypto'
import type { Kind, Records } from '../protocol/records.js'
import type { Members, Path, Problem, Schema } from '../validation/schema.js'
import { custom, flag, integer, isObject, list, matching, object, oneOf } from '../validation/schema.js'
import { isWellFormed } from '../validation/wellFormed.js'

/** The end of JavaScript's dates, in seconds: what lies beyond cannot be written as one. */
const latest = 8.64e12

const string = custom<string>({ type: 'string' }, (value) =>
  typeof value === 'string' && value.isWellFormed() ? undefined : 'is a string of well-formed Unicode',
)
const strings = list(string)
const seconds = custom<number>({ type: 'number', minimum: -latest, maximum: latest }, (value) =>
  typeof value === 'number' && Math.abs(value) <= latest ? undefined : `is seconds from ${-latest} to ${latest}`,
)
const count = integer(0)
const json = custom<{ readonly [member: string]: unknown }>({ type: 'object' }, (value) => {
  if (!isObject(value)) return 'is an object'
  return isWellFormed(value) ? undefined : 'is an object whose texts are well-formed Unicode'
})

const orNull = <T>(inner: Schema<T>): Schema<T | null> => ({
  get json() {
    return { anyOf: [inner.json, { type: 'null' }] }
  },
  problems: (value, path) => (value === null ? [] : inner.problems(value, path)),
})

/** An object of any names whose values are all of a shape. */
const each = <T>(inner: Schema<T>): Schema<{ readonly [name: string]: T }> => ({
  get json() {
    return { type: 'object', additionalProperties: inner.json }
  },
  problems: (value, path = []) => {
    if (!isObject(value)) return [{ path, message: 'is an object' }]
    return Object.entries(value).flatMap(([name, one]) =>
      name.isWellFormed() ? inner.problems(one, [...path, name]) : [{ path, message: 'has names of well-formed Unicode' }],
    )
  },
})

/** What a header can carry (a provider's own sample is no URI), without a fragment (RFC 6749 §3.1.2). */
const redirectUri = matching(/^[!"$-~]+$/, 'is a URI of ASCII characters without a fragment')

/** A key that signs must be able to: a damaged one would fail with the first token. */
const privateKey = custom<{ readonly [member: string]: unknown }>({ type: 'object' }, (value) => {
  try {
    createPrivateKey({ key: value as JsonWebKey, format: 'jwk' })
    return undefined
  } catch {
    return 'is a private key as a JWK'
  }
})

const ending: Members = {
  ended: oneOf(['used', 'rotated', 'revoked', 'evicted', 'replayed', 'expired', 'superseded']),
  until: seconds,
}

const authorized = object({
  authTime: seconds,
  acr: string,
  sid: string,
  nonce: string,
  claims: json,
  resources: strings,
  jkt: string,
  act: json,
  since: seconds,
})

const grant: Members = { client: string, user: string, scope: string, connection: string, generation: count, more: authorized }
const grantNeeds = ['client', 'user', 'scope', 'connection', 'generation']

const issued = object(
  {
    role: oneOf(['code', 'access_token', 'refresh_token', 'id_token', 'assertion']),
    id: string,
    token: string,
    sign: object({ header: json, claims: json }, { required: ['header', 'claims'] }),
    from: string,
    expires: orNull(seconds),
  },
  { required: ['role', 'id', 'expires'] },
)

/** A shape whose type the table below does not follow member by member: a test holds it against what the double itself keeps. */
const record = (members: Members, required: readonly string[]): Schema => object(members, { required })

const schemas: { readonly [K in Kind]: Schema } = {
  client: record(
    {
      id: string,
      secret: string,
      username: string,
      password: string,
      name: string,
      redirectUris: list(redirectUri),
      loopback: flag(),
      trusted: flag(),
      scope: strings,
      host: string,
      method: oneOf(['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none']),
      jwks: object({ keys: list(json) }, { required: ['keys'] }),
      grants: strings,
      metadata: json,
      registrationToken: string,
      registeredAt: seconds,
    },
    ['id', 'secret', 'name', 'redirectUris', 'scope'],
  ),
  username: record({ client: string }, ['client']),
  user: record({ id: string, email: string, name: string, removed: flag(), profile: json, claims: json }, [
    'id',
    'email',
    'name',
    'profile',
  ]),
  newcomers: record({ users: strings }, ['users']),
  session: record({ user: string, proof: string, at: seconds, request: string, sid: string }, ['user', 'proof']),
  connection: record({ client: string, user: string, generation: count, ...ending }, ['client', 'user', 'generation']),
  code: record(
    {
      ...grant,
      ...ending,
      expires: seconds,
      redirectUri: orNull(string),
      challenge: string,
      method: oneOf(['S256', 'plain']),
      nonce: string,
      offline: flag(),
      home: string,
      beside: each(string),
    },
    [...grantNeeds, 'expires', 'redirectUri', 'offline'],
  ),
  refresh: record(
    {
      ...grant,
      ...ending,
      issued: seconds,
      expires: orNull(seconds),
      from: string,
      public: flag(),
      home: string,
      refreshes: count,
      series: count,
      live: strings,
      uses: list(seconds),
      rotated: object({ to: string, at: seconds, access: issued }, { required: ['to', 'at', 'access'] }),
    },
    [...grantNeeds, 'issued', 'expires', 'from', 'refreshes'],
  ),
  access: record({ ...grant, ...ending, expires: orNull(seconds), from: string, issued: seconds }, [...grantNeeds, 'expires', 'from']),
  apiKey: record({ user: string, scope: string, name: string, expires: seconds, ...ending }, ['user', 'scope', 'name', 'expires']),
  holding: record({ tokens: strings, series: count }, ['tokens']),
  consent: record({ scope: string }, ['scope']),
  window: record({ uses: list(seconds), ...ending }, ['uses']),
  tally: record({ second: seconds, count, ...ending }, ['second', 'count']),
  login: record({ user: string, clients: strings, ...ending }, ['user', 'clients']),
  pushed: record({ client: string, params: each(string), expires: seconds, ...ending }, ['client', 'params', 'expires']),
  device: record(
    {
      client: string,
      scope: string,
      userCode: string,
      expires: seconds,
      interval: seconds,
      polled: seconds,
      user: string,
      decided: oneOf(['approved', 'denied']),
      more: authorized,
      ...ending,
    },
    ['client', 'scope', 'userCode', 'expires', 'interval'],
  ),
  userCode: record({ device: string, ...ending }, ['device']),
  seen: record({ at: seconds, ...ending }, ['at']),
  signingKey: record(
    {
      kid: string,
      jwk: privateKey,
      retired: list(object({ alg: string, kid: string, jwk: json }, { required: ['kid', 'jwk'] })),
      others: list(object({ alg: string, kid: string, jwk: privateKey }, { required: ['alg', 'kid', 'jwk'] })),
    },
    ['kid', 'jwk'],
  ),
  instruments: { json: {}, problems: () => [] },
} satisfies { readonly [K in keyof Records]: Schema }

const kinds: readonly string[] = Object.keys(schemas)
const noProblems: readonly Problem[] = []

const tableProblems = (kind: Kind, table: unknown, path: Path): readonly Problem[] => {
  if (!isObject(table)) return [{ path, message: 'is an object of records' }]
  for (const [id, one] of Object.entries(table)) {
    if (!id.isWellFormed()) return [{ path, message: 'has ids of well-formed Unicode' }]
    // The first problem is what is told: a file of many records is read once.
    const problems = schemas[kind].problems(one, [...path, id])
    if (problems.length > 0) return problems
  }
  return noProblems
}

const scopeProblems = (tables: unknown, path: Path): readonly Problem[] => {
  if (!isObject(tables)) return [{ path, message: 'is an object' }]
  for (const [kind, table] of Object.entries(tables)) {
    if (!kinds.includes(kind)) return [{ path: [...path, kind], message: `unknown kind of record; there are ${kinds.join(', ')}` }]
    const problems = tableProblems(kind as Kind, table, [...path, kind])
    if (problems.length > 0) return problems
  }
  return noProblems
}

/** What is wrong with records by scope, kind and id; the first thing alone. */
export const recordProblems = (records: unknown, path: Path = ['records']): readonly Problem[] => {
  if (!isObject(records)) return [{ path, message: 'is an object' }]
  for (const [scope, tables] of Object.entries(records)) {
    const problems = scopeProblems(tables, [...path, scope])
    if (problems.length > 0) return problems
  }
  return noProblems
}
