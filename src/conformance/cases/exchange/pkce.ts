/** Proof keys, where a client sends them. */

import type { Case, Finding } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import { authorizations, check, exchanges, fate, notSoFar, parametersOf } from '../reading.js'
import { authorizing } from '../when.js'

const pkceReference = (section: string, text: string) => rfc(7636, section, text)

const pkce: Case = {
  topic: 'exchange',
  name: 'proves-its-challenge',
  title: 'A client that uses PKCE uses it correctly',
  applies: authorizing,
  needs: ['authorize', 'callback'],
  checks: () => [
    check('exchange.pkce-method', 'must', pkceReference('4.2', 'A client that can do S256 uses S256'), {
      title: 'uses S256',
      expected: 'code_challenge_method=S256',
      fix: 'Send code_challenge_method=S256 and the hash of the verifier.',
    }),
    check('exchange.pkce-verifier', 'must', pkceReference('4.5', 'The verifier of the challenge is sent with the code'), {
      title: 'sends the verifier',
      expected: 'code_verifier in the token request, and an answer with tokens',
      fix: 'Keep the verifier beside the state, and send it with the code.',
    }),
    check('exchange.pkce-fresh', 'must', pkceReference('4.1', 'A verifier is made for each authorization request'), {
      title: 'makes a new challenge each time',
      expected: 'another code_challenge in the second authorization URL',
      fix: 'Make a new random verifier for each authorization request.',
    }),
  ],
  play: async (context) => {
    await context.connect({ as: 'first' })
    await context.connect({ as: 'second' })
  },
  judge: (played) => {
    const asked = authorizations(played.entries)
    const challenged = asked.filter((entry) => parametersOf(entry)['code_challenge'] !== undefined)
    const [first, second] = challenged
    const all = (finding: Finding) => ({
      'exchange.pkce-method': finding,
      'exchange.pkce-verifier': finding,
      'exchange.pkce-fresh': finding,
    })
    if (!first)
      return all(asked.length > 0 ? inapplicable('it sends no code_challenge') : notSoFar(played, 'no authorization URL was opened'))
    const method = parametersOf(first)['code_challenge_method']
    const [sent] = exchanges(played.entries)
    const verified = (): Finding => {
      if (!sent) return notSoFar(played, 'no code was sent to the token endpoint')
      if (parametersOf(sent)['code_verifier'] === undefined) return unmet('no code_verifier', first, sent)
      return sent.reason?.startsWith('verifier') ? unmet(fate(sent), first, sent) : met(first, sent)
    }
    const fresh = (): Finding => {
      if (!second) return notSoFar(played, 'no second authorization URL was opened')
      const same = parametersOf(first)['code_challenge'] === parametersOf(second)['code_challenge']
      return same ? unmet('the same code_challenge twice', first, second) : met(first, second)
    }
    return {
      'exchange.pkce-method': method === 'S256' ? met(first) : unmet(`code_challenge_method ${method ?? 'missing'}`, first),
      'exchange.pkce-verifier': verified(),
      'exchange.pkce-fresh': fresh(),
    }
  },
}

export const pkceCases: readonly Case[] = [pkce]
