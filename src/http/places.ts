/** Paths and host names with a `{name}` in them: a tenant, a shop. */

interface Pattern {
  readonly fits: RegExp
  readonly names: readonly string[]
}

const patterns = new Map<string, Pattern>()

const patternOf = (template: string): Pattern => {
  let known = patterns.get(template)
  if (!known) {
    const parts = template.split(/\{([a-zA-Z]\w*)\}/)
    const source = parts.map((part, at) => (at % 2 === 0 ? part.replace(/[.*+?^$()|[\]\\]/g, '\\$&') : '([^/]+)')).join('')
    known = { fits: new RegExp(`^${source}$`, 'i'), names: parts.filter((_, at) => at % 2 === 1) }
    patterns.set(template, known)
  }
  return known
}

/** What stands in the places of a template; undefined where it does not fit. */
export const placesIn = (template: string, text: string): readonly (readonly [name: string, value: string])[] | undefined => {
  const { fits, names } = patternOf(template)
  const found = fits.exec(text)
  return found ? names.map((name, at) => [name, found[at + 1] ?? ''] as const) : undefined
}
