/** What is thrown at whoever calls the library with something that cannot be done; nothing was changed then. */

/** An argument that cannot be used. `field` names it, as a dotted path. */
export class ValidationError extends Error {
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.name = new.target.name
    this.field = field
  }
}

/** A name or value that is in use already. */
export class ConflictError extends ValidationError {}
