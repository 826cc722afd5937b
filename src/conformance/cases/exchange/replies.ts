/** Peculiarities of token responses that must not keep a client from using them. */

import type { Case } from '../../runner/case.js'
import { met, quirkOf, unmet } from '../../runner/case.js'
import { after, calls, check, exchanges, fine, inWords, notSoFar, replyOf, stepOf, tokenRequests } from '../reading.js'
import { usable } from './plain.js'

interface Coping {
  readonly name: string
  readonly title: string
  readonly providers: Case['providers']
  readonly id: string
  readonly quirk: { readonly [provider: string]: string }
  readonly says: string
  readonly fix: string
  readonly shows: (reply: { readonly [member: string]: unknown }) => boolean
}

/** A peculiarity of the token response that must not keep a client from using it. */
const copes = ({ name, title, providers, id, quirk, says, fix, shows }: Coping): Case => ({
  topic: 'exchange',
  name,
  title,
  providers,
  needs: ['callback', 'call'],
  checks: (profile) => [
    check(id, 'provider', quirkOf(profile, quirk[profile.provider] ?? '', says), {
      title,
      expected: 'the callback succeeds, and two API calls with this token too, without another token request',
      fix,
    }),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    await context.ask('call', 'first call')
    await context.ask('call', 'second call')
  },
  judge: (played) => {
    const redeemed = exchanges(played.entries).find((entry) => fine(entry) && shows(replyOf(entry)))
    if (!redeemed) return { [id]: notSoFar(played, 'no such token response was received') }
    const callback = stepOf(played, 'connect')
    if (callback?.state !== 'ok') return { [id]: unmet(callback ? inWords(callback) : 'no callback', redeemed) }
    const more = tokenRequests(after(played.entries, redeemed))
    if (more.length > 0) return { [id]: unmet('another token request', redeemed, ...more) }
    const failing = [usable(played, 'first call'), usable(played, 'second call')].find((finding) => finding.is !== 'met')
    return { [id]: failing ?? met(redeemed, ...calls(played.entries)) }
  },
})

export const replyCases: readonly Case[] = [
  copes({
    name: 'copes-without-token-type',
    title: 'A token response without token_type is accepted',
    providers: ['zettle'],
    id: 'exchange.without-token-type',
    quirk: { zettle: 'no-token-type' },
    says: 'The token response has no token_type',
    fix: 'Do not require token_type, or add it to the response before the library sees it.',
    shows: (reply) => reply['token_type'] === undefined && reply['access_token'] !== undefined,
  }),
  copes({
    name: 'copes-without-expires-in',
    title: 'A token response without expires_in is accepted',
    providers: ['zentail'],
    id: 'exchange.without-expires-in',
    quirk: { zentail: 'tokens-do-not-expire' },
    says: 'The token response has no expires_in: the token is long-lived',
    fix: 'If there is no expires_in, use the token until it is refused.',
    shows: (reply) => reply['expires_in'] === undefined && reply['access_token'] !== undefined,
  }),
  copes({
    name: 'copes-with-lower-case-token-type',
    title: 'token_type bearer in lower case is understood',
    providers: ['zentail', 'vcita'],
    id: 'exchange.lower-case-token-type',
    quirk: { zentail: 'token-type-in-lower-case', vcita: 'token-type-in-lower-case' },
    says: 'token_type is bearer in lower case (RFC 6749 §5.1: it is compared without regard to case)',
    fix: 'Compare token_type without regard to case.',
    shows: (reply) => reply['token_type'] === 'bearer',
  }),
  copes({
    name: 'copes-with-twenty-years',
    title: 'A token that lives twenty years is not taken for an expired one',
    providers: ['vcita'],
    id: 'exchange.twenty-years',
    quirk: { vcita: 'tokens-live-twenty-years' },
    says: 'expires_in is 631152000 seconds: more milliseconds than a timer holds, and past 2038',
    fix: 'Compare times instead of setting a timer for the end of the token; keep them in 64 bits.',
    shows: (reply) => Number(reply['expires_in']) > 600_000_000,
  }),
  copes({
    name: 'copes-with-extra-members',
    title: 'The client ignores unknown members of the token response',
    providers: ['zoho-payments', 'vcita'],
    id: 'exchange.extra-members',
    quirk: { 'zoho-payments': 'zoho-oauthtoken-scheme', vcita: 'tells-created-at' },
    says: 'The token response has members of its own, such as api_domain or created_at (RFC 6749 §5.1: a client ignores what it does not know)',
    fix: 'Read the members that are needed and ignore the others.',
    shows: (reply) => reply['api_domain'] !== undefined || reply['created_at'] !== undefined,
  }),
]
