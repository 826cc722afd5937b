/** Where secrets are seen. */

import type { JournalEntry } from '../../../index.js'
import type { Case } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import { check, notSoFar, parametersOf, tokenRequests } from '../reading.js'
import { connectAndCall } from './plain.js'

const secretNames = ['client_secret', 'password', 'assertion', 'access_token', 'refresh_token', 'code_verifier']

/** Requests that a browser makes, or whose URLs end up in logs: not the token endpoint's own. */
const seenByOthers = ({ operation }: JournalEntry): boolean =>
  operation === 'authorize' || operation === 'resource' || operation === 'userinfo'

const frontChannel: Case = {
  topic: 'exchange',
  name: 'keeps-secrets-out-of-the-front-channel',
  title: 'No URL of a browser or of an API call contains a secret',
  needs: ['callback'],
  passive: true,
  checks: () => [
    check(
      'exchange.no-secret-in-urls',
      'must',
      rfc(9700, '4.2.4', 'Secrets and tokens do not appear in URLs'),
      {
        title: 'keeps secrets out of URLs',
        expected: `no ${secretNames.join(', ')} in the URL of an authorization request or an API call`,
        fix: 'Send secrets and tokens in headers or bodies of requests from server to server only.',
      },
      { consequence: 'secret-exposed' },
    ),
  ],
  play: connectAndCall,
  judge: (played) => {
    const looked = played.entries.filter(seenByOthers)
    if (looked.length === 0)
      return { 'exchange.no-secret-in-urls': notSoFar(played, 'no authorization URL was opened and no API call came') }
    const secrets = tokenRequests(played.entries).flatMap((entry) => secretNames.map((name) => parametersOf(entry)[name]))
    const leaking = looked.find(({ request }) => {
      const query = new URL(request.url, 'http://x').searchParams
      return secretNames.some((name) => query.has(name)) || [...query.values()].some((value) => value.length > 3 && secrets.includes(value))
    })
    return { 'exchange.no-secret-in-urls': leaking ? unmet('a secret in the URL', leaking) : met(...looked) }
  },
}

export const secretCases: readonly Case[] = [frontChannel]
