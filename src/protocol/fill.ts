/** Fills `{placeholders}` in templates. */

import type { Template } from '../provider/settings.js'

export interface Facts {
  readonly [name: string]: unknown
}

const look = (facts: Facts, path: string): unknown => {
  let value: unknown = facts
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.hasOwn(value, step) ? (value as Facts)[step] : undefined
  }
  return value
}

const whole = /^\{([a-zA-Z_][\w.-]*)\}$/
const inside = /\{([a-zA-Z_][\w.-]*)\}/g

/** A string with its placeholders replaced; what is unknown becomes nothing. */
export const fillText = (text: string, facts: Facts): string =>
  text.includes('{') ? text.replace(inside, (_, path: string) => String(look(facts, path) ?? '')) : text

/** A JSON value in which placeholders are replaced. A member whose placeholder stands alone and is unknown is left out. */
export const fill = (template: Template, facts: Facts): unknown => {
  if (typeof template === 'string') {
    const alone = whole.exec(template)
    return alone?.[1] === undefined ? fillText(template, facts) : look(facts, alone[1])
  }
  if (Array.isArray(template)) return template.map((item) => fill(item, facts))
  if (typeof template !== 'object' || template === null) return template
  const filled: { [member: string]: unknown } = {}
  for (const [member, inner] of Object.entries(template)) {
    const value = fill(inner, facts)
    if (value !== undefined) filled[member] = value
  }
  return filled
}
