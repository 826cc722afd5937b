/** Redirects where nobody expects one: of the token endpoint and of the API, to another host or another port. */

import type { FaultInput } from '../../../index.js'
import { findViolations } from '../../invariants/violations.js'
import type { Case, Finding, Played } from '../../runner/case.js'
import { met, rfc, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import { calls, check, notSoFar, tokenRequests } from '../reading.js'

const statuses = [301, 302, 303, 307, 308] as const
const hosts = ['other-host', 'other-port'] as const

const toStranger = async (context: CaseContext, operation: 'token' | 'resource', status: number, host: (typeof hosts)[number]) => {
  const { url } = await context.stranger()
  const options: FaultInput = { operation, kind: 'status', status, headers: { location: `${url(host)}/elsewhere` }, times: 'always' }
  context.fault(options)
}

/** What a stranger got to see. */
const leaked = (played: Played): string | undefined =>
  findViolations({ ...played, settings: played.profile.settings }).find(({ invariant }) => invariant === 'always.no-secret-to-a-stranger')
    ?.seen

const judge = (played: Played, id: string, redirected: Played['entries']): { readonly [check: string]: Finding } => {
  const sent = redirected.filter(({ fault, response }) => fault !== undefined && (response.status ?? 0) >= 300)
  if (sent.length === 0) return { [id]: notSoFar(played, 'no redirect was met') }
  const seen = leaked(played)
  return { [id]: seen === undefined ? met(...sent) : unmet(seen, ...sent) }
}

const atTokenEndpoint: Case = {
  topic: 'errors',
  name: 'takes-nothing-along-a-redirect-of-the-token-endpoint',
  title: 'A redirect of the token endpoint gets no secret and no code',
  needs: ['callback'],
  afterwards: false,
  checks: () => [
    check(
      'errors.redirect-of-token-endpoint',
      'must',
      rfc(6749, '10.6', 'Codes and credentials go to the token endpoint that is configured, and nowhere else'),
      {
        title: 'sends nothing to where a redirect of the token endpoint leads',
        expected: 'no request with a secret or a code at another host or port, for 301, 302, 303, 307 and 308',
        fix: 'Do not follow redirects of the token endpoint (fetch: redirect "manual"): a token endpoint has none.',
      },
      { forbids: true, consequence: 'secret-exposed' },
    ),
  ],
  play: async (context) => {
    for (const host of hosts)
      for (const status of statuses) {
        await toStranger(context, 'token', status, host)
        await context.connect({ as: `${status} to ${host}` })
        context.sandbox.double.faults.clear()
        if (context.over()) return
      }
  },
  judge: (played) => judge(played, 'errors.redirect-of-token-endpoint', tokenRequests(played.entries)),
}

const atApi: Case = {
  topic: 'errors',
  name: 'takes-no-token-along-a-redirect-of-the-api',
  title: 'A redirect of the API gets no access token',
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'errors.redirect-of-api',
      'must',
      rfc(6749, '10.3', 'Access tokens are shared with the resource servers for which they are valid, and with nobody else'),
      {
        title: 'sends no token to where a redirect of the API leads',
        expected: 'no request with the access token at another host or port, for 301, 302, 303, 307 and 308',
        fix: 'Drop the Authorization header when a redirect leads to another origin: another port is another origin.',
      },
      { forbids: true, consequence: 'secret-exposed' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    for (const host of hosts)
      for (const status of statuses) {
        await toStranger(context, 'resource', status, host)
        await context.ask('call', `${status} to ${host}`)
        context.sandbox.double.faults.clear()
        if (context.over()) return
      }
  },
  judge: (played) => judge(played, 'errors.redirect-of-api', calls(played.entries)),
}

export const redirectCases: readonly Case[] = [atTokenEndpoint, atApi]
