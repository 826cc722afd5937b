/** A user who says no. */

import type { Case, Finding } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import { authorizations, check, exchanges, inWords, notSoFar, stepOf, succeeded, tokenRequests } from '../reading.js'
import { authorizing } from '../when.js'
import { needs } from './callback.js'

const denialReference = rfc(6749, '4.1.2.1', 'A user who denies is sent back with error=access_denied')

const accessDenied: Case = {
  topic: 'authorize',
  name: 'handles-access-denied',
  title: 'The client understands a user who denies, and connects if the user approves later',
  applies: authorizing,
  needs,
  checks: () => [
    check(
      'authorize.denial-is-final',
      'must',
      denialReference,
      {
        title: 'asks for no token after a denial',
        expected: 'no token request, and an error',
        fix: 'Look for error in the callback first. Without a code, do not continue.',
      },
      { forbids: true },
    ),
    check('authorize.denial-reported', 'advice', denialReference, {
      title: 'says that the user denied',
      expected: 'an error that has access_denied as its code or in its message',
      fix: 'Report error and error_description of the callback to the code that started the connection.',
    }),
    check(
      'authorize.denial-recovers',
      'should',
      denialReference,
      {
        title: 'connects when the user says yes afterwards',
        expected: 'the next authorization ends with tokens',
        fix: 'Delete what you stored for the denied request, and start again.',
      },
      { recovers: true },
    ),
  ],
  play: async (context) => {
    context.sandbox.double.approvals.deny({ once: true })
    await context.connect({ as: 'denied' })
    await context.connect({ as: 'allowed' })
  },
  judge: (played) => {
    const denied = stepOf(played, 'denied')
    const sent = authorizations(played.entries).find(({ outcome, reason }) => outcome === 'refused' || reason === 'access_denied')
    if (!denied || !sent) {
      const finding = notSoFar(played, 'the denial did not reach the client')
      return { 'authorize.denial-is-final': finding, 'authorize.denial-reported': finding, 'authorize.denial-recovers': finding }
    }
    const requests = tokenRequests(denied.entries)
    const final = (): Finding => {
      if (requests.length > 0) return unmet('a token was asked for', sent, ...requests)
      if (denied.state === 'ok') return unmet('the client said that it holds tokens', sent)
      return denied.state === 'failed' ? met(sent) : notSoFar(played, 'the callback was not answered')
    }
    // However a client tells it, whoever began the connection can read it.
    const reported = [denied.error?.code, denied.error?.message].some((said) => said?.includes('access_denied'))
    const allowed = stepOf(played, 'allowed')
    return {
      'authorize.denial-is-final': final(),
      'authorize.denial-reported': denied.state === 'failed' ? (reported ? met(sent) : unmet(inWords(denied), sent)) : final(),
      'authorize.denial-recovers': succeeded(allowed)
        ? met(...exchanges(allowed?.entries ?? []))
        : unmet(allowed ? inWords(allowed) : 'no second callback was reached', sent),
    }
  },
}

export const denialCases: readonly Case[] = [accessDenied]
