/** Paths and host names with a `{name}` in them: a tenant, a shop. */

interface Pattern {
  readonly fits: RegExp
  readonly names: readonly string[]
}

const patterns = new Map<string, Pattern>()

/** @param one what a place may be: a segment of a path, or a label of a host name */
const patternOf = (template: string, one: string): Pattern => {
  const key = `${one} ${template}`
  let known = patterns.get(key)
  if (!known) {
    const parts = template.split(/\{([a-zA-Z]\w*)\}/)
    const source = parts.map((part, at) => (at % 2 === 0 ? part.replace(/[.*+?^$()|[\]\\]/g, '\\$&') : one)).join('')
    known = { fits: new RegExp(`^${source}$`, 'i'), names: parts.filter((_, at) => at % 2 === 1) }
    patterns.set(key, known)
  }
  return known
}

type Places = readonly (readonly [name: string, value: string])[]

const found = (template: string, text: string, one: string): Places | undefined => {
  const { fits, names } = patternOf(template, one)
  const match = fits.exec(text)
  return match ? names.map((name, at) => [name, match[at + 1] ?? ''] as const) : undefined
}

/** What stands in the places of a path; undefined where it does not fit. */
export const placesInPath = (template: string, path: string): Places | undefined => found(template, path, '([^/]+)')

/** What stands in the places of a host name, each a label of it; undefined where it does not fit. */
export const placesInHost = (template: string, host: string): Places | undefined => found(template, host, '([^./]+)')
