/** A refresh token that is refused for good, with a status that the specification does not give for it. */

import type { Case, Finding } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import { calls, check, entriesOf, notSoFar, refreshes, refreshTokenOf, stepsOf } from '../reading.js'
import { expire } from '../refresh/need.js'
import { refreshing } from '../when.js'

const statuses = [401, 403] as const

const asked = (status: number): string => `refused with ${status}`

/** How often a refused refresh token may come again: another worker may just have missed the news. */
const grace = 1

const whateverStatus: Case = {
  topic: 'errors',
  name: 'takes-a-refusal-with-401-or-403-for-final',
  title: 'A refusal of the refresh token is final, also when it comes with 401 or 403',
  applies: refreshing,
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'errors.refusal-whatever-status',
      'should',
      rfc(6749, '5.2', 'The error code says what was wrong, not the status: invalid_grant is the end of the refresh token'),
      {
        title: 'stops sending a refresh token that was refused, whatever the status',
        expected: `at most ${grace + 1} requests with the refused refresh token in four calls`,
        fix: 'Read error from the body of every answer that is JSON, and take invalid_grant for the end of the connection.',
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    const { double, provider } = context.sandbox
    const { error } = context.profile.settings.dialect.refresh_token_revoked
    for (const status of statuses) {
      if (!(await context.connect({ as: `connection for ${status}` }))) return
      expire(context)
      await double.tokens.revoke({ provider })
      context.note('arrange', 'the user ended the connection at the provider')
      context.fault({
        operation: 'token',
        kind: 'status',
        status,
        body: { error },
        when: { grantType: 'refresh_token' },
        times: 'always',
      })
      for (let turn = 0; turn < 4 && !context.over(); turn += 1) {
        const { entries } = await context.ask('call', asked(status))
        if (turn === 0 && refreshes(entries).length === 0 && context.can('refresh')) await context.ask('refresh', asked(status))
      }
      double.faults.clear()
    }
  },
  judge: (played) => {
    const id = 'errors.refusal-whatever-status'
    const rows = statuses.map((status) => {
      const sent = refreshes(entriesOf(stepsOf(played, asked(status)))).filter(({ response }) => response.status === status)
      const same = sent.filter((entry) => refreshTokenOf(entry) === refreshTokenOf(sent[0] ?? entry))
      return { status, sent, same }
    })
    const met401 = rows.flatMap(({ sent }) => sent.slice(0, 1))
    const finding = (): Finding => {
      if (met401.length === 0)
        return calls(played.entries).length > 0 && refreshes(played.entries).length === 0
          ? inapplicable('it makes no refresh')
          : notSoFar(played, 'no refresh was refused')
      const insists = rows.find(({ same }) => same.length > 1 + grace)
      return insists
        ? unmet(`sent ${insists.same.length} times, though it was refused with ${insists.status}`, ...insists.same.slice(0, 4))
        : met(...met401)
    }
    return { [id]: finding() }
  },
}

export const finalRefusalCases: readonly Case[] = [whateverStatus]
