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

/** What is left to the users of a library, by the word in `leaves` of clients.json, and the invariants that may be broken by it. */
const left: { readonly [word: string]: { readonly says: string; readonly invariants: RegExp } } = {
  state: {
    says: 'the library leaves it to its user to forget a state that was used',
    invariants: /accepts-only-its-own|compares-state|code-once|grant-survives-its-code/,
  },
  storage: {
    says: 'the library leaves it to its user to keep tokens, and to remember that one has ended',
    invariants: /gives-up-an-ended-token/,
  },
  refresh: { says: 'the library leaves refreshes to its user', invariants: /connection-kept/ },
}

const leaves = new Map(
  (
    JSON.parse(readFileSync(new URL('../../fixtures/clients/clients.json', import.meta.url), 'utf8')) as readonly {
      readonly id: string
      readonly leaves: readonly string[]
    }[]
  ).map((client) => [client.id, client.leaves]),
)

/** A callback that came more than once, or with a state that was used, is the user's to refuse where the state is the user's. */
const ofAnOldState = (invariant: string, story: readonly string[]): boolean =>
  !/code-once|compares-state|accepts-only/.test(invariant) || story.some((line) => /callback again|callback at once|used-state/.test(line))

const whose = (id: string, invariant: string, story: readonly string[]): string | undefined => {
  if (invariant === 'always.comes-to-an-end') return 'within 8 seconds; some give up later'
  return leaves
    .get(id)
    ?.map((word) => left[word])
    .find((one) => one?.invariants.test(invariant) && ofAnOldState(invariant, story))?.says
}

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')

/** What was asked afterwards says no more than the last line does. */
const shortened = (story: readonly string[]): readonly string[] =>
  story
    .filter((line, at) => at === story.length - 1 || !/^\d+\. (afterwards|restart)/.test(line))
    .map((line, at) => line.replace(/^\d+\./, `${at + 1}.`))

const section = ({ id, client, provider, runs, connected, findings }: Explored): string => {
  const head = `### ${client} at ${provider}: ${runs} schedules`
  if (connected === false) return `${head}\n\nIt never connected.`
  if (findings.length === 0) return `${head}\n\nNothing was found.`
  const items = findings.map(({ invariant, consequence, after, story }) => {
    const steps = shortened(story).map((line) => `  ${escaped(line)}`)
    const owner = whose(id, invariant, story)
    return `- **Not kept: ${titleOf(invariant)}** (${words[consequence] ?? consequence}; found with schedule ${after}${owner === undefined ? '' : `; ${owner}`})\n\n${steps.join('\n')}`
  })
  return `${head}\n\n${items.join('\n')}`
}

export const exploredList = (): string =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly Explored[]).map(section).join('\n\n') : 'Nothing was searched yet.'
