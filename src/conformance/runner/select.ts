/** Which cases are run, and in which order. */

import { createHash } from 'node:crypto'
import type { Case } from './case.js'

export const caseId = (provider: string, { topic, name }: Case): string => `${provider}/${topic}/${name}`

const pattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('**', '\u0000')
      .replaceAll('*', '[^/]*')
      .replaceAll('\u0000', '.*')}$`,
  )

/** `refresh/*`, `zettle/refresh/*`, `refresh`, `picks-up-rotated-token`: an id, its end, or a topic; `*` stands for a part. */
export const fitsAny = (id: string, globs: readonly string[]): boolean => {
  const [provider = '', topic = '', name = ''] = id.split('/')
  const forms = [id, `${topic}/${name}`, name, topic, provider]
  return globs.length === 0 || globs.some((glob) => forms.some((form) => pattern(glob).test(form)))
}

/** The same order for the same seed. */
export const shuffled = <T>(list: readonly T[], seed: string): readonly T[] =>
  list
    .map((item, at) => ({ item, key: createHash('sha256').update(`${seed}:${at}`).digest('hex') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item)
