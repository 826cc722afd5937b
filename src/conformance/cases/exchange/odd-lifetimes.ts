/** Lifetimes that no grammar allows, and that servers send all the same: a client reads them as if they were left out. */

import { absent } from '../../../index.js'
import type { Case, Check, Finding, Findings, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import type { PlayedStep } from '../../runner/step.js'
import { calls, check, entriesOf, exchanges, fine, inWords, notSoFar, refreshes, stepsOf } from '../reading.js'
import { renew } from '../refresh/need.js'
import { refreshing } from '../when.js'

interface Odd {
  readonly set: { readonly [member: string]: unknown }
  readonly remove?: readonly string[]
}

/** By what stands in the reply, in words. */
const odd: { readonly [name: string]: Odd } = {
  'null for expires_in': { set: { expires_in: null } },
  'a negative expires_in': { set: { expires_in: -1 } },
  'a fraction for expires_in': { set: { expires_in: 3599.5 } },
  'a word for expires_in': { set: { expires_in: 'soon' } },
  'expires_at in place of expires_in': { set: { expires_at: 4_102_444_800 }, remove: ['expires_in'] },
}

const names = Object.keys(odd)

const reference = rfc(6749, '5.1', 'expires_in is recommended, not required: one that cannot be read says no more than none')

const ends = ({ settings }: Profile): boolean => {
  const template = settings.token.reply['expires_in']
  return settings.access.lifetime !== null && template !== undefined && template !== absent
}

const oddCheck = (id: string, title: string, expected: string): Check =>
  check(
    id,
    'should',
    reference,
    {
      title,
      expected,
      fix: 'Take expires_in for a lifetime only when it is a positive number of seconds, and else as left out: use the token until it is refused.',
    },
    { recovers: true },
  )

const told = (step: PlayedStep): boolean =>
  [...exchanges(step.entries), ...refreshes(step.entries)].some(({ fault, outcome }) => fault?.kind === 'say' && outcome === 'answered')

/** The first reply after which something did not go on. */
const judge = (played: Played, heard: (name: string) => boolean, wrong: (name: string) => string | undefined): Finding => {
  const reached = names.filter(heard)
  if (reached.length === 0) return notSoFar(played, 'no such token response was received')
  const failing = reached.find((name) => wrong(name) !== undefined)
  const steps = names.flatMap((name) => stepsOf(played, name))
  if (failing !== undefined)
    return unmet(`with ${failing}: ${wrong(failing)}`, ...entriesOf(steps.filter(({ as }) => as === failing)).slice(0, 4))
  return met(...entriesOf(steps).filter(fine).slice(0, 6))
}

const atExchange: Case = {
  topic: 'exchange',
  name: 'takes-a-reply-with-an-odd-lifetime',
  title: 'A token response is taken although its lifetime is null, negative, a fraction, a word, or stands in expires_at',
  applies: ends,
  needs: ['callback', 'call'],
  checks: () => [
    oddCheck(
      'exchange.odd-lifetime',
      'takes a token response whose lifetime cannot be read',
      'the callback succeeds and two API calls work, with at most one refresh before each',
    ),
  ],
  play: async (context) => {
    for (const [name, { set, remove = [] }] of Object.entries(odd)) {
      context.fault({ operation: 'token', kind: 'say', set, remove, when: { grantType: 'authorization_code' } })
      if (await context.connect({ as: name })) for (let turn = 0; turn < 2; turn += 1) await context.ask('call', name)
      context.sandbox.double.faults.clear()
      if (context.over()) return
    }
  },
  judge: (played): Findings => ({
    'exchange.odd-lifetime': judge(
      played,
      (name) => stepsOf(played, name).some((step) => step.step === 'callback' && told(step)),
      (name) => {
        const steps = stepsOf(played, name)
        const failing = steps.find(({ step, state, entries }) => (step === 'callback' ? state !== 'ok' : !calls(entries).some(fine)))
        const renewed = refreshes(entriesOf(steps)).length
        return failing ? inWords(failing) : renewed > 2 ? `${renewed} refreshes for two calls` : undefined
      },
    ),
  }),
}

const atRefresh: Case = {
  topic: 'refresh',
  name: 'takes-a-reply-with-an-odd-lifetime',
  title: 'The reply to a refresh is taken although its lifetime is null, negative, a fraction, a word, or stands in expires_at',
  applies: (profile) => refreshing(profile) && ends(profile) && profile.toggled('refresh.rotates', 'never') !== null,
  needs: ['callback', 'call'],
  quirks: (profile) => profile.toggled('refresh.rotates', 'never') ?? {},
  checks: () => [
    oddCheck(
      'refresh.odd-lifetime',
      'takes the reply to a refresh whose lifetime cannot be read',
      'an API call works after each of the refreshes',
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    for (const [name, { set, remove = [] }] of Object.entries(odd)) {
      context.fault({ operation: 'token', kind: 'say', set, remove, when: { grantType: 'refresh_token' }, times: 'always' })
      await renew(context, name)
      context.sandbox.double.faults.clear()
      if (context.over()) return
    }
  },
  judge: (played): Findings => {
    const steps = names.flatMap((name) => stepsOf(played, name))
    if (calls(entriesOf(steps)).length > 0 && refreshes(played.entries).length === 0)
      return { 'refresh.odd-lifetime': inapplicable('it makes no refresh') }
    return {
      'refresh.odd-lifetime': judge(
        played,
        (name) => stepsOf(played, name).some(told),
        (name) => {
          const last = stepsOf(played, name).findLast(({ step }) => step === 'call')
          return last && !calls(last.entries).some(fine) ? inWords(last) : undefined
        },
      ),
    }
  },
}

export const oddLifetimeCases: readonly Case[] = [atExchange, atRefresh]
