/** The config file: how it is read, where exactly it is wrong, and the options that it stands for. */

import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Provider, SeedClient, SeedUser } from '../provider/define.js'
import { readDocument } from '../provider-files/document.js'
import { isPath, loadProviderFile } from '../provider-files/load.js'
import type { ProviderId } from '../providers/index.js'
import { providers as shipped } from '../providers/index.js'
import { seedOf } from '../sandbox/seed.js'
import type { ServerOptions } from '../server/serverOptions.js'
import { told } from '../validation/check.js'
import { suggestion } from '../validation/nearest.js'
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

type Read = { readonly config: { readonly [name: string]: unknown }; readonly lineOf: (path: Path) => number }

/** Reads YAML or JSON and checks every field. */
const readConfig = async (text: string): Promise<Read | { readonly problems: readonly Problem[] }> => {
  const document = await readDocument(text)
  if ('unreadable' in document) return { problems: document.unreadable.map((one) => ({ ...one, field: '' })) }
  const { lineOf } = document
  const config = document.content ?? {}
  if (!isObject(config)) return { problems: [{ line: 1, field: '', message: 'the file is an object of settings' }] }
  // A member all of whose content is commented out is one that is left out.
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null))
  const problems = configFields.problems(given).map(
    (problem): Problem => ({
      line: lineOf(problem.path),
      field: fieldName(problem.path),
      message: told(problem, given).replace(/^:? /, ''),
    }),
  )
  return problems.length > 0 ? { problems } : { config: given, lineOf }
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
      // What is no provider is told by the server, with all else that is wrong.
      .map((one) => (typeof one === 'object' ? one : (shipped.find(({ id }) => id === one) ?? one)))
      .map((one) => (typeof one === 'object' ? withParty(one, clients, users) : one)),
  }
}

/** A provider from a file, as it was chosen. */
export interface WatchedFile {
  readonly file: string
  /** Reads it anew; see `loadProviderFile`. */
  readonly load: (again: number, read: (file: string) => void) => Promise<Provider>
}

type Named = readonly (ProviderId | Provider)[]

/** Providers that are files are loaded. @param folder that from which their paths count */
const loaded = (providers: readonly string[], folder: string): Promise<Named> =>
  Promise.all(providers.map(async (one) => (isPath(one) ? namedProvider(resolve(folder, one)) : (one as ProviderId))))

/** Clients and users of providers that are neither shipped nor among those of the file. */
const strangers = ({ clients = [], users = [] }: Settings, chosen: Named, lineOf: Read['lineOf']) => {
  const ids = [...new Set([...shipped.map(({ id }) => id as string), ...chosen.map((one) => (typeof one === 'object' ? one.id : one))])]
  return Object.entries({ clients, users }).flatMap(([list, all]) =>
    all.flatMap(({ provider }, at): readonly Problem[] => {
      const path = [list, at, 'provider']
      if (ids.includes(provider)) return []
      return [{ line: lineOf(path), field: fieldName(path), message: `is one of ${ids.join(', ')}${suggestion(provider, ids)}` }]
    }),
  )
}

interface Config {
  readonly settings: Settings
  readonly chosen: Named | undefined
}

/**
 * @param said the providers that the command line names, in place of those of the file
 * @throws UsageError that names the file, and line and field of all that is wrong in it
 */
export const configIn = async (file: string, said?: readonly string[]): Promise<Config> => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`)
  }
  const read = await readConfig(text)
  if ('problems' in read) throw new UsageError(listed(file, read.problems))
  const settings = read.config as Settings
  const own = settings.providers && (await loaded(settings.providers, dirname(file)))
  const named = said && (await loaded(said, '.'))
  const unknown = strangers(settings, [...(own ?? []), ...(named ?? [])], read.lineOf)
  if (unknown.length > 0) throw new UsageError(listed(file, unknown))
  // What is chosen by its id may be one of a file that the config names.
  const chosen = named?.map((one) => own?.find((other) => typeof other === 'object' && other.id === one) ?? one) ?? own
  return { settings, chosen }
}

/**
 * The options in a config file; none where there is no file.
 *
 * @param said the providers that the command line names
 * @throws UsageError that names file, line and field
 */
export const optionsOfFile = async (named: string | undefined, said?: readonly string[]): Promise<ServerOptions> => {
  const file = configFile(named)
  if (file === undefined) return said ? { providers: said as readonly ProviderId[] } : {}
  const { settings, chosen } = await configIn(file, said)
  const { $schema: _, tls, tlsPort, providers: __, clients, users, ...rest } = settings
  return {
    ...(rest as ServerOptions),
    ...withParties(chosen, clients ?? [], users ?? []),
    ...(tls === true || tlsPort !== undefined ? { tls: tlsPort === undefined ? {} : { port: tlsPort } } : {}),
  }
}

/** The files of providers that are served, to be read again when they change; clients and users of the config stay in them. */
export const watchedFiles = async (named: string | undefined, said?: readonly string[]): Promise<readonly WatchedFile[]> => {
  const file = configFile(named)
  const { providers = [], clients = [], users = [] } = file === undefined ? {} : (await configIn(file, said)).settings
  const folder = file === undefined ? '.' : dirname(file)
  const ofConfig = providers.filter(isPath).map((one) => resolve(folder, one))
  const chosen = said ? said.filter(isPath).map((one) => resolve(one)) : ofConfig
  return chosen.map((one) => ({
    file: one,
    load: async (again, read) => withParty(await loadProviderFile(one, again, read), clients, users),
  }))
}
