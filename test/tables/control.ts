/** The routes of the control API, as Markdown: printed from `openapi/control.yaml`. */

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface Description {
  readonly paths: { readonly [path: string]: { readonly [method: string]: { readonly summary?: string } } }
}

const methods = ['get', 'put', 'post', 'delete']

export const controlTable = (): string => {
  const { paths }: Description = parse(readFileSync(new URL('../../openapi/control.yaml', import.meta.url), 'utf8'))
  const rows = Object.entries(paths).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = operations[method]
      return operation ? [`| \`${method.toUpperCase()} ${path}\` | ${operation.summary ?? ''} |`] : []
    }),
  )
  return `| route | does |\n|---|---|\n${rows.join('\n')}`
}
