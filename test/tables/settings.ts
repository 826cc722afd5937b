/** Every setting of a provider file, as Markdown: what it may be, what it is for, and what it is where a file says nothing. */

import { defaults } from '../../src/provider/defaults.js'
import { providerSchema } from './providerSchema.js'

interface Node {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Node[]
  readonly allOf?: readonly Node[]
  readonly items?: Node
  readonly properties?: { readonly [name: string]: Node }
  readonly additionalProperties?: Node | false
  readonly description?: string
}

const whole = providerSchema() as unknown as Node & { readonly $defs: { readonly [name: string]: Node } }

const isQuirk = ({ $ref }: Node): boolean => $ref === '#/$defs/quirk' || $ref === '#/$defs/fact'

/** Without the quirk or the fact that may stand in its place, and with what it refers to. */
const plain = (node: Node): readonly Node[] => {
  if (node.allOf) return node.allOf.flatMap(plain)
  if (node.anyOf) return node.anyOf.filter((one) => !isQuirk(one)).flatMap(plain)
  const named = node.$ref?.slice('#/$defs/'.length)
  return named === undefined ? [node] : [whole.$defs[named] ?? {}]
}

const isFormat = (node: Node): boolean => plain(node).some(({ properties }) => properties?.['kind'] !== undefined)

const kindOf = (node: Node): string => {
  if (isFormat(node)) return plain(node).some(({ type }) => type === 'null') ? 'a format, or `null`' : 'a format'
  const kinds = plain(node).map((one): string => {
    if (one.enum) return one.enum.map((value) => `\`${String(value)}\``).join(', ')
    if (one.type === 'array') return `a list of ${kindOf(one.items ?? {})}`
    if (one.type === 'object' && !one.properties) return 'an object'
    if (one.type === 'object') return 'a section'
    return (
      { string: 'a text', number: 'a number', integer: 'a whole number', boolean: '`true`, `false`', null: '`null`' }[one.type ?? ''] ??
      'anything'
    )
  })
  return [...new Set(kinds)].join(', or ')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

const valueText = (value: unknown): string => {
  if (value === undefined) return ''
  const text = JSON.stringify(value) ?? ''
  return text.length > 60 ? '…' : `\`${cell(text)}\``
}

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of a section that may have one of several shapes, the members of all of them. */
const membersOf = (node: Node): { readonly [name: string]: Node } => {
  const found: { [name: string]: Node } = {}
  for (const { properties = {} } of plain(node))
    for (const [name, one] of Object.entries(properties)) found[name] = found[name] ? { anyOf: [found[name], one] } : one
  return found
}

/** One row, or those of the members of a section within the section. */
const rowsOf = (name: string, node: Node, standard: unknown): readonly string[] => {
  const inner = isFormat(node) ? {} : membersOf(node)
  if (Object.keys(inner).length > 0 && name.split('.').length < 2)
    return Object.entries(inner).flatMap(([member, one]) =>
      rowsOf(`${name}.${member}`, one, isObject(standard) ? standard[member] : undefined),
    )
  return [`| \`${name}\` | ${kindOf(node)} | ${cell(node.description ?? '')} | ${valueText(standard)} |`]
}

const head = '| setting | may be | what it is for | where a file says nothing |\n|---|---|---|---|'

const section = (name: string, node: Node): string => {
  const standard = (defaults as unknown as { readonly [section: string]: unknown })[name]
  const described = plain(node).find(({ description }) => description !== undefined)?.description ?? node.description ?? ''
  const absent = standard === null ? ' Not there unless a file has the section; `{}` is enough.' : ''
  const rows = Object.entries(membersOf(node)).flatMap(([member, one]) =>
    rowsOf(member, one, isObject(standard) ? standard[member] : undefined),
  )
  return `### ${name}\n\n${[cell(described), absent.trim()].filter((one) => one !== '').join(' ')}\n\n${head}\n${rows.join('\n')}`
}

export const settingsTable = (): string => {
  const { settings } = whole.properties ?? {}
  const all = Object.entries(settings?.properties ?? {})
  const isSection = ([, node]: readonly [string, Node]): boolean => !isFormat(node) && Object.keys(membersOf(node)).length > 0
  const single = all.filter((one) => !isSection(one) && one[0] !== 'endpoints')
  const rows = single.flatMap(([name, node]) => rowsOf(name, node, (defaults as unknown as { readonly [section: string]: unknown })[name]))
  const endpoint = Object.entries(whole.$defs['Endpoint']?.properties ?? {}).flatMap(([member, node]) => rowsOf(member, node, undefined))
  return [
    `### At the top of \`settings\`\n\n${head}\n${rows.join('\n')}`,
    `### endpoints\n\nBy names of your own. \`methods\` and \`host\` are as is usual for the operation where a file says nothing.\n\n${head}\n${endpoint.join('\n')}`,
    ...all.filter(isSection).map(([name, node]) => section(name, node)),
  ].join('\n\n')
}
