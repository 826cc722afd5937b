/** What the pages under docs/ hold between markers, and the code that prints it. */

import { providers } from '../../src/providers/index.js'
import { clientTable, findingList } from './clients.js'
import { controlTable } from './control.js'
import { exploredList } from './explored.js'
import { providerTables } from './quirks.js'
import { settingsTable } from './settings.js'
import { speedTable } from './speed.js'

/** By the name in the markers `<!-- name -->` and `<!-- /name -->`: where it stands, and what prints it. */
export const tables: { readonly [name: string]: { readonly file: string; readonly print: () => string } } = {
  clients: { file: 'docs/clients.md', print: clientTable },
  findings: { file: 'docs/clients.md', print: findingList },
  explored: { file: 'docs/clients.md', print: exploredList },
  speed: { file: 'docs/performance.md', print: speedTable },
  control: { file: 'docs/control-api.md', print: controlTable },
  settings: { file: 'docs/provider-settings.md', print: settingsTable },
  quirks: { file: 'docs/quirks.md', print: () => providers.map(providerTables).join('\n\n') },
}

const between = (name: string): RegExp => new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?<!-- /${name} -->`)

export const has = (text: string, name: string): boolean => between(name).test(text)

export const withTable = (text: string, name: string, table: string): string =>
  text.replace(between(name), () => `<!-- ${name} -->\n\n${table}\n\n<!-- /${name} -->`)
