/** Checks what is sent to the control API, and says which member is at fault. */

/** A call that cannot be carried out; nothing was changed. */
export class ControlError extends Error {
  readonly status: number
  readonly error: string
  readonly field: string | undefined
  constructor(status: number, error: string, message: string, field?: string) {
    super(message)
    this.status = status
    this.error = error
    this.field = field
  }
}

export const invalid = (message: string, field?: string): ControlError => new ControlError(400, 'invalid', message, field)

export type Members = { readonly [member: string]: unknown }

/** The body as an object that has no other members than these. @throws ControlError */
export const members = (body: unknown, known: readonly string[]): Members => {
  if (body === undefined || body === null) return {}
  if (typeof body !== 'object' || Array.isArray(body)) throw invalid('the body is a JSON object')
  const stranger = Object.keys(body).find((member) => !known.includes(member))
  if (stranger !== undefined)
    throw invalid(`unknown member ${JSON.stringify(stranger)}; this takes ${known.join(', ') || 'none'}`, stranger)
  return body as Members
}

export const text = (from: Members, member: string): string | undefined => {
  const value = from[member]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value === '') throw invalid(`${member} is a string`, member)
  return value
}

export const flag = (from: Members, member: string): boolean | undefined => {
  const value = from[member]
  if (value === undefined || typeof value === 'boolean') return value
  throw invalid(`${member} is true or false`, member)
}

/** Seconds, or a length such as `2h`. */
export const length = (from: Members, member: string, read: (text: string | number) => number | undefined): number | undefined => {
  const value = from[member]
  if (value === undefined) return undefined
  const seconds = typeof value === 'number' || typeof value === 'string' ? read(value) : undefined
  if (seconds === undefined) throw invalid(`${member} is seconds, or a length such as "30s" or "2h"`, member)
  return seconds
}
