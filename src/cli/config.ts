/** The config file: what may stand in it, how it is read, and where exactly it is wrong. */

import { existsSync, readFileSync } from 'node:fs'
import type { Toggle, Toggles } from '../provider/quirk.js'
import { quirksOf, settledValue } from '../provider/quirk.js'
import { providers as shipped } from '../providers/index.js'
import type { ServerOptions } from '../server/createServer.js'
import { UsageError } from './args.js'

export const configNames = ['authdouble.config.json', 'authdouble.config.yaml', 'authdouble.config.yml'] as const

/** One field: its JSON Schema, which says in words what it is, and what is wrong with a value. */
interface Field {
  readonly schema: { readonly [member: string]: unknown }
  readonly wrong: (value: unknown) => string | undefined
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
  },
  seed: {
    schema: { type: ['integer', 'string'], description: 'The same ids, codes and opaque tokens on every run.' },
    wrong: (value) => (Number.isInteger(value) || (typeof value === 'string' && value !== '') ? undefined : 'is a number or a string'),
  },
  adminToken: textField('What control calls must carry as a bearer token.'),
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
export const readConfig = async (
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
  const lineOf = (path: readonly string[]): number => {
    const node = document.getIn(path, true) as { readonly range?: readonly number[] } | undefined
    return lineAt(node?.range?.[0])
  }
  const problems: Problem[] = []
  for (const [name, value] of Object.entries(config)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!field) {
      problems.push({ line: lineOf([name]), field: name, message: `unknown field; there are ${Object.keys(fields).join(', ')}` })
      continue
    }
    const wrong = field.wrong(value)
    if (wrong !== undefined) problems.push({ line: lineOf([name]), field: name, message: `${wrong}, not ${JSON.stringify(value)}` })
    else if (name === 'quirks' && isObject(value)) {
      for (const [quirk, toggle] of Object.entries(value)) {
        const problem = toggleProblem(quirk, toggle)
        if (problem !== undefined) problems.push({ line: lineOf([name, quirk]), field: `quirks.${quirk}`, message: problem })
      }
    }
  }
  return problems.length > 0 ? { problems } : { config }
}

/** `file:line: field: what is wrong`, a line each. */
export const told = (file: string, problems: readonly Problem[]): string =>
  problems.map(({ line, field, message }) => `${file}:${line}: ${field === '' ? '' : `${field}: `}${message}`).join('\n')

/** The file that was named, or one that lies here under a name of ours. */
export const configFile = (named: string | undefined): string | undefined => named ?? configNames.find((name) => existsSync(name))

/** The options in a config file; none where there is no file. @throws UsageError that names file, line and field */
export const optionsOfFile = async (named: string | undefined): Promise<ServerOptions> => {
  const file = configFile(named)
  if (file === undefined) return {}
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`)
  }
  const read = await readConfig(text)
  if ('problems' in read) throw new UsageError(told(file, read.problems))
  const {
    $schema: _,
    tls,
    tlsPort,
    quirks,
    ...rest
  } = read.config as { readonly [name: string]: unknown } & { tls?: boolean; tlsPort?: number; quirks?: Toggles }
  return {
    ...(rest as ServerOptions),
    ...(quirks ? { quirks } : {}),
    ...(tls === true || tlsPort !== undefined ? { tls: tlsPort === undefined ? {} : { port: tlsPort } } : {}),
  }
}
