/** What a run measured, as it is kept for docs/performance.md: `test/bench/results.json`. */

import { writeFileSync } from 'node:fs'
import { type Figures, figureKey } from './goals.js'
import type { Row, Subject } from './subjects.js'
import { rowTitles } from './subjects.js'
import { median } from './table.js'

export const resultsFile = 'test/bench/results.json'

export interface Results {
  readonly node: string
  readonly processor: string
  readonly connections: number
  /** Raw RS256 signatures a second, on the server's core. */
  readonly signatures: number
  readonly subjects: readonly {
    readonly id: string
    readonly title: string
    /** Milliseconds from the start of the process to its first answer. */
    readonly start: number
    readonly rows: { readonly [R in Row]?: { readonly perSecond: number; readonly micros: number } }
  }[]
}

/** Three digits say all that such a figure can. */
const rounded = (value: number): number => Number(value.toPrecision(3))

export const keepResults = (
  subjects: readonly Subject[],
  run: Omit<Results, 'subjects'> & { readonly starts: ReadonlyMap<string, number>; readonly figures: Figures },
): void => {
  const { starts, figures, ...rest } = run
  const results: Results = {
    ...rest,
    signatures: rounded(rest.signatures),
    subjects: subjects.map(({ id, title }) => ({
      id,
      title,
      start: rounded(starts.get(id) ?? Number.NaN),
      rows: Object.fromEntries(
        Object.keys(rowTitles).flatMap((row) => {
          const figure = figures.get(figureKey(row, rest.connections, id))
          return figure && figure.perSecond.length > 0
            ? [[row, { perSecond: rounded(median(figure.perSecond)), micros: rounded(median(figure.micros)) }]]
            : []
        }),
      ),
    })),
  }
  writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`)
}
