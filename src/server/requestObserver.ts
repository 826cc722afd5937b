/** What a person who watches is told of the requests. */

/** A line for a person who watches. */
export type RequestObserver = (line: {
  readonly sandbox: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly id: string | undefined
  readonly took: number
  /** Why there was no better answer than 500: a mistake of ours. */
  readonly mistake?: unknown
}) => void
