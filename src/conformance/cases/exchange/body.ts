/** What a token request is made of. */

import type { Case } from '../../runner/case.js'
import { met, settingOf, unmet } from '../../runner/case.js'
import { check, exchanges, header, notSoFar } from '../reading.js'

const json: Case = {
  topic: 'exchange',
  name: 'sends-json',
  title: 'The token request is JSON, as documented',
  applies: ({ settings }) => settings.token.reads.json,
  needs: ['callback'],
  passive: true,
  checks: (profile) => [
    check('exchange.json-body', 'advice', settingOf(profile, 'token.reads.json', 'Token requests are JSON; forms happen to work'), {
      title: 'sends JSON',
      expected: 'content-type application/json',
      fix: 'Send the token request as JSON: the provider documents nothing else.',
    }),
  ],
  play: async (context) => void (await context.connect()),
  judge: (played) => {
    const [sent] = exchanges(played.entries)
    if (!sent) return { 'exchange.json-body': notSoFar(played, 'no code was sent to the token endpoint') }
    const type = header(sent, 'content-type') ?? 'none'
    return { 'exchange.json-body': type.startsWith('application/json') ? met(sent) : unmet(`content-type ${type}`, sent) }
  },
}

export const bodyCases: readonly Case[] = [json]
