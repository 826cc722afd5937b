/** What a client did, in one paragraph. */

import type { JournalEntry } from '../journal/entry.js'

const counted = (what: string, count: number): string => `${count} ${what}${count === 1 ? '' : 's'}`

const ofProvider = (provider: string, entries: readonly JournalEntry[]): string => {
  const at = (operation: string): readonly JournalEntry[] => entries.filter((entry) => entry.operation === operation)
  const tokens = at('token').filter(({ outcome }) => outcome === 'answered')
  const granted = (grantType: string): number => tokens.filter((entry) => entry.grantType === grantType).length
  const refusals = entries.filter(({ outcome }) => outcome === 'refused')
  const reasons = [...new Set(refusals.map(({ reason }) => reason))].join(', ')
  const parts = [
    [at('authorize').length, counted('authorization request', at('authorize').length)],
    [granted('authorization_code'), counted('code exchange', granted('authorization_code'))],
    [granted('refresh_token'), `${granted('refresh_token')} refresh${granted('refresh_token') === 1 ? '' : 'es'}`],
    [
      tokens.length - granted('authorization_code') - granted('refresh_token'),
      `${tokens.length - granted('authorization_code') - granted('refresh_token')} by other grants`,
    ],
    [at('resource').length + at('userinfo').length, counted('API call', at('resource').length + at('userinfo').length)],
    [at('revoke').length + at('disconnect').length, counted('revocation', at('revoke').length + at('disconnect').length)],
    [refusals.length, `${refusals.length} refused (${reasons})`],
  ] as const
  const done = parts.filter(([count]) => count > 0).map(([, text]) => text)
  return `${provider}: ${done.length > 0 ? done.join(', ') : counted('request', entries.length)}`
}

export const summarize = (entries: readonly JournalEntry[]): string => {
  if (entries.length === 0) return 'authdouble: no request came. Does the command read AUTHDOUBLE_URL and the like from its environment?'
  const providers = [...new Set(entries.map(({ provider }) => provider))].filter((id) => id !== undefined)
  const unknown = entries.filter(({ outcome }) => outcome === 'unknown')
  const parts = providers.map((id) =>
    ofProvider(
      id,
      entries.filter(({ provider }) => provider === id),
    ),
  )
  if (unknown.length > 0)
    parts.push(
      `${counted('request', unknown.length)} to paths that no provider serves (${[...new Set(unknown.map(({ request }) => request.url.split('?', 1)[0]))].slice(0, 3).join(', ')})`,
    )
  return `authdouble: ${counted('request', entries.length)}. ${parts.join('. ')}.`
}
