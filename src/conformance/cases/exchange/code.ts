/** A code is redeemed once, and in time. */

import type { JournalEntry } from '../../../index.js'
import { resentCodes } from '../../invariants/codes.js'
import type { Case } from '../../runner/case.js'
import { met, rfc, settingOf, unmet } from '../../runner/case.js'
import { after, check, clientRefused, codeOf, connectsAgain, exchanges, fine, inWords, notSoFar, stepOf, succeeded } from '../reading.js'
import { hurrying } from '../when.js'

const inTime: Case = {
  topic: 'exchange',
  name: 'redeems-in-time',
  title: 'The code is redeemed at once, before its short life is over',
  applies: hurrying,
  needs: ['callback'],
  checks: (profile) => [
    check(
      'exchange.in-time',
      'must',
      settingOf(
        profile,
        profile.settings.authorize?.codeLifetime == null ? 'code.lifetime' : 'authorize.codeLifetime',
        `A code lives ${profile.codeLives} seconds`,
      ),
      {
        title: 'redeems the code while it lives',
        expected: 'the code at the token endpoint before the callback is answered',
        fix: 'Redeem the code in the callback itself, not in a job or with the next call.',
      },
    ),
  ],
  play: async (context) => {
    await context.connect()
    context.advance(context.profile.codeLives + 1)
    if (context.can('call')) await context.ask('call')
  },
  judge: (played) => {
    const callback = stepOf(played, 'connect')
    const sent = exchanges(played.entries)
    const late = sent.find(({ reason }) => reason === 'code_expired')
    const early = exchanges(callback?.entries ?? []).find(fine)
    if (late) return { 'exchange.in-time': unmet('the code came after its life', late) }
    return { 'exchange.in-time': early ? met(early) : notSoFar(played, 'no code was redeemed') }
  },
}

/** Codes that came to the token endpoint more than once. */
const repeatedCodes = (entries: readonly JournalEntry[]): readonly JournalEntry[] => {
  const sent = exchanges(entries)
  return sent.filter((entry, at) => sent.findIndex((other) => codeOf(other) === codeOf(entry)) < at && !clientRefused(entry))
}

const codeOnce: Case = {
  topic: 'exchange',
  name: 'sends-no-code-twice',
  title: 'When a callback comes twice, the client sends its code once',
  needs: ['callback'],
  passive: true,
  // Where the app sent the browser itself, a second callback answers nothing that it asked.
  checks: (profile) => [
    check(
      'exchange.code-once',
      profile.starts === 'authorize' ? 'must' : 'should',
      rfc(6749, '4.1.2', 'A client uses a code no more than once'),
      {
        title: 'sends a code once',
        expected: 'one token request with this code, although the browser delivered the callback twice',
        fix: 'Delete the stored state and verifier when the first callback uses them, and refuse a callback for which none is stored.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    const url = await context.begin()
    if (url === undefined) return
    await context.ask('callback', 'first', { url })
    await context.ask('callback', 'again', { url })
  },
  judge: (played) => {
    const [first] = exchanges(played.entries)
    if (played.passive) {
      const [resent] = resentCodes(played.entries)
      if (!first) return { 'exchange.code-once': notSoFar(played, 'no code was sent to the token endpoint') }
      return { 'exchange.code-once': resent ? unmet('a code was sent twice', ...resent) : met(first) }
    }
    const again = stepOf(played, 'again')
    if (!first || !again || (again.state !== 'ok' && again.state !== 'failed'))
      return { 'exchange.code-once': notSoFar(played, 'the callback was not taken twice') }
    const twice = repeatedCodes(played.entries)
    return { 'exchange.code-once': twice.length > 0 ? unmet('the code was sent again', first, ...twice) : met(first) }
  },
}

const lostReply: Case = {
  topic: 'exchange',
  name: 'does-not-resend-code-after-lost-reply',
  title: 'When the answer to the exchange is lost, the client does not send the code again',
  needs: ['callback'],
  checks: () => [
    check(
      'exchange.code-once-after-loss',
      'must',
      rfc(6749, '4.1.2', 'A client uses a code no more than once; one that is used again may end every token made from it'),
      {
        title: 'does not send the code again after a lost answer',
        expected: 'one token request with this code, and an error',
        fix: 'Take token requests with a code out of automatic retries.',
      },
      { forbids: true },
    ),
    connectsAgain('exchange.loss-recovers'),
  ],
  play: async (context) => {
    context.fault({ operation: 'token', kind: 'lose' })
    await context.connect({ as: 'lost' })
    await context.connect({ as: 'again' })
  },
  judge: (played) => {
    const lost = exchanges(played.entries).find(({ fault }) => fault?.kind === 'lose')
    const step = stepOf(played, 'lost')
    if (!lost || !step) {
      const finding = notSoFar(played, 'no exchange lost its answer')
      return { 'exchange.code-once-after-loss': finding, 'exchange.loss-recovers': finding }
    }
    const again = exchanges(after(played.entries, lost)).filter((entry) => codeOf(entry) === codeOf(lost))
    const once =
      again.length > 0 ? unmet('the code was sent again', lost, ...again) : step.state === 'failed' ? met(lost) : unmet(inWords(step), lost)
    const next = stepOf(played, 'again')
    const redeemed = exchanges(next?.entries ?? []).filter(fine)
    return {
      'exchange.code-once-after-loss': once,
      'exchange.loss-recovers':
        succeeded(next) && redeemed.length > 0 ? met(...redeemed) : unmet(next ? inWords(next) : 'no second callback was reached', lost),
    }
  },
}

export const codeCases: readonly Case[] = [inTime, codeOnce, lostReply]
