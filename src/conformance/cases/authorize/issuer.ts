/** An issuer that looks like the own one: who compares iss at all compares all of it. */

import type { Case } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import { authorizations, check, notSoFar, stepOf, tokenRequests } from '../reading.js'
import { namingIssuer } from '../when.js'

const begins = 'begins alike'
const ends = 'ends alike'

const alike: Case = {
  topic: 'authorize',
  name: 'refuses-iss-that-looks-alike',
  title: 'An issuer whose name begins or ends as the own one is another issuer',
  applies: namingIssuer,
  needs: ['authorize', 'callback'],
  afterwards: false,
  checks: ({ issuer }) => [
    check(
      'authorize.iss-alike',
      'must',
      rfc(9207, '2.4', 'A client that looks at iss compares it with the issuer as a string, and refuses what differs'),
      {
        title: 'refuses an iss that only begins or ends as it should',
        expected: 'no token request, as for an iss that has nothing in common with the own one',
        fix: `Compare the whole of iss with ${issuer}: anybody can register a name that begins with yours.`,
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    await context.connect({ as: 'foreign', tamper: (query) => query.set('iss', 'https://attacker.example') })
    await context.connect({ as: begins, tamper: (query) => query.set('iss', `${query.get('iss') ?? ''}.attacker.example`) })
    await context.connect({ as: ends, tamper: (query) => query.set('iss', `https://attacker.example/${query.get('iss') ?? ''}`) })
  },
  judge: (played) => {
    const id = 'authorize.iss-alike'
    const foreign = stepOf(played, 'foreign')
    if (!foreign) return { [id]: notSoFar(played, 'no callback was delivered') }
    if (tokenRequests(foreign.entries).length > 0) return { [id]: inapplicable('it does not look at iss, which another check says') }
    const taken = [begins, ends].find((as) => tokenRequests(stepOf(played, as)?.entries ?? []).length > 0)
    const sent = authorizations(played.entries)
    if (taken === undefined) return { [id]: sent.length > 2 ? met(...sent) : notSoFar(played, 'three callbacks were not delivered') }
    return {
      [id]: unmet(
        `the code was sent to the token endpoint although iss ${taken} only`,
        ...tokenRequests(stepOf(played, taken)?.entries ?? []),
      ),
    }
  },
}

export const issuerCases: readonly Case[] = [alike]
