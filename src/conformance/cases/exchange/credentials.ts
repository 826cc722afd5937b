/** Client secrets with characters that mean something in headers and forms. */

import type { Case, Finding } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import type { Level } from '../../runner/verdict.js'
import { check, exchanges, fate, fine, inWords, notSoFar, stepOf } from '../reading.js'

interface Credentials {
  readonly name: string
  readonly title: string
  readonly secret: string
  readonly id: string
  readonly level: Level
  readonly says: string
  readonly mayBeRefused?: string
}

const encoded = ({ name, title, secret, id, level, says, mayBeRefused }: Credentials): Case => ({
  topic: 'exchange',
  name,
  title,
  needs: ['callback'],
  credentials: secret,
  ...(mayBeRefused === undefined ? {} : { mayBeRefused }),
  checks: () => [
    check(
      id,
      level,
      rfc(6749, '2.3.1', says),
      {
        title: 'sends its secret so that it arrives',
        expected: 'a token request that the provider takes, with a secret that has such characters',
        fix: 'Let a library encode the form; for Basic encode user name and password as form values (UTF-8) before they are joined, once, and take plain base64.',
      },
      { recovers: true },
    ),
  ],
  play: async (context) => void (await context.connect()),
  judge: (played): { readonly [check: string]: Finding } => {
    const sent = exchanges(played.entries)
    const callback = stepOf(played, 'connect')
    const redeemed = sent.find(fine)
    if (redeemed) return { [id]: met(redeemed) }
    if (!callback || callback.state === 'unsupported') return { [id]: notSoFar(played, 'no callback was delivered') }
    return { [id]: unmet(sent.length > 0 ? sent.map(fate).join(', ') : inWords(callback), ...sent) }
  },
})

export const credentialCases: readonly Case[] = [
  encoded({
    name: 'encodes-its-credentials',
    title: 'A secret with + / = : & and % arrives as it is',
    secret: 'p+q/r=s:t%41u&v%',
    id: 'exchange.credentials-encoded',
    level: 'must',
    says: 'Client credentials are sent as form values, encoded once',
  }),
  encoded({
    name: 'encodes-a-letter-beyond-ascii',
    title: 'A secret with a letter beyond ASCII arrives in UTF-8',
    secret: 'schl\u00fcssel-caf\u00e9-1234',
    id: 'exchange.credentials-utf-8',
    level: 'advice',
    says: 'What is sent as a form value is encoded as UTF-8',
    mayBeRefused: 'the client takes no such secret: RFC 6749 Appendix A.2 knows secrets of printable ASCII alone',
  }),
]
