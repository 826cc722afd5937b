/** Token responses that are none. */

import type { FaultSpec } from '../../../index.js'
import type { Case, Finding } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import {
  check,
  connectsAgain,
  endless,
  exchanges,
  fate,
  fellSilent,
  fine,
  inWords,
  notSoFar,
  stepOf,
  succeeded,
  tokenRequests,
} from '../reading.js'

interface Breakage {
  readonly name: string
  readonly title: string
  readonly fault: FaultSpec
  readonly says: string
  /** Seconds that it asks to wait. */
  readonly waits?: number
}

/** A token response that is no token response. */
const brokenReply = ({ name, title, fault, says, waits }: Breakage): Case => ({
  topic: 'errors',
  name,
  title,
  needs: ['callback'],
  checks: () => [
    check('errors.broken-reply-reported', 'must', rfc(6749, '5.1', `Tokens come in a JSON object with status 200; ${says} is none`), {
      title: 'reports that no tokens were received',
      expected: 'the callback step fails, in good time',
      fix: 'Check the status, parse the whole body, and look for access_token before anything is stored.',
    }),
    connectsAgain('errors.broken-reply-recovers', 'the next authorization ends with tokens, and a call works'),
  ],
  play: async (context) => {
    context.fault({ operation: 'token', ...fault, times: 1 })
    await context.connect({ as: 'broken' })
    context.sandbox.double.faults.clear()
    if (waits !== undefined) await context.pause(waits * 1000 + 100)
    if ((await context.connect({ as: 'again' })) && context.can('call')) await context.ask('call')
  },
  judge: (played) => {
    const step = stepOf(played, 'broken')
    const broken = tokenRequests(played.entries).find((entry) => entry.fault?.kind === fault.kind)
    if (!step || !broken) {
      const finding = notSoFar(played, 'no broken answer was received')
      return { 'errors.broken-reply-reported': finding, 'errors.broken-reply-recovers': finding }
    }
    const again = stepOf(played, 'again')
    const call = stepOf(played, 'call')
    const works = succeeded(again) && (call === undefined || succeeded(call))
    const reported = (): Finding => {
      if (fellSilent(step)) return unmet(endless(step), broken)
      // A client that tried once more in the same step and got its tokens has lost nothing.
      if (step.state === 'ok')
        return exchanges(step.entries).some(fine) ? met(broken) : unmet('the client said that it holds tokens', broken)
      return step.state === 'failed' ? met(broken) : unmet(`the client broke down: ${inWords(step)}`, broken)
    }
    const failing = call && !succeeded(call) ? call : again
    return {
      'errors.broken-reply-reported': reported(),
      'errors.broken-reply-recovers': works
        ? met(...exchanges(again?.entries ?? []).filter(fine))
        : unmet(
            failing
              ? `${inWords(failing)}${exchanges(again?.entries ?? []).map((entry) => `, ${fate(entry)}`)}`
              : 'no second callback was reached',
            broken,
          ),
    }
  },
})

export const brokenReplyCases: readonly Case[] = [
  brokenReply({
    name: 'survives-truncated-json',
    title: 'A token response that is cut off is refused',
    fault: { kind: 'truncate' },
    says: 'half a body',
  }),
  brokenReply({
    name: 'survives-html-error-page',
    title: 'An HTML page of a gateway is not taken for a token response',
    fault: { kind: 'gateway-page' },
    says: 'an HTML page',
  }),
  brokenReply({
    name: 'survives-connection-reset',
    title: 'A connection that is reset is reported',
    fault: { kind: 'reset' },
    says: 'a reset connection',
  }),
  brokenReply({
    name: 'survives-500-at-exchange',
    title: 'A token endpoint that fails at the exchange is reported',
    fault: { kind: 'status', status: 500 },
    says: 'a 500',
  }),
  brokenReply({
    name: 'survives-503-at-exchange',
    title: 'A token endpoint that is down at the exchange is reported',
    fault: { kind: 'status', status: 503 },
    says: 'a 503',
  }),
  brokenReply({
    name: 'survives-429-at-exchange',
    title: 'A token endpoint that asks to wait at the exchange is reported, or waited for',
    fault: { kind: 'rate-limit', retryAfter: 1 },
    says: 'a 429',
    waits: 1,
  }),
  brokenReply({
    name: 'survives-page-with-status-200',
    title: 'A page with status 200 is no token response',
    fault: { kind: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body>Please log in</body></html>' },
    says: 'a page, whatever its status,',
  }),
  brokenReply({
    name: 'survives-a-reply-without-an-access-token',
    title: 'A JSON object with status 200 that has no access token is no token response',
    fault: { kind: 'status', status: 200, body: { token_type: 'Bearer', expires_in: 3600, refresh_token: null } },
    says: 'an object without access_token',
  }),
  brokenReply({
    name: 'survives-silence-at-exchange',
    title: 'A token endpoint that never answers is given up',
    fault: { kind: 'hang' },
    says: 'no answer',
  }),
  brokenReply({
    name: 'survives-drip-at-exchange',
    title: 'A token response that comes letter by letter is given up',
    fault: { kind: 'drip', pause: 1 },
    says: 'a reply that does not come to its end',
  }),
]
