/** Nobody listens at the token endpoint: a connection is refused, and no request comes. */

import { probes, works } from '../../invariants/connection.js'
import type { Case, Finding, Findings } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import {
  authorizations,
  calls,
  check,
  connectsAgain,
  entriesOf,
  exchanges,
  fine,
  inWords,
  notSoFar,
  refreshes,
  stepOf,
  stepsOf,
} from '../reading.js'
import { expire } from '../refresh/need.js'
import { refreshing } from '../when.js'

const atExchange: Case = {
  topic: 'errors',
  name: 'survives-a-refused-connection-at-exchange',
  title: 'A token endpoint where nobody listens is reported',
  needs: ['callback', 'gate'],
  checks: () => [
    check('errors.refused-connection-reported', 'must', rfc(6749, '5.1', 'Tokens come in a response; where none comes there are none'), {
      title: 'reports that the token endpoint could not be reached',
      expected: 'the callback step fails',
      fix: 'Treat an error of the connection as a failed exchange, and tell it.',
    }),
    connectsAgain('errors.refused-connection-recovers'),
  ],
  play: async (context) => {
    await context.shut()
    await context.connect({ as: 'refused' })
    await context.open()
    await context.connect({ as: 'again' })
  },
  judge: (played): Findings => {
    const step = played.steps.find(({ step: what, as }) => what === 'callback' && as === 'refused')
    const again = stepOf(played, 'again')
    const redeemed = exchanges(again?.entries ?? []).filter(fine)
    if (!step) {
      const finding = notSoFar(played, 'no callback was delivered while nobody listened')
      return { 'errors.refused-connection-reported': finding, 'errors.refused-connection-recovers': finding }
    }
    const evidence = [...authorizations(played.entries).slice(0, 1), ...redeemed]
    return {
      'errors.refused-connection-reported':
        step.state === 'failed'
          ? met(...evidence)
          : unmet(step.state === 'ok' ? 'the client said that it holds tokens' : inWords(step), ...evidence),
      'errors.refused-connection-recovers':
        redeemed.length > 0 ? met(...redeemed) : unmet(again ? inWords(again) : 'no second callback was reached', ...evidence),
    }
  },
}

const atRefresh: Case = {
  topic: 'errors',
  name: 'survives-a-refused-connection-at-refresh',
  title: 'A token endpoint where nobody listens costs nobody the connection',
  applies: refreshing,
  needs: ['callback', 'call', 'gate'],
  checks: () => [
    check(
      'errors.refused-connection-survived',
      'must',
      rfc(6749, '1.5', 'A refresh token goes on until the provider ends it; a failure that is not its refusal ends nothing'),
      {
        title: 'keeps its connection when the token endpoint cannot be reached',
        expected: 'once somebody listens again, a refresh with the refresh token that it has, and an API call that works',
        fix: 'Give up tokens only after invalid_grant. When no connection comes about keep them, and refresh again at the next call.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    const { entries } = await context.ask('call', 'reachable')
    if (refreshes(entries).length === 0 && context.can('refresh')) await context.ask('refresh', 'reachable')
    expire(context)
    await context.shut()
    const { state } = await context.ask('call', 'unreachable')
    if (state === 'ok' && context.can('refresh')) await context.ask('refresh', 'unreachable')
    await context.ask('call', 'unreachable')
    await context.open()
  },
  judge: (played): Findings => {
    const id = 'errors.refused-connection-survived'
    const steps = stepsOf(played, 'unreachable')
    const refused = calls(entriesOf(steps)).find(({ response }) => response.status === 401)
    // A refused connection leaves no trace: whether it refreshes at all must be known from before.
    if (refreshes(entriesOf(stepsOf(played, 'reachable'))).length === 0) return { [id]: inapplicable('it makes no refresh') }
    if (steps.length === 0) return { [id]: notSoFar(played, 'no call was made while nobody listened') }
    const asked = probes(played)
    const last = asked.findLast(({ step }) => step === 'call' || step === 'refresh')
    if (!last) return { [id]: notSoFar(played, 'nothing was asked of it afterwards') }
    const renewed = refreshes(entriesOf(asked)).filter(fine)
    const finding: Finding = works(played)
      ? met(...(refused ? [refused] : []), ...renewed, ...calls(last.entries).filter(fine))
      : unmet(
          `once it could be reached again, the connection is gone: ${inWords(last)}`,
          ...(refused ? [refused] : []),
          ...last.entries.slice(0, 3),
        )
    return { [id]: finding }
  },
}

export const refusedConnectionCases: readonly Case[] = [atExchange, atRefresh]
