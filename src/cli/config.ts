/** The config file: how it is read, where exactly it is wrong, and the options that it stands for. */

import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Provider, SeedClient, SeedUser } from '../provider/define.js'
import type { ProviderId } from '../providers/index.js'
import { providers as shipped } from '../providers/index.js'
import { seedOf } from '../sandbox/seed.js'
import type { ServerOptions } from '../server/serverOptions.js'
import { told } from '../validation/check.js'
import type { Path } from '../validation/schema.js'
import { fieldName, isObject } from '../validation/schema.js'
import { UsageError } from './args.js'
import { configFields } from './fields.js'
import { namedProvider } from './namedProvider.js'

export const configNames = ['authdouble.config.json', 'authdouble.config.yaml', 'authdouble.config.yml'] as const

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
  const lineOf = (path: Path): number => {
    // What is missing has no line of its own: it is missing where it belongs.
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { readonly range?: readonly number[] } | undefined
      if (node?.range) return lineAt(node.range[0])
    }
    return 1
  }
  // A member all of whose content is commented out is one that is left out.
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null))
  const problems = configFields.problems(given).map(
    (problem): Problem => ({
      line: lineOf(problem.path),
      field: fieldName(problem.path),
      message: told(problem, given).replace(/^:? /, ''),
    }),
  )
  return problems.length > 0 ? { problems } : { config: given }
}

/** `file:line: field: what is wrong`, a line each. */
const listed = (file: string, problems: readonly Problem[]): string =>
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
  readonly providers?: readonly string[]
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
  chosen: readonly (ProviderId | Provider)[] | undefined,
  clients: readonly OwnClient[],
  users: readonly OwnUser[],
): Pick<ServerOptions, 'providers'> => {
  if (clients.length === 0 && users.length === 0) return chosen ? { providers: chosen } : {}
  return {
    providers: (chosen ?? shipped)
      .map((one) => (typeof one === 'object' ? one : shipped.find(({ id }) => id === one)))
      .filter((one) => one !== undefined)
      .map((provider) => withParty(provider, clients, users)),
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
  if ('problems' in read) throw new UsageError(listed(file, read.problems))
  return read.config as Settings
}

/** Providers that are files are loaded: their paths count from the config file. */
const loaded = async (file: string, providers: Settings['providers']): Promise<readonly (ProviderId | Provider)[] | undefined> =>
  providers &&
  Promise.all(providers.map(async (one) => (/[./\\]/.test(one) ? namedProvider(resolve(dirname(file), one)) : (one as ProviderId))))

/** The options in a config file; none where there is no file. @throws UsageError that names file, line and field */
export const optionsOfFile = async (named: string | undefined): Promise<ServerOptions> => {
  const file = configFile(named)
  if (file === undefined) return {}
  const { $schema: _, tls, tlsPort, providers, clients, users, ...rest } = await configIn(file)
  return {
    ...(rest as ServerOptions),
    ...withParties(await loaded(file, providers), clients ?? [], users ?? []),
    ...(tls === true || tlsPort !== undefined ? { tls: tlsPort === undefined ? {} : { port: tlsPort } } : {}),
  }
}
