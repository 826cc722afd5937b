/** Peculiarities of token responses that must not keep a client from using them. */

import type { Settings } from '../../../index.js'
import { absent } from '../../../index.js'
import type { Case } from '../../runner/case.js'
import { met, settingOf, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import { after, calls, check, exchanges, fine, inWords, notSoFar, replyOf, stepOf, tokenRequests } from '../reading.js'
import type { When } from '../when.js'
import { usable } from './plain.js'

interface Coping {
  readonly name: string
  readonly title: string
  readonly applies: When
  readonly id: string
  /** The setting that makes it so. */
  readonly path: string | ((profile: Profile) => string)
  readonly says: string
  readonly fix: string
  readonly shows: (reply: { readonly [member: string]: unknown }) => boolean
}

/** Members that RFC 6749 and OpenID Connect know. */
const ordinary = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope', 'id_token']

/** Whether a member of the reply is there at all. */
const says = (template: unknown): boolean => template !== undefined && template !== absent

const extraMembers = ({ token }: Settings): readonly string[] =>
  Object.entries(token.reply).flatMap(([member, template]) => (says(template) && !ordinary.includes(member) ? [member] : []))

/** A peculiarity of the token response that must not keep a client from using it. */
const copes = ({ name, title, applies, id, path, says, fix, shows }: Coping): Case => ({
  topic: 'exchange',
  name,
  title,
  applies,
  needs: ['callback', 'call'],
  checks: (profile) => [
    check(id, 'provider', settingOf(profile, typeof path === 'string' ? path : path(profile), says), {
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
    applies: ({ settings }) => !says(settings.token.reply['token_type']),
    id: 'exchange.without-token-type',
    path: 'token.reply.token_type',
    says: 'The token response has no token_type',
    fix: 'Do not require token_type, or add it to the response before the library sees it.',
    shows: (reply) => reply['token_type'] === undefined && reply['access_token'] !== undefined,
  }),
  copes({
    name: 'copes-without-expires-in',
    title: 'A token response without expires_in is accepted',
    applies: ({ settings }) => settings.access.lifetime === null || !says(settings.token.reply['expires_in']),
    id: 'exchange.without-expires-in',
    path: 'access.lifetime',
    says: 'The token response has no expires_in: the token is long-lived',
    fix: 'If there is no expires_in, use the token until it is refused.',
    shows: (reply) => reply['expires_in'] === undefined && reply['access_token'] !== undefined,
  }),
  copes({
    name: 'copes-with-lower-case-token-type',
    title: 'token_type bearer in lower case is understood',
    applies: ({ settings }) => settings.token.reply['token_type'] === 'bearer',
    id: 'exchange.lower-case-token-type',
    path: 'token.reply.token_type',
    says: 'token_type is bearer in lower case (RFC 6749 §5.1: it is compared without regard to case)',
    fix: 'Compare token_type without regard to case.',
    shows: (reply) => reply['token_type'] === 'bearer',
  }),
  copes({
    name: 'copes-with-twenty-years',
    title: 'A token that lives twenty years is not taken for an expired one',
    applies: ({ settings }) => (settings.access.lifetime ?? 0) > 600_000_000,
    id: 'exchange.twenty-years',
    path: 'access.lifetime',
    says: 'expires_in is twenty years: more milliseconds than a timer holds, and past 2038',
    fix: 'Compare times instead of setting a timer for the end of the token; keep them in 64 bits.',
    shows: (reply) => Number(reply['expires_in']) > 600_000_000,
  }),
  copes({
    name: 'copes-with-extra-members',
    title: 'The client ignores unknown members of the token response',
    applies: ({ settings }) => extraMembers(settings).length > 0,
    id: 'exchange.extra-members',
    path: ({ settings }) => `token.reply.${extraMembers(settings)[0] ?? ''}`,
    says: 'The token response has members of its own, such as api_domain or created_at (RFC 6749 §5.1: a client ignores what it does not know)',
    fix: 'Read the members that are needed and ignore the others.',
    shows: (reply) => Object.keys(reply).some((member) => !ordinary.includes(member)),
  }),
]
