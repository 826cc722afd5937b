/** Token responses that are within the specification, and that clients stumble over. */

import type { JournalEntry } from '../../../index.js'
import { absent } from '../../../index.js'
import type { Case, Check, Finding, Findings, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import { after, calls, check, entriesOf, exchanges, fate, fine, inWords, notSoFar, refreshes, stepOf, stepsOf } from '../reading.js'
import { renew } from '../refresh/need.js'
import { refreshing } from '../when.js'

interface Saying {
  readonly name: string
  readonly title: string
  readonly says: string
  readonly section?: string
  readonly set?: { readonly [member: string]: unknown }
  readonly remove?: readonly string[]
  readonly order?: 'reversed'
  readonly headers?: { readonly [name: string]: string }
  /** Where the response has this member otherwise. */
  readonly applies?: (profile: Profile) => boolean
  readonly fix: string
  /** The lifetime of the token cannot be known from it, or is long: no refresh is due. */
  readonly stillGood?: true
  /** The specification does not have such a reply: a client may also refuse it, as long as it costs nothing. One comes, and no more. */
  readonly outside?: 'must' | 'should'
}

/** Whether a member of the reply is there at all. */
const says = (template: unknown): boolean => template !== undefined && template !== absent

const sayings: readonly Saying[] = [
  {
    name: 'without-expires-in',
    title: 'expires_in is left out',
    says: 'expires_in is recommended, not required',
    remove: ['expires_in'],
    stillGood: true,
    applies: ({ settings }) => settings.access.lifetime !== null && says(settings.token.reply['expires_in']),
    fix: 'Without expires_in use the access token until it is refused; never compute with what is not there.',
  },
  {
    name: 'with-expires-in-as-text',
    title: 'expires_in is a number in quotes',
    says: 'expires_in is a number of seconds; some servers put it in quotes',
    set: { expires_in: '3600' },
    stillGood: true,
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
    set: { expires_in: 3_155_760_000 },
    stillGood: true,
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
    title: 'members come that nobody knows',
    says: 'A client ignores members that it does not know',
    set: { zone: { eu: true }, x_session: null, roles: ['owner'], not_before_policy: 0 },
    fix: 'Read the members that are needed and ignore the others, whatever their type.',
  },
  {
    name: 'with-its-members-in-another-order',
    title: 'its members come in another order',
    says: 'The members of the response may come in any order',
    order: 'reversed',
    fix: 'Parse the body as JSON and read each member by its name.',
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

const usedWhileGood = ({ title, fix }: Saying): Check =>
  check('exchange.used-while-good', 'should', rfc(6749, '1.5', 'Refresh tokens are for when the access token is no longer valid'), {
    title: 'uses the token as long as it is good',
    expected: `at most one refresh for two calls, although ${title}`,
    fix,
  })

const usedBeforeRenewed = (played: Played, told: JournalEntry | undefined): Finding => {
  const sent = after(played.entries, told)
  if (!told || stepOf(played, 'second call') === undefined) return notSoFar(played, 'no two calls were made')
  // After a refusal a refresh is right, whatever led to it.
  if (calls(sent).some(({ response }) => response.status === 401)) return inapplicable('the API refused a token')
  const renewed = refreshes(sent)
  return renewed.length > 1 ? unmet(`${renewed.length} refreshes for two calls`, told, ...renewed) : met(told, ...calls(sent))
}

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

const sayOf = ({ set, remove, order, headers }: Saying) => ({
  kind: 'say' as const,
  ...(order === undefined ? {} : { order }),
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
  checks: (profile) => [holdsAtExchange(saying), ...(refreshing(profile) && saying.stillGood ? [usedWhileGood(saying)] : [])],
  play: async (context) => {
    // At a refresh too: who cannot read it must not be helped by one.
    context.fault({ operation: 'token', times: 'always', ...sayOf(saying) })
    if (!(await context.connect())) return
    await context.ask('call', 'first call')
    await context.ask('call', 'second call')
  },
  judge: (played): Findings => {
    const told = exchanges(played.entries).find(({ fault, outcome }) => fault?.kind === 'say' && outcome === 'answered')
    const callback = stepOf(played, 'connect')
    const refused = told && callback && callback.state !== 'ok' ? unmet(inWords(callback), told) : undefined
    return {
      'exchange.reply-within-specification': refused ?? working(played, ['first call', 'second call'], told),
      ...(refreshing(played.profile) && saying.stillGood ? { 'exchange.used-while-good': usedBeforeRenewed(played, told) } : {}),
    }
  },
})

const heldAtRefresh = ({ outside }: Saying): string =>
  outside === 'should' ? 'refresh.empty-refresh-token' : 'refresh.reply-within-specification'

const holdsAtRefresh = (saying: Saying): Check =>
  check(
    heldAtRefresh(saying),
    saying.outside ?? 'must',
    specification(saying),
    {
      title: 'takes the reply to a refresh as it is',
      expected: `the calls go on, and the next refresh works, although ${saying.title}`,
      fix: saying.fix,
    },
    { recovers: true, consequence: saying.outside === 'should' ? 'rule-broken' : 'connection-lost' },
  )

const refreshSayings: readonly Saying[] = [
  ...sayings,
  {
    name: 'with-an-empty-refresh-token',
    title: 'refresh_token is empty',
    says: 'A refresh that brings no new refresh token leaves the old one in use',
    section: '6',
    set: { refresh_token: '' },
    outside: 'should',
    fix: 'Overwrite the stored refresh token only with one that is a text and not empty.',
  },
  {
    name: 'with-null-for-a-refresh-token',
    title: 'refresh_token is null',
    says: 'A refresh that brings no new refresh token leaves the old one in use',
    section: '6',
    set: { refresh_token: null },
    outside: 'must',
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
    context.fault({ operation: 'token', when: { grantType: 'refresh_token' }, times: saying.outside ? 1 : 'always', ...sayOf(saying) })
    await renew(context, 'first')
    await renew(context, 'second')
  },
  judge: (played): Findings => {
    const id = heldAtRefresh(saying)
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

export const withinSpecCases: readonly Case[] = [...sayings.map(atExchange), ...refreshSayings.map(atRefresh)]
