/** `/openapi.json`: the description of the control API. */

import { readFile } from 'node:fs/promises'
import type { Resource } from './call.js'
import { ok } from './call.js'

let read: Promise<object> | undefined

const description = async (): Promise<object> => {
  const [{ parse }, text] = await Promise.all([import('yaml'), readFile(new URL('../../../openapi/control.yaml', import.meta.url), 'utf8')])
  return parse(text) as object
}

export const describe: Resource = {
  'GET /openapi.json': async ({ sandbox }) => {
    read ??= description()
    return ok({ ...(await read), servers: [{ url: sandbox.url() }] })
  },
}
