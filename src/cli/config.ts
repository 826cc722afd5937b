/** The config file: what may stand in it, how it is read, and where exactly it is wrong. */

import { existsSync, readFileSync } from 'node:fs'
import type { Provider, SeedClient, SeedUser } from '../provider/define.js'
import type { Toggle } from '../provider/quirk.js'
import { quirksOf, settledValue } from '../provider/quirk.js'
import type { ProviderId } from '../providers/index.js'
import { providers as shipped } from '../providers/index.js'
import type { ServerOptions } from '../server/createServer.js'
import { seedOf } from '../server/seed.js'
import { UsageError } from './args.js'

export const configNames = ['authdouble.config.json', 'authdouble.config.yaml', 'authdouble.config.yml'] as const

/** One field: its JSON Schema, which says in words what it is, and what is wrong with a value. */
interface Field {
  readonly schema: { readonly [member: string]: unknown }
  readonly wrong: (value: unknown) => string | undefined
  /** What is wrong further inside, once the value itself is not. */
  readonly inside?: (value: unknown) => readonly Inner[]
}

interface Inner {
  readonly path: readonly (string | number)[]
  readonly message: string
}

const ids = shipped.map(({ id }) => id)

const textField = (description: string): Field => ({
  schema: { type: 'string', minLength: 1, description },
  wrong: (value) => (typeof value === 'string' && value !== '' ? undefined : 'is a string'),
})
const flagField = (description: string): Field => ({
  schema: { type: 'boolean', description },
  wrong: (value) => (typeof value === 'boolean' ? undefined : 'is true or false'),
})
const portField = (description: string): Field => ({
  schema: { type: 'integer', minimum: 0, maximum: 65_535, description },
  wrong: (value) => (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535 ? undefined : 'is a port from 0 to 65535'),
})

/** What is wrong with a toggle, in the words of the quirk. */
const toggleProblem = (name: string, toggle: unknown): string | undefined => {
  const slash = name.indexOf('/')
  const provider = shipped.find(({ id }) => id === name.slice(0, Math.max(slash, 0)))
  const found = provider && quirksOf(provider.settings).find(({ quirk }) => quirk.name === name.slice(slash + 1))
  if (!found) return `no quirk is named ${name}: quirks are named provider/name, and \`authdouble providers <id>\` lists them`
  const settled = settledValue(found.quirk, toggle as Toggle)
  return 'error' in settled ? settled.error : undefined
}

const isObject = (value: unknown): value is { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textsField = (description: string): Field => ({
  schema: { type: 'array', items: { type: 'string', minLength: 1 }, description },
  wrong: (value) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '') ? undefined : 'is a list of strings',
})

const profileField: Field = {
  schema: { type: 'object', description: "What the provider's answers say of the user." },
  wrong: (value) => (isObject(value) ? undefined : 'is an object'),
}

const providerField: Field = {
  schema: { enum: ids },
  wrong: (value) => (ids.some((id) => id === value) ? undefined : `is one of ${ids.join(', ')}`),
}

/** A list of clients or users: each an object of these members. */
const partiesField = (description: string, members: { readonly [name: string]: Field }, required: readonly string[]): Field => ({
  schema: {
    type: 'array',
    description,
    items: {
      type: 'object',
      required,
      additionalProperties: false,
      properties: Object.fromEntries(Object.entries(members).map(([name, { schema }]) => [name, schema])),
    },
  },
  wrong: (value) => (Array.isArray(value) && value.every(isObject) ? undefined : 'is a list of objects'),
  inside: (value) =>
    (value as readonly { readonly [member: string]: unknown }[]).flatMap((one, at) => [
      ...required.filter((name) => one[name] === undefined).map((name) => ({ path: [at], message: `${name} is missing` })),
      ...Object.entries(one).flatMap(([name, inner]) => {
        const member = Object.hasOwn(members, name) ? members[name] : undefined
        const message = member ? said(member.wrong(inner), inner) : `unknown field; there are ${Object.keys(members).join(', ')}`
        return message === undefined ? [] : [{ path: [at, name], message }]
      }),
    ]),
})

const said = (wrong: string | undefined, value: unknown): string | undefined =>
  wrong === undefined ? undefined : `${wrong}, not ${JSON.stringify(value)}`

const clientMembers = {
  provider: providerField,
  clientId: textField('As it is sent.'),
  clientSecret: textField('As it is sent; where a provider issues a user name, that goes with the password.'),
  username: textField('Ziina: the Basic user name.'),
  password: textField('Ziina: the Basic password.'),
  name: textField('Shown on the consent page.'),
  redirectUris: textsField('Where codes may be sent, to the letter.'),
  loopback: flagField('Any redirect URI at a loopback address is taken as registered.'),
  trusted: flagField('No consent is asked.'),
  scope: textsField("All of the demo client's when left out."),
}
const userMembers = {
  provider: providerField,
  id: textField('The subject of its tokens.'),
  email: textField('Logs in with it.'),
  name: textField('Shown to people.'),
  profile: profileField,
}

/** The whole file, field by field; the JSON Schema is made from this. */
export const fields: { readonly [name: string]: Field } = {
  $schema: textField('This schema, for editors.'),
  port: portField('Port; 0 for any.'),
  host: textField('Address to listen on; 127.0.0.1 and ::1 when left out.'),
  providers: {
    schema: { type: 'array', items: { enum: ids }, minItems: 1, description: 'Only these providers; all when left out.' },
    wrong: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((id) => ids.includes(id)) ? undefined : `is a list out of ${ids.join(', ')}`,
  },
  interactive: flagField('Show log-in and consent pages; otherwise the first user approves at once.'),
  tolerant: flagField('Turn all also-takes-... quirks on.'),
  quirks: {
    schema: {
      type: 'object',
      description: 'Quirks by provider/name: true as the provider does, false as a plain server would, a variant, or a value.',
      properties: Object.fromEntries(
        shipped.flatMap((provider) =>
          quirksOf(provider.settings).map(({ quirk }) => [
            `${provider.id}/${quirk.name}`,
            { description: quirk.says, type: ['boolean', 'number', 'string', 'null'] },
          ]),
        ),
      ),
      additionalProperties: false,
    },
    wrong: (value) => (isObject(value) ? undefined : 'is an object of quirks'),
    inside: (value) =>
      Object.entries(value as object).flatMap(([name, toggle]) => {
        const message = toggleProblem(name, toggle)
        return message === undefined ? [] : [{ path: [name], message }]
      }),
  },
  clients: partiesField('Clients of your own; the first of a provider takes the place of the demo client.', clientMembers, [
    'provider',
    'clientId',
    'clientSecret',
  ]),
  users: partiesField('Users of your own; the first of a provider approves when nobody is named.', userMembers, ['provider', 'id']),
  seed: {
    schema: { type: ['integer', 'string'], description: 'The same ids, codes and opaque tokens on every run.' },
    wrong: (value) => (Number.isInteger(value) || (typeof value === 'string' && value !== '') ? undefined : 'is a number or a string'),
  },
  adminToken: textField('What control calls must carry as a bearer token.'),
  allowedHosts: textsField('Host names under which the control API answers too.'),
  reveal: flagField('Show secrets in the journal instead of fingerprints.'),
  journalLimit: {
    schema: { type: 'integer', minimum: 1, description: 'How many exchanges the journal keeps; 10000 when left out.' },
    wrong: (value) => (Number.isInteger(value) && Number(value) > 0 ? undefined : 'is a number from 1 up'),
  },
  state: textField('Keep records in this JSON file; in memory when left out.'),
  baseUrl: {
    schema: { type: 'string', format: 'uri', description: 'How the server names itself.' },
    wrong: (value) => (typeof value === 'string' && URL.canParse(value) ? undefined : 'is a URL'),
  },
  tls: flagField("A second port that speaks TLS under the providers' real host names."),
  tlsPort: portField('That port.'),
  proxy: flagField("Be a forward proxy too, for the providers' real hosts and no others."),
}

/** The published JSON Schema of the file. */
export const configSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'authdouble configuration',
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])),
})

export interface Problem {
  readonly line: number
  readonly field: string
  readonly message: string
}

/** Reads YAML or JSON and checks every field. */
const readConfig = async (
  text: string,
): Promise<{ readonly config: { readonly [name: string]: unknown } } | { readonly problems: readonly Problem[] }> => {
  const { LineCounter, parseDocument } = await import('yaml')
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const lineAt = (offset: number | undefined): number => counter.linePos(offset ?? 0).line
  if (document.errors.length > 0)
    return { problems: document.errors.map(({ message, pos }) => ({ line: lineAt(pos[0]), field: '', message })) }
  const config: unknown = document.toJS() ?? {}
  if (!isObject(config)) return { problems: [{ line: 1, field: '', message: 'the file is an object of settings' }] }
  const lineOf = (path: Inner['path']): number => {
    const node = document.getIn(path, true) as { readonly range?: readonly number[] } | undefined
    return lineAt(node?.range?.[0])
  }
  const problems: Problem[] = []
  const found = (path: Inner['path'], message: string): void => {
    const field = path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('')
    problems.push({ line: lineOf(path), field, message })
  }
  for (const [name, value] of Object.entries(config)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    // A member all of whose content is commented out is one that is left out.
    if (field && value === null) continue
    const wrong = field ? said(field.wrong(value), value) : `unknown field; there are ${Object.keys(fields).join(', ')}`
    if (wrong !== undefined) found([name], wrong)
    else for (const { path, message } of field?.inside?.(value) ?? []) found([name, ...path], message)
  }
  return problems.length > 0 ? { problems } : { config: Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null)) }
}

/** `file:line: field: what is wrong`, a line each. */
const told = (file: string, problems: readonly Problem[]): string =>
  problems.map(({ line, field, message }) => `${file}:${line}: ${field === '' ? '' : `${field}: `}${message}`).join('\n')

/** The file that was named, or one that lies here under a name of ours. */
export const configFile = (named: string | undefined): string | undefined => named ?? configNames.find((name) => existsSync(name))

type Of<T> = Partial<T> & { readonly provider: string }
type OwnClient = Of<SeedClient> & Pick<SeedClient, 'clientId' | 'clientSecret'>
type OwnUser = Of<SeedUser> & Pick<SeedUser, 'id'>

interface Settings {
  readonly [name: string]: unknown
  readonly $schema?: string
  readonly tls?: boolean
  readonly tlsPort?: number
  readonly providers?: readonly ProviderId[]
  readonly clients?: readonly OwnClient[]
  readonly users?: readonly OwnUser[]
}

/** The provider with clients and users of one's own before those of the demonstration. */
const withParty = (provider: Provider, clients: readonly OwnClient[], users: readonly OwnUser[]): Provider => {
  const mine = <T extends { readonly provider: string }>(all: readonly T[]): readonly Omit<T, 'provider'>[] =>
    all.filter((one) => one.provider === provider.id).map(({ provider: _, ...rest }) => rest)
  const [own, people] = [mine(clients), mine(users)]
  if (own.length === 0 && people.length === 0) return provider
  const seed = seedOf(provider)
  const named = own.map((one) => ({ name: one.clientId, redirectUris: [], scope: seed.clients[0]?.scope ?? [], ...one }))
  const known = people.map((one) => ({ email: `${one.id}@example.com`, name: one.id, profile: seed.users[0]?.profile ?? {}, ...one }))
  return { ...provider, seed: { ...seed, clients: [...named, ...seed.clients], users: [...known, ...seed.users] } }
}

const withParties = (
  chosen: readonly ProviderId[] | undefined,
  clients: readonly OwnClient[],
  users: readonly OwnUser[],
): Pick<ServerOptions, 'providers'> => {
  if (clients.length === 0 && users.length === 0) return chosen ? { providers: chosen } : {}
  return {
    providers: shipped.filter(({ id }) => !chosen || chosen.includes(id)).map((provider) => withParty(provider, clients, users)),
  }
}

/** @throws UsageError that names the file, and line and field of all that is wrong in it */
export const configIn = async (file: string): Promise<Settings> => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`)
  }
  const read = await readConfig(text)
  if ('problems' in read) throw new UsageError(told(file, read.problems))
  return read.config as Settings
}

/** The options in a config file; none where there is no file. @throws UsageError that names file, line and field */
export const optionsOfFile = async (named: string | undefined): Promise<ServerOptions> => {
  const file = configFile(named)
  if (file === undefined) return {}
  const { $schema: _, tls, tlsPort, providers, clients, users, ...rest } = await configIn(file)
  return {
    ...(rest as ServerOptions),
    ...withParties(providers, clients ?? [], users ?? []),
    ...(tls === true || tlsPort !== undefined ? { tls: tlsPort === undefined ? {} : { port: tlsPort } } : {}),
  }
}
