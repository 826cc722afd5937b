/** Makes the JSON Schema of provider files out of the types that the TypeScript form is written in: members, kinds and comments. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineErrors } from '../../src/provider/dialect.js'
import { providers } from '../../src/providers/index.js'
import { root } from '../laws/sources.js'

export interface Schema {
  readonly [member: string]: unknown
}

interface Member {
  readonly name: string
  readonly optional: boolean
  readonly type: string
  readonly comment: string
}

const sources = ['settings', 'extensions', 'dialect', 'formats', 'define', 'quirk', 'source', 'template']
const text = sources.map((name) => readFileSync(join(root, `src/provider/${name}.ts`), 'utf8')).join('\n')

/** Where the bracket that opens at a place closes. */
const closing = (from: string, open: number): number => {
  let depth = 0
  for (let at = open; at < from.length; at += 1) {
    if ('{[('.includes(from[at] ?? '')) depth += 1
    if ('}])'.includes(from[at] ?? '')) depth -= 1
    if (depth === 0) return at
  }
  throw new Error(`nothing closes ${from.slice(open, open + 40)}`)
}

/** Splits at a separator that stands in no bracket and no string. */
const split = (type: string, separator: string): readonly string[] => {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let part = ''
  for (const char of type) {
    if (char === "'") quoted = !quoted
    if (!quoted && '{[('.includes(char)) depth += 1
    if (!quoted && '}])'.includes(char)) depth -= 1
    if (char === separator && depth === 0 && !quoted) {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== '')
}

const commentOf = (raw: string): string =>
  raw
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s?/, '').trim())
    .filter((line) => !line.startsWith('@'))
    .join(' ')
    .trim()

/** The members of the inside of a `{ ... }`. */
const membersIn = (body: string): readonly Member[] => {
  const members: Member[] = []
  let rest = body
  for (;;) {
    const match = /^[\s;]*(\/\*\*[\s\S]*?\*\/\s*|\/\/[^\n]*\n\s*)*readonly (\w+)(\?)?:\s*/.exec(rest)
    if (!match) return members
    const comment = /\/\*\*[\s\S]*?\*\/(?=\s*readonly)/.exec(match[0])?.[0] ?? ''
    let at = match[0].length
    let type = ''
    while (at < rest.length) {
      const char = rest[at] ?? ''
      if ('{[('.includes(char)) {
        const end = closing(rest, at)
        type += rest.slice(at, end + 1)
        at = end + 1
        continue
      }
      // A type goes on in the next line where that begins with a bar, or this one ends with one.
      if (char === ';' || (char === '\n' && !/^\s*\|/.test(rest.slice(at)) && type.trim() !== '' && !type.trim().endsWith('|'))) break
      type += char
      at += 1
    }
    members.push({ name: match[2] ?? '', optional: match[3] === '?', type: type.trim(), comment: comment === '' ? '' : commentOf(comment) })
    rest = rest.slice(at)
  }
}

const interfaceNamed = (name: string): { readonly comment: string; readonly members: readonly Member[] } | undefined => {
  const match = new RegExp(`(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\s*)?export interface ${name}(?:<[^>]*>)?(?: extends \\w+)? \\{`).exec(text)
  if (!match) return undefined
  const open = match.index + match[0].length - 1
  return { comment: commentOf((match[1] ?? '').trim()), members: membersIn(text.slice(open + 1, closing(text, open))) }
}

const aliasNamed = (name: string): string | undefined => {
  const match = new RegExp(`export type ${name} =`).exec(text)
  if (!match) return undefined
  const rest = text.slice(match.index + match[0].length)
  const lines = rest.split('\n')
  const first = lines[0] ?? ''
  const more: string[] = []
  for (const line of lines.slice(1)) {
    if (!/^\s*\|/.test(line)) break
    more.push(line)
  }
  return [first, ...more].join(' ').trim()
}

const described = (schema: Schema, comment: string): Schema =>
  comment === '' ? schema : '$ref' in schema ? { description: comment, allOf: [schema] } : { description: comment, ...schema }

const defs = new Map<string, Schema>()

/** What stands for a format in short: a pattern of an opaque token. */
const format: Schema = {
  anyOf: [{ type: 'string', description: 'A pattern such as acme-{hex32}.' }, { $ref: '#/$defs/Opaque' }, { $ref: '#/$defs/Jwt' }],
}

/** What an answer may have; those below it are none. */
const status: Schema = { type: 'integer', minimum: 200, maximum: 599 }

const literal = (part: string): unknown =>
  part.startsWith("'")
    ? part.slice(1, -1)
    : part === 'true'
      ? true
      : part === 'false'
        ? false
        : /^\d+$/.test(part)
          ? Number(part)
          : undefined

/** Any setting may be a quirk; what a seed or a quirk itself is made of may not. */
const maybeQuirk = (schema: Schema, quirks: boolean): Schema =>
  quirks ? { anyOf: [schema, { $ref: '#/$defs/quirk' }, { $ref: '#/$defs/fact' }] } : schema

const ofObject = (members: readonly Member[], quirks: boolean, partial: boolean): Schema => ({
  type: 'object',
  additionalProperties: false,
  ...(partial ? {} : { required: members.filter(({ optional }) => !optional).map(({ name }) => name) }),
  properties: Object.fromEntries(
    members.map(({ name, type, comment }) => [
      name,
      described(name === 'status' && type === 'number' ? maybeQuirk(status, quirks) : schemaOf(type, quirks, partial), comment),
    ]),
  ),
})

const named = (name: string, quirks: boolean, partial: boolean): Schema => {
  if (name === 'Format') return maybeQuirk(format, quirks)
  const found = interfaceNamed(name)
  if (found) {
    if (!defs.has(name)) {
      defs.set(name, {})
      defs.set(name, described(ofObject(found.members, quirks, partial), found.comment))
    }
    return maybeQuirk({ $ref: `#/$defs/${name}` }, quirks && !['Opaque', 'Jwt'].includes(name))
  }
  const alias = aliasNamed(name)
  if (alias === undefined) throw new Error(`no type is named ${name}`)
  return schemaOf(alias, quirks, partial)
}

const single = (type: string, quirks: boolean, partial: boolean): Schema => {
  if (type === 'string') return { type: 'string' }
  // Lengths of time, counts and shares: none is below zero.
  if (type === 'number' || type === 'Seconds') return { type: 'number', minimum: 0 }
  if (type === 'boolean') return { type: 'boolean' }
  if (type === 'null') return { type: 'null' }
  if (type === 'Template' || type === 'unknown') return {}
  if (type.startsWith('(') && type.endsWith(')')) return schemaOf(type.slice(1, -1), quirks, partial)
  const list = /^readonly (.*)\[\]$/s.exec(type)
  if (list?.[1] !== undefined) return { type: 'array', items: schemaOf(list[1], quirks, false) }
  const map = /^\{\s*readonly \[(?:\w+): string\]: (.*?)\s*\}$/s.exec(type)
  if (map?.[1] !== undefined) return { type: 'object', additionalProperties: schemaOf(map[1], quirks, false) }
  const mapped = /^\{\s*readonly \[\w+ in (\w+)\]: (.*?)\s*\}$/s.exec(type)
  if (mapped?.[1] !== undefined) {
    const keys = split(aliasNamed(mapped[1]) ?? '', '|').map((one) => String(literal(one)))
    const value = schemaOf(mapped[2] ?? '', quirks, false)
    return { type: 'object', additionalProperties: false, properties: Object.fromEntries(keys.map((key) => [key, value])) }
  }
  if (type.startsWith('{')) return ofObject(membersIn(type.slice(1, -1)), quirks, partial)
  return named(type, false, partial)
}

function schemaOf(type: string, quirks: boolean, partial: boolean): Schema {
  const parts = split(type, '|')
  const values = parts.map(literal)
  if (values.every((one) => one !== undefined)) return maybeQuirk({ enum: values }, quirks)
  if (parts.length === 1 && /^[A-Z]\w*$/.test(parts[0] ?? '') && !['Seconds', 'Template'].includes(parts[0] ?? ''))
    return named(parts[0] ?? '', quirks, partial)
  const literals = values.filter((one) => one !== undefined)
  const others = parts
    .filter((_, at) => values[at] === undefined)
    .map((part) => (part === 'Format' ? format : inside(part, quirks, partial)))
  const all = [...(literals.length > 0 ? [{ enum: literals }] : []), ...others]
  const plain = all.length === 1 ? (all[0] ?? {}) : { anyOf: all }
  return Object.keys(plain).length === 0 ? plain : maybeQuirk(plain, quirks)
}

/** A part of a union; what is inside may still hold quirks. */
const inside = (part: string, quirks: boolean, partial: boolean): Schema => {
  if (/^[A-Z]\w*$/.test(part) && interfaceNamed(part)) {
    const schema = named(part, quirks, partial) as { readonly anyOf?: readonly Schema[] }
    return schema.anyOf?.[0] ?? (schema as Schema)
  }
  return single(part, quirks, partial)
}

const messages = (): Schema => {
  const standard = defineErrors({}) as unknown as { readonly [reason: string]: { readonly error: string } }
  const keys = ['*', ...new Set(Object.values(standard).map(({ error }) => error)), ...Object.keys(standard)]
  const { members = [] } = interfaceNamed('ErrorMessage') ?? {}
  defs.set('errorMessage', ofObject(members, true, true))
  return {
    type: 'object',
    description: 'What it says differently: by reason, by RFC error code (every reason with that code), or `*` for all.',
    additionalProperties: false,
    properties: Object.fromEntries(
      [...new Set(keys)]
        .filter((key) => key !== '{error}')
        .map((key) => [key, { anyOf: [{ $ref: '#/$defs/errorMessage' }, { $ref: '#/$defs/quirk' }, { $ref: '#/$defs/fact' }] }]),
    ),
  }
}

/** An endpoint of a provider that is extended may be taken out. */
const takesOut = (settings: Schema): void => {
  const { endpoints } = settings['properties'] as { readonly endpoints: { readonly anyOf: readonly Schema[] } }
  const [map = {}] = endpoints.anyOf
  const { anyOf } = map['additionalProperties'] as { readonly anyOf: Schema[] }
  // What is left out is inherited, or as is usual for the operation.
  const { required: _, ...endpoint } = defs.get('Endpoint') ?? {}
  defs.set('Endpoint', endpoint)
  anyOf.push({ type: 'null', description: 'Takes an endpoint of the provider that is extended out.' })
}

/** The published schema. */
export const providerSchema = (): Schema => {
  defs.clear()
  const { members = [] } = interfaceNamed('Settings') ?? {}
  const settings = ofObject(
    members.filter(({ name }) => name !== 'dialect'),
    true,
    true,
  )
  takesOut(settings)
  schemaOf('Seed', false, false)
  // What is left out is that of the provider which is extended, or the demonstration's.
  const { required: _, ...seeded } = defs.get('Seed') ?? {}
  defs.set('Seed', seeded)
  const seed = { $ref: '#/$defs/Seed' }
  named('Opaque', false, false)
  named('Jwt', false, false)
  const errors = messages()
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A provider for authdouble',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      id: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', description: 'Its segment in URLs; the name of the file unless told.' },
      name: { type: 'string', description: 'The name people know it by.' },
      docs: { type: 'string', description: 'Where its documentation is.' },
      extends: {
        type: 'string',
        description: `A provider that this one differs from: ${providers.map(({ id }) => id).join(', ')}, or a path to another file.`,
      },
      settings,
      errors,
      seed,
    },
    $defs: {
      quirk: {
        type: 'object',
        description: 'One value with two settings: what this provider does, and what a plain server would do.',
        additionalProperties: false,
        required: ['quirk', 'source', 'provider', 'standard', 'description'],
        properties: {
          quirk: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', description: 'Its name: lower-case words joined by hyphens.' },
          source: { $ref: '#/$defs/source' },
          provider: { description: 'What this provider does.' },
          standard: { description: 'What a plain server does.' },
          variants: { type: 'object', description: 'Further settings by name, where the sources know several.' },
          description: { type: 'string', description: 'One line in your own words.' },
          optIn: { type: 'boolean', description: 'Possible, but off unless asked for.' },
        },
      },
      fact: {
        type: 'object',
        description: 'A value with its source. It is what the provider does, and cannot be switched.',
        additionalProperties: false,
        required: ['source', 'value'],
        properties: { source: { $ref: '#/$defs/source' }, value: { description: 'The value of the setting.' } },
      },
      source: {
        type: 'object',
        description: 'How well it is known, and where from.',
        additionalProperties: false,
        required: ['grade', 'where'],
        properties: {
          grade: { enum: ['documented', 'sample', 'observed', 'inferred'] },
          where: { type: 'string', description: 'A section of its text, a public report, the engine or RFC it is inferred from.' },
          quote: { type: 'string', description: 'Ten words of the place at most, by which a reader finds it.' },
        },
      },
      ...Object.fromEntries([...defs].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}
