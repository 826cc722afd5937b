/** What the search found in real client libraries, as Markdown: printed from `fixtures/clients/explored.json`. */

import { existsSync, readFileSync } from 'node:fs'
import { invariants } from '../../src/conformance/explore/play.js'

interface Explored {
  readonly id: string
  readonly client: string
  readonly provider: string
  /** Schedules that were made up. */
  readonly runs: number
  readonly connected?: false
  readonly findings: readonly {
    readonly invariant: string
    readonly consequence: string
    readonly after: number
    readonly story: readonly string[]
  }[]
}

const file = new URL('../../fixtures/clients/explored.json', import.meta.url)

const titleOf = (invariant: string): string => invariants.find(({ id }) => id === invariant)?.title ?? invariant

const words: { readonly [consequence: string]: string } = {
  'connection-lost': 'the connection is lost',
  'secret-exposed': 'a secret is exposed',
  'rule-broken': 'a rule is broken',
}

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')

/** What was asked afterwards says no more than the last line does. */
const shortened = (story: readonly string[]): readonly string[] =>
  story
    .filter((line, at) => at === story.length - 1 || !/^\d+\. (afterwards|restart)/.test(line))
    .map((line, at) => line.replace(/^\d+\./, `${at + 1}.`))

const section = ({ client, provider, runs, connected, findings }: Explored): string => {
  const head = `### ${client} at ${provider}: ${runs} schedules`
  if (connected === false) return `${head}\n\nIt never connected.`
  if (findings.length === 0) return `${head}\n\nNothing was found.`
  const items = findings.map(({ invariant, consequence, after, story }) => {
    const steps = shortened(story).map((line) => `  ${escaped(line)}`)
    return `- **Does not: ${titleOf(invariant)}** (${words[consequence] ?? consequence}; found with schedule ${after})\n\n${steps.join('\n')}`
  })
  return `${head}\n\n${items.join('\n')}`
}

export const exploredList = (): string =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly Explored[]).map(section).join('\n\n') : 'Nothing was searched yet.'
