/** Redirects where nobody expects one: of the token endpoint, of the API and of the revocation, to another host or another port. */

import type { FaultInput } from '../../../index.js'
import { findViolations } from '../../invariants/violations.js'
import type { Case, Finding, Played } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import type { Profile } from '../../runner/profile.js'
import { calls, check, disconnections, notSoFar, refreshes, tokenRequests } from '../reading.js'
import { expire } from '../refresh/need.js'
import { refreshing } from '../when.js'
import { survivalOf, survives } from './refresh-trouble.js'

type Operation = NonNullable<FaultInput['operation']>

const statuses = [301, 302, 303, 307, 308] as const
const hosts = ['other-host', 'other-port'] as const

const toStranger = async (context: CaseContext, operation: Operation, status: number, host: (typeof hosts)[number]) => {
  const { url } = await context.stranger()
  const options: FaultInput = { operation, kind: 'status', status, headers: { location: `${url(host)}/elsewhere` }, times: 'always' }
  context.fault(options)
}

/** Plays a request once for each kind of redirect. */
const eachRedirect = async (context: CaseContext, operation: Operation, request: (as: string) => Promise<unknown>): Promise<void> => {
  for (const host of hosts)
    for (const status of statuses) {
      await toStranger(context, operation, status, host)
      await request(`${status} to ${host}`)
      context.sandbox.double.faults.clear()
      if (context.over()) return
    }
}

/** What a stranger got to see. */
export const leaked = (played: Played): string | undefined =>
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
  play: (context) => eachRedirect(context, 'token', (as) => context.connect({ as })),
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
    if (await context.connect()) await eachRedirect(context, 'resource', (as) => context.ask('call', as))
  },
  judge: (played) => judge(played, 'errors.redirect-of-api', calls(played.entries)),
}

const atRefresh: Case = {
  topic: 'errors',
  name: 'takes-nothing-along-a-redirect-at-refresh',
  title: 'A redirect of the token endpoint at a refresh gets no refresh token, and costs nobody the connection',
  applies: refreshing,
  needs: ['callback', 'call'],
  checks: () => [
    check(
      'errors.redirect-of-refresh',
      'must',
      rfc(6749, '10.4', 'Refresh tokens are shared with the authorization server that issued them, and with nobody else'),
      {
        title: 'sends no refresh token to where a redirect of the token endpoint leads',
        expected: 'no request with a secret or a refresh token at another host or port, for 301, 302, 303, 307 and 308',
        fix: 'Do not follow redirects of the token endpoint (fetch: redirect "manual"), at the refresh either.',
      },
      { forbids: true, consequence: 'secret-exposed' },
    ),
    survives,
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    expire(context)
    await eachRedirect(context, 'token', async (as) => {
      const { entries } = await context.ask('call', as)
      if (refreshes(entries).length === 0 && context.can('refresh')) await context.ask('refresh', as)
    })
  },
  judge: (played) => {
    const sent = refreshes(played.entries)
    const [first] = sent.filter(({ fault }) => fault !== undefined)
    const made = calls(played.entries)
    if (!first && made.length > 0) {
      const finding = inapplicable('it makes no refresh')
      return { 'errors.redirect-of-refresh': finding, [survives.id]: finding }
    }
    return {
      ...judge(played, 'errors.redirect-of-refresh', sent),
      [survives.id]: first ? survivalOf(played, first) : notSoFar(played, 'no redirect was met'),
    }
  },
}

/** How the tokens that a connection ends with are to be kept. */
const revocationReference = ({ revokes }: Profile) =>
  revokes?.by === 'refresh'
    ? rfc(6749, '10.4', 'Refresh tokens are shared with the authorization server that issued them, and with nobody else')
    : rfc(6749, '10.3', 'Access tokens are shared with the servers for which they are valid, and with nobody else')

const atRevocation: Case = {
  topic: 'errors',
  name: 'takes-nothing-along-a-redirect-of-the-revocation',
  title: 'A redirect met by a client that ends its connection gets no token',
  applies: ({ revokes }) => revokes !== null,
  needs: ['callback', 'revoke'],
  afterwards: false,
  checks: (profile) => [
    check(
      'errors.redirect-of-revocation',
      'must',
      revocationReference(profile),
      {
        title: 'sends nothing to where a redirect of the revocation leads',
        expected: 'no request with a secret or a token at another host or port, for 301, 302, 303, 307 and 308',
        fix: 'Do not follow redirects of the revocation endpoint (fetch: redirect "manual"); tell the provider again later.',
      },
      { forbids: true, consequence: 'secret-exposed' },
    ),
  ],
  play: async (context) => {
    const { operation } = context.profile.revokes?.endpoint ?? { operation: 'revoke' as const }
    await eachRedirect(context, operation, async (as) => {
      if (await context.connect({ as: `connection for ${as}` })) await context.ask('revoke', as)
    })
  },
  judge: (played) => judge(played, 'errors.redirect-of-revocation', disconnections(played.entries)),
}

export const redirectCases: readonly Case[] = [atTokenEndpoint, atApi, atRefresh, atRevocation]
