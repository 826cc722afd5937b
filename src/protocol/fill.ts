/** Fills `{placeholders}` in templates. A template is read once: what it says is known before the first request. */

import type { Template } from '../provider/template.js'

export interface Facts {
  readonly [name: string]: unknown
}

type Look = (facts: Facts) => unknown
type Fill<T> = (facts: Facts) => T

const memberOf = (value: unknown, step: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as Facts)[step] : undefined

const looks = new Map<string, Look>()
const lookOf = (path: string): Look => {
  let look = looks.get(path)
  if (!look) {
    const [first = '', ...rest] = path.split('.')
    look = (facts) => {
      let value = memberOf(facts, first)
      for (const step of rest) value = memberOf(value, step)
      return value
    }
    looks.set(path, look)
  }
  return look
}

const whole = /^\{([a-zA-Z_][\w.-]*)\}$/
const inside = /\{([a-zA-Z_][\w.-]*)\}/

const readText = (text: string): Fill<string> => {
  // Text and names in turn.
  const pieces = text.split(inside).map((piece, i) => (i % 2 === 0 ? piece : lookOf(piece)))
  return (facts) => {
    let filled = ''
    for (const piece of pieces) filled += typeof piece === 'string' ? piece : String(piece(facts) ?? '')
    return filled
  }
}

/** Texts come from settings; what a toggle can make of them is bounded here. */
const texts = new Map<string, Fill<string>>()
const textOf = (text: string): Fill<string> => {
  let fill = texts.get(text)
  if (!fill) {
    if (texts.size > 5000) texts.clear()
    fill = readText(text)
    texts.set(text, fill)
  }
  return fill
}

/** A string with its placeholders replaced; what is unknown becomes nothing. */
export const fillText = (text: string, facts: Facts): string => (text.includes('{') ? textOf(text)(facts) : text)

const readTemplate = (template: Template): Fill<unknown> => {
  if (typeof template === 'string') {
    const alone = whole.exec(template)
    if (alone?.[1] !== undefined) return lookOf(alone[1])
    return template.includes('{') ? textOf(template) : () => template
  }
  if (typeof template !== 'object' || template === null) return () => template
  if (Array.isArray(template)) {
    const items = template.map(readTemplate)
    return (facts) => items.map((item) => item(facts))
  }
  const members = Object.entries(template).map(([member, inner]) => [member, readTemplate(inner)] as const)
  return (facts) => {
    const filled: { [member: string]: unknown } = {}
    for (const [member, fillMember] of members) {
      const value = fillMember(facts)
      if (value !== undefined) filled[member] = value
    }
    return filled
  }
}

const templates = new WeakMap<object, Fill<unknown>>()

/** A JSON value in which placeholders are replaced. A member whose placeholder stands alone and is unknown is left out. */
export const fill = (template: Template, facts: Facts): unknown => {
  if (typeof template !== 'object' || template === null) return readTemplate(template)(facts)
  let read = templates.get(template)
  if (!read) {
    read = readTemplate(template)
    templates.set(template, read)
  }
  return read(facts)
}

const pathsIn = (template: Template): readonly string[] => {
  if (typeof template === 'string')
    return !template.includes('{') ? [] : [...template.matchAll(new RegExp(inside, 'g'))].map(([, path]) => path ?? '')
  if (typeof template !== 'object' || template === null) return []
  return Object.values(template).flatMap(pathsIn)
}

interface Written {
  readonly looks: readonly Look[]
  values: readonly unknown[]
  text: string
}
const written = new WeakMap<object, Written>()

/** `fill` as JSON text. */
export const fillJson = (template: Template, facts: Facts): string => JSON.stringify(fill(template, facts))

/** `fillJson` for what a server says again and again, its metadata above all: the last text is kept. */
export const repeatedJson = (template: Template, facts: Facts): string => {
  if (typeof template !== 'object' || template === null) return fillJson(template, facts)
  let last = written.get(template)
  if (!last) {
    last = { looks: [...new Set(pathsIn(template))].map(lookOf), values: [], text: '' }
    written.set(template, last)
  }
  const values = last.looks.map((look) => look(facts))
  // What is no plain value may have changed inside.
  if (last.text === '' || values.some((value, i) => value !== last.values[i] || (typeof value === 'object' && value !== null))) {
    last.text = fillJson(template, facts)
    last.values = values
  }
  return last.text
}
