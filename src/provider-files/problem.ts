/** What is wrong with a provider file, told by line and field. */

import type { Path } from '../validation/schema.js'
import { fieldName } from '../validation/schema.js'

export interface FileProblem {
  readonly path: Path
  /** Goes on from the name of the field, or stands alone. */
  readonly message: string
}

/** A provider file that cannot be used: each line of the message is `file:line: field: what is wrong`. */
export class ProviderFileError extends Error {
  readonly problems: readonly FileProblem[]
  constructor(file: string, problems: readonly FileProblem[], lineOf: (path: Path) => number | undefined) {
    super(
      problems
        .map(({ path, message }) => {
          const line = lineOf(path)
          const field = fieldName(path)
          return `${file}${line === undefined ? '' : `:${line}`}: ${field === '' ? '' : `${field}: `}${message}`
        })
        .join('\n'),
    )
    this.name = 'ProviderFileError'
    this.problems = problems
  }
}
