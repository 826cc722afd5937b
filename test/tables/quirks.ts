/** The tables of a provider, as Markdown: its quirks, and what else it does differently from the standard. */

import { factRows, quirkRows } from '../../src/cli/providers.js'
import type { Provider } from '../../src/provider/define.js'

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

const cell = (value: unknown): string => {
  if (value === '{absent}') return 'absent'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? '…' : `\`${text.replaceAll('|', '\\|')}\``
}

const from = ({ where, quote }: { readonly where: string; readonly quote?: string }): string =>
  escaped(quote === undefined ? where : `${where}: “${quote}”`)

const quirkTable = (provider: Provider): string => {
  const rows = quirkRows(provider).map(
    (row) =>
      `| \`${row.name}\` | ${row.on ? 'on' : 'off'} | ${escaped(row.says)} | ${cell(row.here)} | ${cell(row.otherwise)} | ${row.grade} | ${from(row)} |`,
  )
  const head =
    '| quirk | at the start | what the provider does | its value | at a plain server | known as | known from |\n|---|---|---|---|---|---|---|'
  return `${head}\n${rows.join('\n')}`
}

const factTable = (provider: Provider): string => {
  const rows = factRows(provider).map((row) => `| \`${row.path}\` | ${cell(row.shown)} | ${row.grade} | ${from(row)} |`)
  return `| setting | its value | known as | known from |\n|---|---|---|---|\n${rows.join('\n')}`
}

export const providerTables = (provider: Provider): string =>
  [
    `## ${provider.name} (\`${provider.id}\`): ${quirkRows(provider).length} quirks`,
    quirkTable(provider),
    `### ${provider.name}: what else differs from the standard, and how we know`,
    factTable(provider),
  ].join('\n\n')
