/** What the conformance suite says about real client libraries, as Markdown: printed from `fixtures/clients/results.json`. */

import { readFileSync } from 'node:fs'
import { providers } from '../../src/index.js'

export interface Finding {
  readonly case: string
  readonly check: string
  readonly verdict: 'fail' | 'warn' | 'not-exercised' | 'error'
  readonly title: string
  readonly seen: string
}

export interface At {
  readonly provider: string
  readonly outcome: string
  readonly pass: number
  readonly fail: number
  readonly warn: number
  readonly 'not-applicable': number
  readonly 'not-exercised': number
  readonly error: number
  readonly findings: readonly Finding[]
}

export interface Row {
  readonly id: string
  /** Library and version, as it names itself. */
  readonly client: string
  readonly notRun?: string
  readonly at: readonly At[]
}

interface Listed {
  readonly id: string
  readonly library: string
  readonly language: string
  readonly needs: { readonly [provider: string]: string }
  readonly cannot?: { readonly [provider: string]: string }
}

const read = <T>(path: string): T => JSON.parse(readFileSync(new URL(`../../fixtures/clients/${path}`, import.meta.url), 'utf8')) as T

export const listed = (): readonly Listed[] => read('clients.json')
export const results = (): readonly Row[] => read('results.json')

const cell = (at: At | undefined, notRun: boolean): string => {
  if (!at) return notRun ? 'not run' : '–'
  const parts = [
    [at.pass, '✓'],
    [at.fail + at.error, '✗'],
    [at.warn, '▲'],
    [at['not-exercised'], '?'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, sign]) => (sign === '✗' ? `**${count} ${sign}**` : `${count} ${sign}`))
    .join(' ')
}

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const nameOf = (provider: string): string => providers.find(({ id }) => id === provider)?.name ?? provider

const sign: { readonly [V in Finding['verdict']]: string } = { fail: '✗', error: '✗', warn: '▲', 'not-exercised': '?' }

/** What a library did at a provider, beside what it needed for it. */
const detail = ({ needs, cannot }: Listed, provider: string, at: At | undefined): string => {
  const lines = [`- **${nameOf(provider)}** needs ${needs[provider] ?? 'nothing'}${cannot?.[provider] ? `; ${cannot[provider]}` : ''}`]
  const findings = at?.findings.filter(({ verdict }) => verdict !== 'not-exercised') ?? []
  return [...lines, ...findings.map((one) => `  - ${sign[one.verdict]} \`${one.case}\` ${one.title}: ${escaped(one.seen)}`)].join('\n')
}

export const clientTable = (): string => {
  const rows = results()
  // Only where at least one library is wired up.
  const columns = providers.map(({ id }) => id).filter((id) => rows.some(({ at }) => at.some(({ provider }) => provider === id)))
  const head = `| | ${columns.map(nameOf).join(' | ')} |\n|---|${columns.map(() => '---|').join('')}`
  const body = rows.map(({ client, notRun, at }) => {
    const cells = columns.map((provider) =>
      cell(
        at.find((one) => one.provider === provider),
        notRun !== undefined,
      ),
    )
    return `| ${client} | ${cells.join(' | ')} |`
  })
  return `${head}\n${body.join('\n')}\n\n✓ checks that passed · ✗ that failed · ▲ advice that was not followed · ? not exercised, mostly because an earlier step failed · – not a client for this provider`
}

/** Each library, with what it needs and every check that it does not pass. */
export const findingList = (): string => {
  const rows = results()
  const sections = listed().map((client) => {
    const row = rows.find(({ id }) => id === client.id)
    const parts = Object.keys(client.needs).map((provider) =>
      detail(
        client,
        provider,
        row?.at.find((one) => one.provider === provider),
      ),
    )
    return `### ${row?.client ?? client.library} (${client.language})\n\n${parts.join('\n')}`
  })
  return sections.join('\n\n')
}
