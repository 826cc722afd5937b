/** What a client did, in one paragraph. */

import type { Seen } from './exchanges.js'

const counted = (what: string, count: number): string => `${count} ${what}${count === 1 ? '' : 's'}`

export interface ProviderCounts {
  readonly authorizationRequests: number
  readonly codeExchanges: number
  readonly refreshes: number
  readonly otherGrants: number
  readonly apiCalls: number
  readonly revocations: number
  readonly refused: number
}

/** What went to one provider, by what came of it. */
export const countsOf = (seen: readonly Seen[]): ProviderCounts => {
  const at = (...operations: readonly string[]): number => seen.filter(({ operation }) => operations.includes(operation ?? '')).length
  const tokens = seen.filter(({ operation, outcome }) => operation === 'token' && outcome === 'answered')
  const granted = (grantType: string): number => tokens.filter((one) => one.grantType === grantType).length
  const [codeExchanges, refreshes] = [granted('authorization_code'), granted('refresh_token')]
  return {
    authorizationRequests: at('authorize'),
    codeExchanges,
    refreshes,
    otherGrants: tokens.length - codeExchanges - refreshes,
    apiCalls: at('resource', 'userinfo'),
    revocations: at('revoke', 'disconnect'),
    refused: seen.filter(({ outcome }) => outcome === 'refused').length,
  }
}

const ofProvider = (provider: string, seen: readonly Seen[]): string => {
  const counts = countsOf(seen)
  const reasons = [...new Set(seen.filter(({ outcome }) => outcome === 'refused').map(({ reason }) => reason))].join(', ')
  const parts = [
    [counts.authorizationRequests, counted('authorization request', counts.authorizationRequests)],
    [counts.codeExchanges, counted('code exchange', counts.codeExchanges)],
    [counts.refreshes, `${counts.refreshes} refresh${counts.refreshes === 1 ? '' : 'es'}`],
    [counts.otherGrants, `${counts.otherGrants} by other grants`],
    [counts.apiCalls, counted('API call', counts.apiCalls)],
    [counts.revocations, counted('revocation', counts.revocations)],
    [counts.refused, `${counts.refused} refused (${reasons})`],
  ] as const
  const done = parts.filter(([count]) => count > 0).map(([, text]) => text)
  return `${provider}: ${done.length > 0 ? done.join(', ') : counted('request', seen.length)}`
}

/** By provider, in the order in which they were first asked. */
export const byProvider = (seen: readonly Seen[]): readonly (readonly [provider: string, seen: readonly Seen[]])[] =>
  [...new Set(seen.map(({ provider }) => provider))]
    .filter((id) => id !== undefined)
    .map((id) => [id, seen.filter(({ provider }) => provider === id)] as const)

/** @param requests how many there were, if `seen` are only the newest of them */
export const summarize = (seen: readonly Seen[], requests = seen.length): string => {
  if (requests === 0) return 'authdouble: no request came. Does the command read AUTHDOUBLE_URL and the like from its environment?'
  const unknown = seen.filter(({ outcome }) => outcome === 'unknown')
  const parts = byProvider(seen).map(([id, own]) => ofProvider(id, own))
  if (unknown.length > 0) {
    const paths = [...new Set(unknown.map(({ path }) => path))].slice(0, 3)
    parts.push(`${counted('request', unknown.length)} to paths that no provider serves (${paths.join(', ')})`)
  }
  const newest = requests > seen.length ? `, of which the newest ${seen.length} were` : ''
  return `authdouble: ${counted('request', requests)}${newest}. ${parts.join('. ')}.`
}
