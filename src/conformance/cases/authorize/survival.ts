/** A connection that exists outlives what happens to another one that is begun. */

import { probes, works } from '../../invariants/connection.js'
import type { Case, Check, Finding, Played } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import { after, calls, check, entriesOf, exchanges, fine, inWords, notSoFar, stepOf } from '../reading.js'
import { expire } from '../refresh/need.js'
import type { When } from '../when.js'
import { authorizing } from '../when.js'

const survives: Check = check(
  'authorize.connection-survives',
  'must',
  rfc(6749, '10.12', 'What the client did not ask for, or what failed, changes nothing for its user'),
  {
    title: 'keeps the connection that it has',
    expected: 'an API call with the tokens of the existing connection, which work as before',
    fix: 'Replace tokens only when a new token response has come; until then nothing of the old connection is touched.',
  },
  { recovers: true, consequence: 'connection-lost' },
)

const judge = (played: Played): { readonly [check: string]: Finding } => {
  const held = exchanges(stepOf(played, 'connect')?.entries ?? []).find(fine)
  const disturbance = played.steps.findLast(({ as }) => as.startsWith('disturbance'))
  if (!held || !disturbance) return { [survives.id]: notSoFar(played, 'the connection was not disturbed') }
  const asked = probes(played)
  const last = asked.findLast(({ step }) => step === 'call' || step === 'refresh')
  if (!last) return { [survives.id]: notSoFar(played, 'nothing was asked of it afterwards') }
  return {
    [survives.id]: works(played)
      ? met(held, ...entriesOf(asked).filter(fine).slice(0, 2))
      : unmet(`the connection is gone: ${inWords(last)}`, held, ...last.entries.slice(0, 2)),
  }
}

const disturbed = (name: string, title: string, disturb: (context: CaseContext) => Promise<unknown>, applies?: When): Case => ({
  topic: 'authorize',
  name,
  title,
  ...(applies ? { applies } : {}),
  needs: ['callback', 'call'],
  checks: () => [survives],
  play: async (context) => {
    if (await context.connect()) await disturb(context)
  },
  judge,
})

const forged = (query: URLSearchParams): void => query.set('state', 'forged-by-somebody-else')

const usesNew: Case = {
  topic: 'authorize',
  name: 'uses-the-tokens-of-a-new-connection',
  title: 'When the user connects again, the new tokens take the place of the old ones',
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'authorize.new-tokens',
      'must',
      rfc(6749, '4.1', 'A new authorization gives new tokens'),
      {
        title: 'goes on with the tokens of the new connection',
        expected: 'calls with the new access token, and refreshes with the new refresh token',
        fix: 'Overwrite everything of the old connection when the new token response has come.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    if (!(await context.connect({ as: 'again' }))) return
    await context.ask('call', 'with the new tokens')
    if (!context.profile.refreshes) return
    expire(context)
    await context.ask('call', 'with the new refresh token')
  },
  judge: (played) => {
    const renewed = exchanges(stepOf(played, 'again')?.entries ?? []).find(fine)
    const step = stepOf(played, 'with the new tokens')
    if (!renewed || !step) return { 'authorize.new-tokens': notSoFar(played, 'no second connection was made') }
    const since = [renewed, ...after(played.entries, renewed)]
    const old = since.find(
      ({ presented }, at) =>
        (presented?.kind === 'access_token' || presented?.kind === 'refresh_token') &&
        // A refresh may answer with the refresh token that it was asked with: only what came before it counts.
        !since.slice(0, at).some(({ issued = [] }) => issued.some(({ id }) => id === presented.id)),
    )
    if (old) return { 'authorize.new-tokens': unmet('a token of the old connection was used', renewed, old) }
    return { 'authorize.new-tokens': calls(step.entries).some(fine) ? met(renewed, ...step.entries) : unmet(inWords(step), renewed) }
  },
}

export const survivalCases: readonly Case[] = [
  disturbed(
    'keeps-its-connection-when-a-callback-is-forged',
    'A forged callback does not end the connection that exists',
    (context) => context.connect({ as: 'disturbance', tamper: forged }),
    authorizing,
  ),
  disturbed(
    'keeps-its-connection-when-an-authorization-is-abandoned',
    'An authorization that is begun and left does not end the connection that exists',
    (context) => context.ask('authorize', 'disturbance'),
    authorizing,
  ),
  disturbed(
    'keeps-its-connection-when-another-is-denied',
    'A user who says no to another authorization keeps the connection that exists',
    (context) => {
      context.sandbox.double.approvals.deny({ once: true })
      return context.connect({ as: 'disturbance' })
    },
    authorizing,
  ),
  disturbed(
    'keeps-its-connection-when-a-reconnect-fails',
    'A new code that cannot be redeemed does not end the connection that exists',
    (context) => {
      context.fault({ operation: 'token', kind: 'refuse', reason: 'code_expired' })
      return context.connect({ as: 'disturbance' })
    },
  ),
  usesNew,
]
