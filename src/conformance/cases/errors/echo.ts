/** A provider that says a token back in the words of an error: the client must not say it on. */

import { findViolations } from '../../invariants/violations.js'
import type { Case, Findings } from '../../runner/case.js'
import { met, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import { calls, check, exchanges, fine, notSoFar, refreshes, replyOf } from '../reading.js'
import { expire } from '../refresh/need.js'

const id = 'errors.echo-kept'

/** An error whose words have a token in them, as gateways and debug pages write it. */
const echoing = (token: string) => ({
  kind: 'status' as const,
  status: 500,
  body: { error: 'server_error', error_description: `${token} could not be looked up` },
  times: 'always' as const,
})

const newest = (context: CaseContext, member: string): string => {
  const value = exchanges(context.entries())
    .filter(fine)
    .map((entry) => replyOf(entry)[member])
    .at(-1)
  return typeof value === 'string' ? value : ''
}

const echo: Case = {
  topic: 'errors',
  name: 'tells-no-echoed-token',
  title: 'A token that the provider says back in an error is not said on',
  needs: ['callback', 'call'],
  checks: () => [
    check(
      id,
      'must',
      {
        id: 'RFC 9700 §4.2.4',
        text: 'What is logged is read by others: secrets do not belong there',
        url: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.2.4',
      },
      {
        title: 'hides a token that stands in the words of an error',
        expected: 'messages, logs and outputs without the token that an answer repeated',
        fix: 'Tell the code of an error and its status; before error_description or a body is told or logged, cut out the secrets that were sent.',
      },
      { forbids: true, consequence: 'secret-exposed' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    context.fault({ operation: 'resource', ...echoing(newest(context, 'access_token')) })
    await context.ask('call', 'with an echo')
    context.sandbox.double.faults.clear()
    const token = newest(context, 'refresh_token')
    if (token === '' || !context.profile.refreshes) return
    expire(context)
    context.fault({ operation: 'token', ...echoing(token) })
    await context.ask('call', 'with an echo at the refresh')
    if (context.can('refresh')) await context.ask('refresh', 'with an echo at the refresh')
  },
  judge: (played): Findings => {
    const echoes = [...calls(played.entries), ...refreshes(played.entries)].filter(({ fault }) => fault?.kind === 'status')
    if (echoes.length === 0) return { [id]: notSoFar(played, 'no such error was met') }
    const found = findViolations({ ...played, settings: played.profile.settings }).find(
      ({ invariant }) => invariant === 'always.no-secret-written-down',
    )
    return { [id]: found ? unmet(found.seen, ...found.evidence, ...echoes.slice(0, 2)) : met(...echoes) }
  },
}

export const echoCases: readonly Case[] = [echo]
