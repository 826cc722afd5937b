/** What identifiers look like: the pattern from which such values are minted. */

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/

/** Lengths of URL-safe base64 for the numbers of random bytes that are usual. */
const urlLengths = [22, 27, 32, 43, 64, 86]

const isMixed = (value: string): boolean => /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value)

const ofRun = (run: string, same: boolean): string => {
  if (same && run.length <= 8) return run
  if (/^\d+$/.test(run)) return same ? run : `{digits${run.length}}`
  if (/^[0-9a-f]+$/.test(run) && run.length >= 8) return `{hex${run.length}}`
  if (/^[0-9a-z]+$/.test(run)) return /\d/.test(run) ? `{alnum${run.length}}` : same ? run : `{alnum${run.length}}`
  if (/^[0-9A-Z]+$/.test(run)) return /\d/.test(run) ? `{upper${run.length}}` : same ? run : `{upper${run.length}}`
  return `{mixed${run.length}}`
}

/** Separators stay; what is the same in all samples and short is no part that is minted. */
const byRuns = (samples: readonly string[]): string => {
  const [first = '', ...others] = samples
  const cut = (value: string): readonly string[] => value.split(/([.:_~-])/)
  return cut(first)
    .map((run, at) => {
      if (at % 2 === 1 || run === '') return run
      const same =
        others.length > 0 ? others.every((other) => cut(other)[at] === run) : run.length <= 5 && !/\d.*[a-z]|[a-z].*\d/i.test(run)
      return ofRun(run, same)
    })
    .join('')
}

/** @param samples values of one kind, one at least */
export const patternOf = (samples: readonly string[]): string => {
  const [first = ''] = samples
  const found = uuid.exec(first)
  if (found) {
    const [before, after] = [first.slice(0, found.index), first.slice(found.index + found[0].length)]
    return `${before}{uuid}${after === '' ? '' : byRuns([after])}`
  }
  if (/^[A-Za-z0-9+/]{4,}=+$/.test(first) || (/[+/]/.test(first) && /^[A-Za-z0-9+/]+$/.test(first)))
    return `{base64:${Buffer.from(first, 'base64').length}}`
  if (samples.every((one) => /^[\w-]+$/.test(one) && isMixed(one)) && urlLengths.includes(first.length)) return `{url${first.length}}`
  return byRuns(samples)
}

export const isJwt = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value) && value.startsWith('eyJ')

export const jwtParts = (
  token: string,
): { readonly header: { readonly [member: string]: unknown }; readonly claims: { readonly [claim: string]: unknown } } => {
  const [header = '', claims = ''] = token.split('.')
  const read = (part: string): { readonly [member: string]: unknown } => JSON.parse(Buffer.from(part, 'base64url').toString())
  return { header: read(header), claims: read(claims) }
}
