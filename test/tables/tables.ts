/** What the README holds between markers, and the code that prints it. */

import { providers } from '../../src/providers/index.js'
import { clientTable } from './clients.js'
import { quirkTable } from './quirks.js'

/** By the name in the markers `<!-- name -->` and `<!-- /name -->`. */
export const tables: { readonly [name: string]: () => string } = {
  clients: clientTable,
  quirks: () => providers.map(quirkTable).join('\n\n'),
}

const between = (name: string): RegExp => new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?<!-- /${name} -->`)

export const has = (text: string, name: string): boolean => between(name).test(text)

export const withTable = (text: string, name: string, table: string): string =>
  text.replace(between(name), () => `<!-- ${name} -->\n\n${table}\n\n<!-- /${name} -->`)
