/** From the content of a file to a provider: over the standard, or over a provider that it extends. */

import type { ProviderInput } from '../provider/defaults.js'
import { withDefaults, withForm } from '../provider/defaults.js'
import type { Provider, Seed } from '../provider/define.js'
import type { ErrorMessages } from '../provider/dialect.js'
import { defineErrors, withErrors } from '../provider/dialect.js'
import { opaque } from '../provider/formats.js'
import type { Declared } from '../provider/quirk.js'
import { isQuirk, quirk } from '../provider/quirk.js'
import type { Method, Operation, Settings } from '../provider/settings.js'
import type { Source } from '../provider/source.js'
import { fact, isGrade } from '../provider/source.js'
import { seedOf } from '../sandbox/seed.js'
import { isObject } from '../validation/schema.js'

/** What stands in a provider file, once it fits the schema. */
export interface ProviderFile {
  readonly id?: string
  readonly name?: string
  readonly docs?: string
  readonly extends?: string
  readonly settings?: { readonly [section: string]: unknown }
  readonly errors?: { readonly [key: string]: unknown }
  readonly seed?: Partial<Seed>
}

interface QuirkForm {
  readonly quirk: string
  readonly source: Source
  readonly provider: unknown
  readonly standard: unknown
  readonly variants?: { readonly [variant: string]: unknown }
  readonly description: string
  readonly optIn?: boolean
}

/** A value with its source. */
interface FactForm {
  readonly source: Source
  readonly value: unknown
}

const isFactForm = (value: unknown): value is FactForm =>
  isObject(value) && isObject(value['source']) && isGrade(value['source']['grade']) && 'value' in value

const isQuirkForm = (value: unknown): value is QuirkForm => isObject(value) && typeof value['quirk'] === 'string' && 'provider' in value

/** Settings that are formats, and may be a pattern in short. */
const formats = [
  'format',
  'id',
  'secret',
  'username',
  'password',
  'kid',
  'deviceCode',
  'userCode',
  'registrationToken',
  'nonceFormat',
  'errorId',
]

/** Members under these names are not settings but what a provider says: a claim `id` is no format. */
const said = ['claims', 'header', 'reply', 'headers', 'adds', 'addsToErrors', 'answer', 'parameters', 'asks', 'again', 'homes', 'requires']

const plain = (value: unknown, name: string, isFormat: boolean): unknown => {
  if (isQuirkForm(value)) {
    const { quirk: called, source, provider, standard, variants, ...rest } = value
    const inner = (one: unknown): unknown => plain(one, name, isFormat)
    return quirk(called, source, {
      ...rest,
      provider: inner(provider),
      standard: inner(standard),
      ...(variants ? { variants: Object.fromEntries(Object.entries(variants).map(([key, one]) => [key, inner(one)])) } : {}),
    })
  }
  if (isFactForm(value)) return fact(value.source, plain(value.value, name, isFormat))
  if (isFormat && typeof value === 'string') return opaque(value)
  if (Array.isArray(value)) return value.map((one) => plain(one, '', false))
  if (!isObject(value)) return value
  // The `id` of a JWT's format is a pattern, and no format itself.
  const isJwt = value['kind'] === 'jwt'
  const inside = said.includes(name)
  return Object.fromEntries(
    Object.entries(value).map(([member, one]) => [
      member,
      plain(one, inside ? name : member, !inside && !isJwt && formats.includes(member)),
    ]),
  )
}

/** What a file extends brings its clients and users along, but for those that the file has of its own. */
const seedFor = (own: Partial<Seed> | undefined, base: Provider | undefined, scopes: readonly string[]): Seed => {
  const inherited = base ? seedOf(base) : undefined
  const demo: Seed = {
    clients: [
      {
        clientId: 'demo-client',
        clientSecret: 'demo-secret',
        name: 'Demo app',
        redirectUris: ['https://example.com/callback'],
        loopback: true,
        scope: scopes,
      },
    ],
    users: [{ id: 'demo-user', email: 'demo@example.com', name: 'Demo User' }],
  }
  return { ...(inherited ?? demo), ...own }
}

interface Members {
  readonly [name: string]: unknown
}

/** Methods that are usual for an operation. */
const usualMethods: { readonly [O in Operation]?: readonly Method[] } = {
  authorize: ['GET', 'POST'],
  token: ['POST'],
  revoke: ['POST'],
  introspect: ['POST'],
  par: ['POST'],
  'device-authorization': ['POST'],
  device: ['GET', 'POST'],
  'client-registration': ['POST', 'GET', 'PUT', 'DELETE'],
  register: ['POST'],
  disconnect: ['DELETE'],
  portal: ['GET', 'POST'],
  'end-session': ['GET', 'POST'],
}

/** An endpoint with what is usual for its operation, at the host of the issuer, where it says nothing else. */
const completed = (endpoint: unknown, issuer: unknown, id: string): unknown => {
  if (!isObject(endpoint) || isQuirk(endpoint)) return endpoint
  const host = typeof issuer === 'string' && URL.canParse(issuer) ? new URL(issuer).host : `${id}.localhost`
  const methods = usualMethods[endpoint['operation'] as Operation] ?? ['GET']
  return { host, methods, ...endpoint }
}

/** @param base what it extends; undefined: the standard */
export const declare = (file: ProviderFile, id: string, base: Provider | undefined): Provider => {
  const form = plain(file.settings ?? {}, '', false) as ProviderInput
  const errors = plain(file.errors ?? {}, 'errors', false) as ErrorMessages
  const declared = base ? withForm(base.settings, form) : withDefaults(form)
  const dialect = base ? withErrors(base.settings as unknown as { readonly dialect: unknown }, errors) : defineErrors(errors)
  const { endpoints, issuer } = declared as unknown as { readonly endpoints: Members; readonly issuer: unknown }
  const whole = Object.fromEntries(Object.entries(endpoints).map(([name, endpoint]) => [name, completed(endpoint, issuer, id)]))
  const settings = { ...(declared as object), endpoints: whole, dialect } as unknown as Declared<Settings>
  const scopes = (declared as unknown as { readonly scopes?: unknown }).scopes
  return {
    id,
    name: file.name ?? base?.name ?? id,
    docs: file.docs ?? base?.docs ?? '',
    settings,
    seed: seedFor(file.seed, base, Array.isArray(scopes) ? scopes.filter((one) => typeof one === 'string') : []),
  }
}
