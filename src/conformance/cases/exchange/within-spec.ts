/** Token responses that are within the specification, and that clients stumble over. */

import type { JournalEntry } from '../../../index.js'
import { absent } from '../../../index.js'
import type { Case, Check, Finding, Findings, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import type { Profile } from '../../runner/profile.js'
import {
  after,
  calls,
  check,
  entriesOf,
  exchanges,
  fate,
  fine,
  header,
  inWords,
  notSoFar,
  parametersOf,
  refreshes,
  replyOf,
  stepOf,
  stepsOf,
} from '../reading.js'
import { expire } from '../refresh/need.js'
import { refreshing } from '../when.js'

interface Saying {
  readonly name: string
  readonly title: string
  readonly says: string
  readonly section?: string
  readonly set?: { readonly [member: string]: unknown }
  readonly remove?: readonly string[]
  readonly headers?: { readonly [name: string]: string }
  /** Where the response has this member otherwise. */
  readonly applies?: (profile: Profile) => boolean
  readonly fix: string
}

/** Whether a member of the reply is there at all. */
const says = (template: unknown): boolean => template !== undefined && template !== absent

const sayings: readonly Saying[] = [
  {
    name: 'without-expires-in',
    title: 'expires_in is left out',
    says: 'expires_in is recommended, not required',
    remove: ['expires_in'],
    applies: ({ settings }) => settings.access.lifetime !== null && says(settings.token.reply['expires_in']),
    fix: 'Without expires_in use the access token until it is refused; never compute with what is not there.',
  },
  {
    name: 'with-expires-in-as-text',
    title: 'expires_in is a number in quotes',
    says: 'expires_in is a number of seconds; some servers put it in quotes',
    set: { expires_in: '3600' },
    fix: 'Read expires_in as a number (Number(...)) before anything is added to it.',
  },
  {
    name: 'with-expires-in-of-zero',
    title: 'expires_in is 0',
    says: 'expires_in is a number of seconds, and 0 is one: the token may have ended when it is used',
    set: { expires_in: 0 },
    fix: 'Tell 0 from absent, and do not refresh in a loop because of it: use the token, and refresh after a 401.',
  },
  {
    name: 'with-a-huge-expires-in',
    title: 'expires_in is a hundred years',
    says: 'expires_in has no upper limit',
    set: { expires_in: 3_153_600_000 },
    fix: 'Compare times instead of setting a timer, and keep them in 64 bits.',
  },
  {
    name: 'without-scope',
    title: 'scope is left out',
    says: 'scope is optional where it is what was asked for',
    remove: ['scope'],
    applies: ({ settings }) => says(settings.token.reply['scope']),
    fix: 'Without scope take what was asked for as granted.',
  },
  {
    name: 'with-a-token-type-in-capitals',
    title: 'token_type is written in capitals',
    says: 'token_type is compared without regard to case',
    set: { token_type: 'BEARER' },
    applies: ({ settings }) => says(settings.token.reply['token_type']),
    fix: 'Compare token_type without regard to case, and send the scheme that the provider documents.',
  },
  {
    name: 'with-unknown-members',
    title: 'members come that nobody knows, before the others',
    says: 'A client ignores members that it does not know; their order does not matter',
    set: { zone: { eu: true }, x_session: null, roles: ['owner'], not_before_policy: 0 },
    fix: 'Read the members that are needed by their names and ignore the others, whatever their type and order.',
  },
  {
    name: 'with-another-spelling-of-its-content-type',
    title: 'its content type is spelled Application/JSON;charset="UTF-8"; v=1',
    says: 'The response is application/json; types and parameters are compared without regard to case (RFC 9110 §8.3.1)',
    headers: { 'content-type': 'Application/JSON;charset="UTF-8"; v=1' },
    fix: 'Compare the type alone, in lower case, without its parameters; or read the body as JSON and look for access_token.',
  },
]

const specification = ({ says, section = '5.1' }: Saying) => rfc(6749, section, says)

const holdsAtExchange = (saying: Saying): Check =>
  check(
    'exchange.reply-within-specification',
    'must',
    specification(saying),
    {
      title: 'takes a token response that is within the specification',
      expected: `the callback succeeds and two API calls work, although ${saying.title}`,
      fix: saying.fix,
    },
    { recovers: true, consequence: 'connection-lost' },
  )

/** Whether a connection works with few requests; 0 seconds allow a refresh before each call. */
const working = (played: Played, steps: readonly string[], told: JournalEntry | undefined): Finding => {
  if (!told) return notSoFar(played, 'no such token response was received')
  const failing = steps.map((as) => stepOf(played, as)).find((step) => step !== undefined && !calls(step.entries).some(fine))
  if (failing) return unmet(inWords(failing), told, ...failing.entries.slice(0, 3))
  const sent = after(played.entries, told)
  const renewed = refreshes(sent)
  if (renewed.length > steps.length + 1) return unmet(`${renewed.length} refreshes for ${steps.length} calls`, told, ...renewed.slice(0, 3))
  return calls(sent).some(fine) ? met(told, ...calls(sent).filter(fine).slice(0, 2)) : notSoFar(played, 'no call was made')
}

const sayOf = ({ set, remove, headers }: Saying) => ({
  kind: 'say' as const,
  ...(headers === undefined ? {} : { headers }),
  ...(set === undefined ? {} : { set }),
  ...(remove === undefined ? {} : { remove }),
})

const atExchange = (saying: Saying): Case => ({
  topic: 'exchange',
  name: `takes-a-reply-${saying.name}`,
  title: `A token response is taken although ${saying.title}`,
  ...(saying.applies ? { applies: saying.applies } : {}),
  needs: ['callback', 'call'],
  checks: () => [holdsAtExchange(saying)],
  play: async (context) => {
    context.fault({ operation: 'token', when: { grantType: 'authorization_code' }, ...sayOf(saying) })
    if (!(await context.connect())) return
    await context.ask('call', 'first call')
    await context.ask('call', 'second call')
  },
  judge: (played): Findings => {
    const told = exchanges(played.entries).find(({ fault, outcome }) => fault?.kind === 'say' && outcome === 'answered')
    const callback = stepOf(played, 'connect')
    if (told && callback && callback.state !== 'ok') return { 'exchange.reply-within-specification': unmet(inWords(callback), told) }
    return { 'exchange.reply-within-specification': working(played, ['first call', 'second call'], told) }
  },
})

const holdsAtRefresh = (saying: Saying): Check =>
  check(
    'refresh.reply-within-specification',
    'must',
    specification(saying),
    {
      title: 'takes the reply to a refresh as it is',
      expected: `the calls go on, and the next refresh works, although ${saying.title}`,
      fix: saying.fix,
    },
    { recovers: true, consequence: 'connection-lost' },
  )

const refreshSayings: readonly Saying[] = [
  ...sayings,
  {
    name: 'with-an-empty-refresh-token',
    title: 'refresh_token is empty',
    says: 'A refresh that brings no new refresh token leaves the old one in use',
    section: '6',
    set: { refresh_token: '' },
    fix: 'Overwrite the stored refresh token only with one that is a text and not empty.',
  },
  {
    name: 'with-null-for-a-refresh-token',
    title: 'refresh_token is null',
    says: 'A refresh that brings no new refresh token leaves the old one in use',
    section: '6',
    set: { refresh_token: null },
    fix: 'Overwrite the stored refresh token only with one that is a text and not empty.',
  },
  {
    name: 'without-a-refresh-token',
    title: 'no refresh_token comes',
    says: 'A refresh that brings no new refresh token leaves the old one in use',
    section: '6',
    remove: ['refresh_token'],
    applies: ({ settings }) => settings.refresh.returned === 'always',
    fix: 'Overwrite the stored refresh token only when the response has one.',
  },
]

/** The refresh token must stay the same where the reply does not show it. */
const atRefresh = (saying: Saying): Case => ({
  topic: 'refresh',
  name: `takes-a-reply-${saying.name}`,
  title: `The reply to a refresh is taken although ${saying.title}`,
  applies: (profile) => refreshing(profile) && profile.toggled('refresh.rotates', 'never') !== null && (saying.applies?.(profile) ?? true),
  needs: ['callback', 'call'],
  quirks: (profile) => profile.toggled('refresh.rotates', 'never') ?? {},
  checks: () => [holdsAtRefresh(saying)],
  play: async (context) => {
    if (!(await context.connect())) return
    context.fault({ operation: 'token', when: { grantType: 'refresh_token' }, times: 'always', ...sayOf(saying) })
    await renew(context, 'first')
    await renew(context, 'second')
  },
  judge: (played): Findings => {
    const id = 'refresh.reply-within-specification'
    const told = refreshes(played.entries).find(({ fault, outcome }) => fault?.kind === 'say' && outcome === 'answered')
    if (!told) {
      const made = calls(entriesOf(stepsOf(played, 'first')))
      return {
        [id]:
          made.length > 0 && refreshes(played.entries).length === 0
            ? inapplicable('it makes no refresh')
            : notSoFar(played, 'no refresh was answered'),
      }
    }
    const refused = refreshes(after(played.entries, told)).find(({ outcome }) => outcome === 'refused')
    if (refused) return { [id]: unmet(`the next refresh was ${fate(refused)}`, told, refused) }
    const second = stepsOf(played, 'second')
    const last = second.findLast(({ step }) => step === 'call')
    if (!last) return { [id]: notSoFar(played, 'no call came after the refresh') }
    return { [id]: calls(last.entries).some(fine) ? met(told, ...last.entries) : unmet(inWords(last), told, ...last.entries.slice(0, 3)) }
  },
})

/** Brings about a refresh by a call, or by the step where calls make none. */
const renew = async (context: CaseContext, as: string): Promise<void> => {
  expire(context)
  const { entries } = await context.ask('call', as)
  if (calls(entries).some(fine) || !context.can('refresh')) return
  await context.ask('refresh', as)
  await context.ask('call', as)
}

/** Every character that RFC 6750 §2.1 allows, and as long as a database column often is not. */
const longRefreshToken = `long-${'AZaz09-._~+/'.repeat(84)}abcdefgh=`

const longToken = `${'AZaz09-._~+/'.repeat(341)}abc=`

const long: Case = {
  topic: 'exchange',
  name: 'keeps-a-long-token',
  title: 'An access token of 4,096 characters, with all characters that are allowed, is kept as it is',
  needs: ['callback', 'call'],
  afterwards: false,
  checks: () => [
    check(
      'exchange.long-token',
      'must',
      rfc(6750, '2.1', 'An access token is made of letters, digits and -._~+/, with = at its end; its length is not limited'),
      {
        title: 'sends an access token of 4,096 characters as it came',
        expected: 'an API call whose Authorization header has the token to the character, also after a restart',
        fix: 'Store tokens as text without a limit of length, and send them as they are: not decoded, encoded or cut.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    context.fault({
      operation: 'token',
      when: { grantType: 'authorization_code' },
      kind: 'say',
      set: { access_token: longToken, ...(context.profile.refreshes ? { refresh_token: longRefreshToken } : {}) },
    })
    if (!(await context.connect())) return
    context.fault({ operation: 'resource', kind: 'status', status: 200, body: {}, times: 'always' })
    await context.ask('call', 'with a long token')
    if (context.can('restart') && (await context.restart())) await context.ask('call', 'with a long token, after a restart')
    if (!context.profile.refreshes) return
    // The API does not know the token, which makes the client refresh.
    context.sandbox.double.faults.clear()
    await context.ask('call', 'with a long refresh token')
  },
  judge: (played): Findings => {
    const id = 'exchange.long-token'
    const told = exchanges(played.entries).find(({ fault }) => fault?.kind === 'say')
    const callback = stepOf(played, 'connect')
    if (!told) return { [id]: notSoFar(played, 'no such token response was received') }
    if (callback && callback.state !== 'ok') return { [id]: unmet(inWords(callback), told) }
    const renewing = stepOf(played, 'with a long refresh token')?.entries ?? []
    const made = calls(played.entries).filter((entry) => !renewing.includes(entry))
    const [first] = made
    if (!first) return { [id]: notSoFar(played, 'no API call came') }
    const wrong = made.find((entry) => !(header(entry, 'authorization') ?? '').endsWith(saidToken(told)))
    const restarted = stepOf(played, 'with a long token, after a restart')
    const [renewed] = refreshes(played.entries)
    if (renewed && parametersOf(renewed)['refresh_token'] !== saidIn(told, 'refresh_token'))
      return { [id]: unmet('a refresh with another refresh token than the one of 1,024 characters that came', told, renewed) }
    if (wrong) return { [id]: unmet(`a token of ${tokenLength(wrong)} characters, which is not the one that came`, told, wrong) }
    if (restarted && calls(restarted.entries).length === 0) return { [id]: unmet(inWords(restarted), told) }
    return { [id]: met(told, ...made) }
  },
}

/** The token as the journal has it: in a recording it is a fingerprint. */
const saidIn = (told: JournalEntry, member: string): string => String(replyOf(told)[member])

const saidToken = (told: JournalEntry): string => saidIn(told, 'access_token')

const tokenLength = (entry: JournalEntry): number => ((header(entry, 'authorization') ?? '').split(' ').at(-1) ?? '').length

const smallerScope: Case = {
  topic: 'refresh',
  name: 'lives-with-a-smaller-scope',
  title: 'A connection with a smaller scope than was asked for goes on through a refresh',
  applies: (profile) =>
    profile.starts === 'authorize' &&
    profile.refreshes &&
    profile.settings.authorize?.scopeSeparators === ' ' &&
    profile.settings.scopes.length > 2,
  needs: ['authorize', 'callback', 'call'],
  checks: () => [
    check(
      'refresh.smaller-scope',
      'must',
      rfc(6749, '6', 'The scope of a refresh includes nothing that was not granted; left out, it is what was granted'),
      {
        title: 'asks at a refresh for no more than was granted',
        expected: 'a refresh that is answered, and an API call that works, after the user granted less than was asked for',
        fix: 'Leave scope out of refresh requests, or send what the token response named.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    const { settings } = context.profile
    const needed = [
      settings.authorize?.offline?.scope,
      ...Object.values(settings.endpoints).flatMap(({ operation, scope }) =>
        operation === 'resource' || operation === 'userinfo' ? [scope] : [],
      ),
    ]
    const asking = (url: URL): void => {
      const asked = (url.searchParams.get('scope') ?? '').split(' ')
      url.searchParams.set('scope', asked.filter((scope) => needed.includes(scope)).join(' '))
    }
    if (!(await context.connect({ asking }))) return
    await renew(context, 'renewed')
  },
  judge: (played): Findings => {
    const id = 'refresh.smaller-scope'
    const granted = exchanges(played.entries).find(fine)
    const sent = refreshes(played.entries)
    if (!granted) return { [id]: notSoFar(played, 'no token was received') }
    if (sent.length === 0)
      return { [id]: stepOf(played, 'renewed') ? inapplicable('it makes no refresh') : notSoFar(played, 'no call was made') }
    const refused = sent.find(({ outcome }) => outcome === 'refused')
    if (refused) return { [id]: unmet(`scope ${parametersOf(refused)['scope'] ?? 'not sent'}: ${fate(refused)}`, granted, refused) }
    const last = stepsOf(played, 'renewed').findLast(({ step }) => step === 'call')
    return {
      [id]: last && calls(last.entries).some(fine) ? met(granted, ...sent) : unmet(last ? inWords(last) : 'no call', granted, ...sent),
    }
  },
}

export const withinSpecCases: readonly Case[] = [...sayings.map(atExchange), long, ...refreshSayings.map(atRefresh), smallerScope]
