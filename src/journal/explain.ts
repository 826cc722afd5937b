/** Says in a sentence what happened in an exchange and why. */

import type { JournalEntry } from './entry.js'

const reasons: { readonly [reason: string]: string } = {
  code_used: 'the code had been redeemed before',
  code_expired: 'the code was too old',
  code_unknown: 'no such code was issued',
  code_of_another_client: 'the code was issued to another client',
  redirect_uri_differs: 'redirect_uri is not the one of the authorization request',
  verifier_missing: 'the code was requested with PKCE and no code_verifier came',
  verifier_wrong: 'code_verifier does not fit code_challenge',
  refresh_token_rotated: 'a newer refresh token had taken its place',
  refresh_token_evicted: 'newer refresh tokens had pushed it out',
  refresh_token_unknown: 'no such refresh token was issued',
  client_credentials_misplaced: 'the client credentials came in a place where this provider does not look',
  client_credentials_missing: 'no client credentials came',
  client_unknown: 'no such client is registered',
  client_secret_wrong: 'the client secret is wrong',
  token_scheme_wrong: 'the access token came with a scheme that this provider does not take',
  token_is_a_code: 'an authorization code was sent as an access token',
  throttled: 'the refresh token had fetched too many access tokens',
}

/** A reason in words. */
export const words = (reason: string): string => reasons[reason] ?? reason.replaceAll('_', ' ')

const released: { readonly [how in NonNullable<NonNullable<JournalEntry['fault']>['released']>]: string } = {
  go: 'released',
  lose: 'released with its reply lost',
  refuse: 'refused',
  limit: 'let go by itself, because nobody released it',
}

const faultSentence = ({ fault }: JournalEntry): string => {
  if (!fault) return ''
  if (fault.released === undefined) return ` A fault (${fault.kind}) was set for it.`
  return ` It was held for ${fault.heldFor} ms and then ${released[fault.released]}.`
}

/** One sentence for a person whose test is red. */
export const explain = (entry: JournalEntry): string => {
  const what = `${entry.provider ? `${entry.provider} ` : ''}${entry.request.method} ${entry.request.url.split('?', 1)[0]}`
  const quirks = entry.quirks.length > 0 ? ` Bearing on it: ${entry.quirks.join(', ')}.` : ''
  const fault = faultSentence(entry)
  const status = entry.response.status === undefined ? 'nothing' : `${entry.response.status}`
  switch (entry.outcome) {
    case 'refused':
      return `${what} was refused with ${status}: ${words(entry.reason ?? '')} (${entry.reason}).${fault}${quirks}`
    case 'faulted':
      return `${what} was answered ${status} by a fault, not by the provider.${fault}`
    case 'unknown':
      return `${what} is not an endpoint of any provider.`
    case 'asked':
      return `${what} showed a page and waits for a person.${quirks}`
    default: {
      const issued = entry.issued?.map(({ kind }) => kind.replace('_', ' ')).join(' and ')
      return `${what} was answered ${status}${issued ? ` and issued ${issued}` : ''}.${fault}${quirks}`
    }
  }
}
