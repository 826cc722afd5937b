/** What a command did, as a file for a program or for the summary page of a CI run. */

import { plain } from '../conformance/reports/markdown.js'
import { version } from '../package/version.js'
import type { Exchanges, Refusal } from './exchanges.js'
import { byProvider, countsOf } from './summary.js'

/** The command's own exit code, and what it did. */
export interface Run {
  readonly exitCode: number
  readonly exchanges: Exchanges
}

const unknownPaths = ({ exchanges }: Run): readonly string[] => [
  ...new Set(
    exchanges
      .seen()
      .filter(({ outcome }) => outcome === 'unknown')
      .map(({ path }) => path),
  ),
]

const json = (run: Run): string =>
  `${JSON.stringify(
    {
      authdouble: version,
      exitCode: run.exitCode,
      requests: run.exchanges.requests(),
      providers: byProvider(run.exchanges.seen()).map(([provider, seen]) => ({ provider, requests: seen.length, ...countsOf(seen) })),
      refused: run.exchanges.refusals(),
      unknown: unknownPaths(run),
    },
    null,
    2,
  )}\n`

const columns = {
  requests: 'requests',
  authorizationRequests: 'authorizations',
  codeExchanges: 'codes',
  refreshes: 'refreshes',
  otherGrants: 'other grants',
  apiCalls: 'API calls',
  revocations: 'revocations',
  refused: 'refused',
} as const

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

const refusal = ({ explained, count, unexpected }: Refusal): string =>
  `- ${unexpected ? '❌' : '☑️'} ${plain(explained)}${count > 1 ? ` (${count} times)` : ''}`

const markdown = (run: Run): string => {
  const refusals = run.exchanges.refusals()
  const unexpected = refusals.filter((one) => one.unexpected).reduce((sum, { count }) => sum + count, 0)
  const requests = run.exchanges.requests()
  const providers = byProvider(run.exchanges.seen()).map(([provider, seen]) => {
    const counts = { requests: seen.length, ...countsOf(seen) }
    return row([provider, ...Object.keys(columns).map((name) => counts[name as keyof typeof columns])])
  })
  const unknown = unknownPaths(run)
  const sections = [
    `## ${unexpected > 0 ? '❌' : '✅'} authdouble: ${requests} request${requests === 1 ? '' : 's'}, ${unexpected} refused unexpectedly`,
    ...(requests === 0 ? ['No request came. Does the command read `AUTHDOUBLE_URL` and the like from its environment?'] : []),
    ...(providers.length > 0
      ? [[row(['provider', ...Object.values(columns)]), row(['---', ...Object.values(columns).map(() => '--:')]), ...providers].join('\n')]
      : []),
    ...(refusals.length > 0
      ? [
          `### Refused, and why`,
          [...refusals]
            .sort((a, b) => Number(b.unexpected) - Number(a.unexpected))
            .map(refusal)
            .join('\n'),
        ]
      : []),
    ...(unknown.length > 0
      ? [
          `### At paths that no provider serves`,
          unknown
            .slice(0, 20)
            .map((path) => `- ${plain(path)}`)
            .join('\n'),
        ]
      : []),
  ]
  return `${sections.join('\n\n')}\n`
}

export const runFormats = { markdown, json } as const
