/** The quirk table of a provider, as Markdown. */

import { quirkRows } from '../../src/cli/providers.js'
import type { Provider } from '../../src/provider/define.js'

const cell = (value: unknown): string => {
  if (value === '{absent}') return 'absent'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? '…' : `\`${text.replaceAll('|', '\\|')}\``
}

export const quirkTable = (provider: Provider): string => {
  const rows = quirkRows(provider).map(
    ({ name, on, here, otherwise, says, grade }) =>
      `| \`${name}\` | ${on ? 'on' : 'off'} | ${says.replaceAll('|', '\\|')} | ${cell(here)} | ${cell(otherwise)} | ${grade} |`,
  )
  const head = '| quirk | at the start | what the provider does | its value | at a plain server | known as |\n|---|---|---|---|---|---|'
  return `## ${provider.name} (\`${provider.id}\`): ${rows.length} quirks\n\n${head}\n${rows.join('\n')}`
}
