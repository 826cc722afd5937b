/** What is thrown at whoever calls the library with something that cannot be done; nothing was changed then. */

/** An argument that cannot be used. `field` names it, as a dotted path. */
export class ValidationError extends Error {
  readonly field: string
  /** The message without the name of what was called. */
  readonly detail: string
  /** @param called what was called: `faults.add` */
  constructor(field: string, detail: string, called?: string) {
    super(called === undefined ? detail : `${called}: ${detail}`)
    this.name = new.target.name
    this.field = field
    this.detail = detail
  }
}

/** A name or value that is in use already. */
export class ConflictError extends ValidationError {}
