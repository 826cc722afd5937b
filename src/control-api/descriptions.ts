/** The OpenAPI descriptions that come with the package. */

import { readFile } from 'node:fs/promises'
import type { OpenAPIV3_1 } from 'openapi-types'

/** The description as it was written, or undefined where there is none: a provider of one's own has no file here. */
export const descriptionText = (name: string): Promise<string | undefined> =>
  readFile(new URL(`../../openapi/${name}.yaml`, import.meta.url), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

const read = new Map<string, Promise<OpenAPIV3_1.Document | undefined>>()

const description = async (name: string): Promise<OpenAPIV3_1.Document | undefined> => {
  const text = await descriptionText(name)
  return text === undefined ? undefined : ((await import('yaml')).parse(text) as OpenAPIV3_1.Document)
}

/** A description with the place where it is served in it: here one URL stands for all the real hosts. */
export const describedAt = async (name: string, url: string): Promise<OpenAPIV3_1.Document | undefined> => {
  const known = read.get(name) ?? description(name)
  read.set(name, known)
  const document = await known
  if (!document) return undefined
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => {
    const { servers: _, ...rest } = item ?? {}
    return [path, rest] as const
  })
  return { ...document, servers: [{ url }], paths: Object.fromEntries(paths) }
}
