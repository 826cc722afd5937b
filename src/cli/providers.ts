/** `authdouble providers`: who is emulated, and with which quirks. */

import type { Provider } from '../provider/define.js'
import { factsOf } from '../provider/facts.js'
import { quirksOf, settle, settledValue } from '../provider/quirk.js'
import type { Settings } from '../provider/settings.js'
import type { Source } from '../provider/source.js'
import { providers as shipped } from '../providers/index.js'
import type { Command } from './args.js'
import { bool, UsageError } from './args.js'
import { namedProvider } from './namedProvider.js'

export interface QuirkRow {
  readonly name: string
  readonly on: boolean
  readonly here: unknown
  readonly otherwise: unknown
  readonly says: string
  readonly grade: string
  readonly where: string
  readonly quote?: string
}

const quoted = ({ quote }: Source): { readonly quote?: string } => (quote === undefined ? {} : { quote })

export const quirkRows = (provider: Provider): readonly QuirkRow[] =>
  quirksOf(provider.settings).map(({ quirk }) => ({
    name: quirk.name,
    on: quirk.optIn !== true,
    here: (settledValue(quirk, true) as { value: unknown }).value,
    otherwise: quirk.standard,
    says: quirk.description,
    grade: quirk.source.grade,
    where: quirk.source.where,
    ...quoted(quirk.source),
  }))

export interface FactRow {
  readonly path: string
  readonly value: unknown
  /** The value in short: of an endpoint what is called where. */
  readonly shown: unknown
  readonly grade: string
  readonly where: string
  readonly quote?: string
}

/** What differs from the standard and is no quirk. */
export const factRows = (provider: Provider): readonly FactRow[] => {
  const { endpoints } = settle<Settings>(provider.settings)
  return factsOf(provider.settings).map(({ path, source, value }) => {
    const plain = settle<{ readonly value: unknown }>({ value }).value
    const [section, name = '', ...inside] = path.split('.')
    const endpoint = section === 'endpoints' && inside.length === 0 ? endpoints[name] : undefined
    return {
      path,
      value: plain,
      shown: endpoint ? `${endpoint.methods.join(', ')} https://${endpoint.host}${endpoint.path}` : plain,
      grade: source.grade,
      where: source.where,
      ...quoted(source),
    }
  })
}

const endpointRows = (
  provider: Provider,
): readonly { readonly operation: string; readonly methods: readonly string[]; readonly path: string; readonly host: string }[] =>
  Object.values(settle<Settings>(provider.settings).endpoints).map(({ operation, methods, path, host }) => ({
    operation,
    methods,
    path,
    host,
  }))

const short = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === '{absent}' ? '(absent)' : text.length > 48 ? `${text.slice(0, 45)}...` : text
}

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '))
    .join('\n')
}

const described = (provider: Provider): string => {
  const endpoints = table(endpointRows(provider).map(({ operation, methods, path, host }) => [operation, methods.join(','), path, host]))
  const quirks = quirkRows(provider)
    .map(
      ({ name, on, here, otherwise, says, grade, where, quote }) =>
        `${on ? 'on ' : 'off'} ${name}\n      ${says}\n      here ${short(here)}, at a plain server ${short(otherwise)} [${grade}: ${where}${quote === undefined ? '' : `: “${quote}”`}]`,
    )
    .join('\n')
  const facts = factRows(provider)
    .map(
      ({ path, shown, grade, where, quote }) =>
        `${path}\n      ${short(shown)} [${grade}: ${where}${quote === undefined ? '' : `: “${quote}”`}]`,
    )
    .join('\n')
  const others = facts === '' ? '' : `\nwhat else differs from the standard:\n${facts}\n`
  return `${provider.name} (${provider.id}), ${provider.docs}\n\n${endpoints}\n${quirks === '' ? '' : `\n${quirks}\n`}${others}`
}

export const providers: Command = {
  name: 'providers',
  usage: 'authdouble providers [id or file] [--json]',
  help: 'Lists the providers. With an id, lists its endpoints and quirks: what this provider does, what a plain server does, and how we know.',
  flags: { json: { type: 'boolean', help: 'print JSON' } },
  run: async (given) => {
    const [id, ...more] = given.positionals
    if (more.length > 0) throw new UsageError('providers takes one id')
    const json = bool(given, 'json')
    if (id === undefined) {
      const rows = shipped.map((provider) => ({
        id: provider.id,
        name: provider.name,
        docs: provider.docs,
        quirks: quirkRows(provider).length,
      }))
      process.stdout.write(
        json ? `${JSON.stringify(rows, null, 2)}\n` : `${table(rows.map((row) => [row.id, row.name, `${row.quirks} quirks`, row.docs]))}\n`,
      )
      return 0
    }
    const provider = await namedProvider(id)
    const whole = {
      id: provider.id,
      name: provider.name,
      docs: provider.docs,
      endpoints: endpointRows(provider),
      quirks: quirkRows(provider),
      facts: factRows(provider).map(({ shown: _, ...fact }) => fact),
    }
    process.stdout.write(json ? `${JSON.stringify(whole, null, 2)}\n` : described(provider))
    return 0
  },
}
