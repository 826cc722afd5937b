/** Medians, spreads, and columns that line up. */

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

export const number = (value: number): string =>
  Number.isFinite(value) ? (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)) : '-'

/** `median (least-most)` */
export const spread = (values: readonly number[]): string =>
  values.length < 2 ? number(median(values)) : `${number(median(values))} (${number(Math.min(...values))}-${number(Math.max(...values))})`

/** The first column to the left, the others to the right. */
export const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
