/** Tokens that are longer than a column of a database often is. */

import type { JournalEntry } from '../../../index.js'
import type { Case, Findings } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import { calls, check, exchanges, header, inWords, notSoFar, parametersOf, refreshes, replyOf, stepOf } from '../reading.js'

/** Every character that RFC 6750 §2.1 allows, and as long as a database column often is not: 4,096 characters each. */
const longRefreshToken = `refresh-${'AZaz09-._~+/'.repeat(340)}abcdefg=`

const longToken = `${'AZaz09-._~+/'.repeat(341)}abc=`

/** Whether the token was too long, or the client keeps nothing at all over a restart. */
const restartWithShortToken = async (context: CaseContext): Promise<void> => {
  context.sandbox.double.faults.clear()
  if ((await context.connect({ as: 'short' })) && (await context.restart()))
    await context.ask('call', 'with a short token, after a restart')
}

const long: Case = {
  topic: 'exchange',
  name: 'keeps-a-long-token',
  title: 'Tokens of 4,096 characters, with all characters that are allowed, are kept as they are',
  needs: ['callback', 'call'],
  afterwards: false,
  checks: () => [
    check(
      'exchange.long-token',
      'must',
      rfc(6750, '2.1', 'An access token is made of letters, digits and -._~+/, with = at its end; its length is not limited'),
      {
        title: 'sends tokens of 4,096 characters as they came',
        expected: 'API calls and refreshes that have the tokens to the character, also after a restart',
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
    if (context.can('restart') && (await context.restart())) {
      const { entries } = await context.ask('call', 'with a long token, after a restart')
      if (calls(entries).length === 0) await restartWithShortToken(context)
    }
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
      return { [id]: unmet('a refresh with another refresh token than the one of 4,096 characters that came', told, renewed) }
    if (wrong) return { [id]: unmet(`a token of ${tokenLength(wrong)} characters, which is not the one that came`, told, wrong) }
    const short = stepOf(played, 'with a short token, after a restart')
    const keepsNothing = short !== undefined && calls(short.entries).length === 0
    if (restarted && calls(restarted.entries).length === 0 && !keepsNothing) return { [id]: unmet(inWords(restarted), told) }
    return { [id]: met(told, ...made) }
  },
}

/** The token as the journal has it: in a recording it is a fingerprint. */
const saidIn = (told: JournalEntry, member: string): string => String(replyOf(told)[member])

const saidToken = (told: JournalEntry): string => saidIn(told, 'access_token')

const tokenLength = (entry: JournalEntry): number => ((header(entry, 'authorization') ?? '').split(' ').at(-1) ?? '').length

export const longTokenCases: readonly Case[] = [long]
