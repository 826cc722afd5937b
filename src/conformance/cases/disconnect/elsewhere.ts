/** The end of a connection at the provider, which tells no client. */

import type { Case, Check, Finding } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import {
  calls,
  check,
  endless,
  entriesOf,
  exchanges,
  fellSilent,
  fine,
  inWords,
  notSoFar,
  recognised,
  refreshes,
  stepOf,
  stepsOf,
} from '../reading.js'

const accepts: Check = check(
  'disconnect.elsewhere-accepted',
  'must',
  rfc(6749, '5.2', 'invalid_grant means that the token is invalid, expired or revoked: sending it again changes nothing'),
  {
    title: 'stops using a connection that the user ended at the provider',
    expected: 'at most two refreshes in three calls',
    fix: 'When a refresh is refused, mark the connection as ended and tell the user; do not try again at each call.',
  },
  { forbids: true },
)

const endedElsewhere: Case = {
  topic: 'disconnect',
  name: 'notices-that-the-user-left-elsewhere',
  title: 'A user who ends the connection at the provider has left: the client finds out, and connects again when asked to',
  needs: ['callback', 'call'],
  checks: (profile) => [
    ...(profile.refreshes ? [accepts] : []),
    check(
      'disconnect.elsewhere-recovers',
      'must',
      rfc(6749, '4.1', 'A new authorization gives new tokens'),
      {
        title: 'connects again after the user ended the connection at the provider',
        expected: 'a new code, redeemed, and an API call that works',
        fix: 'Start a new authorization. It needs nothing of the old connection.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    const { double, provider } = context.sandbox
    await double.tokens.revoke({ provider })
    context.note('arrange', 'the user ended the connection at the provider')
    for (let turn = 0; turn < 3; turn += 1) await context.ask('call', 'ended elsewhere')
    if (await context.connect({ as: 'again' })) await context.ask('call', 'after')
  },
  judge: (played) => {
    const steps = stepsOf(played, 'ended elsewhere')
    const entries = entriesOf(steps)
    const rejected = calls(entries).filter((entry) => !fine(entry))
    const sent = refreshes(entries)
    const again = stepOf(played, 'again')
    const call = stepOf(played, 'after')
    if (rejected.length + sent.length === 0) {
      const finding = notSoFar(played, 'no call met the end of the connection')
      return { ...(played.profile.refreshes ? { [accepts.id]: finding } : {}), 'disconnect.elsewhere-recovers': finding }
    }
    const silent = steps.find(fellSilent)
    const accepted = (): Finding => {
      if (silent) return unmet(endless(silent), ...rejected.slice(0, 3))
      return sent.length > 2
        ? unmet(`${sent.length} refreshes of a connection that has ended`, ...sent.slice(0, 4))
        : met(...rejected, ...sent)
    }
    const redeemed = exchanges(again?.entries ?? []).filter(fine)
    const works = redeemed.length > 0 && call !== undefined && calls(call.entries).some(fine)
    return {
      ...(played.profile.refreshes ? { [accepts.id]: accepted() } : {}),
      'disconnect.elsewhere-recovers': works
        ? met(...redeemed)
        : unmet(
            call ? inWords(call) : again ? inWords(again) : 'no second callback was reached',
            ...rejected.slice(0, 1),
            ...sent.slice(0, 1),
          ),
    }
  },
}

const ended = (user: string): string => `call for ${user}, who left`
const going = (user: string): string => `call for ${user}, who stays`

const otherStays: Case = {
  topic: 'disconnect',
  name: 'leaves-the-other-customers-connected',
  title: "A customer who ends the connection at the provider ends nobody else's",
  applies: ({ customers }) => customers.length > 1,
  needs: ['callback', 'call', 'customers'],
  // Which of several accounts a client calls for is its own affair.
  afterwards: false,
  checks: () => [
    check(
      'disconnect.others-kept',
      'must',
      rfc(6749, '1.3', 'A grant stands for the authorization of one resource owner'),
      {
        title: 'goes on for the other customers when the connection of one has ended',
        expected: 'API calls for the customer who stays, with the token of that customer, also after the next expiry',
        fix: 'When a refresh or a token is refused, end the connection of the customer whose token it was, and no other.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    const { customers, expires, refreshes: renews } = context.profile
    const [leaving = '', staying = ''] = customers
    for (const user of [staying, leaving]) if (!(await context.connect({ as: `connection of ${user}`, user }))) return
    const { double, provider } = context.sandbox
    await double.tokens.revoke({ provider, user: leaving })
    context.note('arrange', `${leaving} ended the connection at the provider`)
    for (let turn = 0; turn < 2; turn += 1) await context.ask('call', ended(leaving), { user: leaving })
    await context.ask('call', going(staying), { user: staying })
    if (!renews || expires === null) return
    context.advance(expires)
    await context.ask('call', going(staying), { user: staying })
  },
  judge: (played): { readonly [check: string]: Finding } => {
    const id = 'disconnect.others-kept'
    const [leaving = '', staying = ''] = played.profile.customers
    const rejected = calls(entriesOf(stepsOf(played, ended(leaving)))).filter((entry) => !recognised(entry))
    const steps = stepsOf(played, going(staying))
    if (steps.length === 0) return { [id]: notSoFar(played, 'two customers were not connected') }
    const [first, second] = steps
    if (!first || !calls(first.entries).some(recognised))
      return { [id]: unmet(first ? inWords(first) : 'no call', ...rejected.slice(0, 2), ...(first?.entries ?? []).slice(0, 3)) }
    // A client whose calls make no refresh says so elsewhere.
    const lost = second && refreshes(second.entries).length > 0 && !calls(second.entries).some(recognised)
    return {
      [id]: lost
        ? unmet(inWords(second), ...second.entries.slice(0, 3))
        : met(...steps.flatMap(({ entries }) => calls(entries).filter(recognised))),
    }
  },
}

export const elsewhereCases: readonly Case[] = [endedElsewhere, otherStays]
