/** Writes what was learned as a provider file: settings as quirks that are graded `observed`, the rest with the entry beside it. */

import { defaults } from '../../provider/defaults.js'
import { isObject } from '../../validation/schema.js'
import type { Learned, LearnedProvider } from './learn.js'
import type { Exchange } from './traffic.js'

const where = ({ number, method, url, status }: Exchange): string => `entry ${number}, ${method} ${url.pathname} (${status})`

const standardAt = (path: readonly string[]): unknown =>
  path.reduce<unknown>((value, member) => (isObject(value) ? value[member] : undefined), defaults)

/** Settings that are what a server is, and no habit of it. */
const plain = ['issuer', 'endpoints', 'scopes']

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right)

const asQuirk = (path: readonly string[], { value, from }: Learned): unknown => {
  const standard = standardAt(path)
  // A section that is there, and says nothing.
  if (plain.includes(path[0] ?? '') || path.length === 1) return value
  if (same(value, standard)) return undefined
  return {
    quirk: path
      .join('-')
      .replace(/[^a-zA-Z0-9]+/g, '-')
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .toLowerCase(),
    source: { grade: 'observed', where: where(from) },
    provider: value,
    standard: standard ?? null,
    description: `As seen in recorded traffic: ${path.join('.')}`,
  }
}

type Tree = { [member: string]: unknown }

const place = (tree: Tree, path: readonly string[], value: unknown): void => {
  const [member = '', ...rest] = path
  if (rest.length === 0) {
    tree[member] = isObject(tree[member]) && isObject(value) ? { ...value, ...tree[member] } : value
    return
  }
  const inner = isObject(tree[member]) ? { ...tree[member] } : {}
  tree[member] = inner
  place(inner, rest, value)
}

/** @param id the provider's id, by which it will be served */
export const writeLearned = async (learned: LearnedProvider, id: string): Promise<string> => {
  const { Document, isMap } = await import('yaml')
  const content: Tree = { id, name: id, docs: '' }
  for (const [path, leaf] of learned.leaves) {
    const parts = path.split('.')
    const value = parts[0] === 'settings' ? asQuirk(parts.slice(1), leaf) : leaf.value
    if (value !== undefined) place(content, parts, value)
  }
  const document = new Document(content, { aliasDuplicateObjects: false })
  document.commentBefore = [
    ' yaml-language-server: $schema=./node_modules/authdouble/openapi/provider.schema.json',
    ' Learned from recorded traffic. Secrets are replaced. Look at what follows, for it could not be learned:',
    ...learned.unlearned.map((one) => ` - ${one}`),
  ].join('\n')
  for (const [path, { from }] of learned.leaves) {
    const parts = path.split('.')
    const parent = document.getIn(parts.slice(0, -1), true)
    const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === parts.at(-1)) : undefined
    const graded = parts[0] === 'settings' && !plain.includes(parts[1] ?? '') && parts.length > 2
    if (pair && !graded && pair.key && typeof pair.key === 'object')
      (pair.key as { commentBefore?: string }).commentBefore = ` observed: ${where(from)}`
  }
  return document.toString({ lineWidth: 140 })
}
