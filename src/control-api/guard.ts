/** Who may call: nobody under a name that was made to point here, no page of another origin, and nobody without the token. */

import { timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type Koa from 'koa'
import type { ControlOptions } from './call.js'
import { ControlError } from './check.js'

const hostOf = (authority: string): string =>
  authority
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()

/**
 * A name that an attacker can have in the DNS has a dot. Addresses, names without one (of containers) and `.localhost` cannot
 * be made to point here by somebody else's page.
 */
const harmless = (host: string): boolean =>
  isIP(host) !== 0 || !host.includes('.') || host.endsWith('.localhost') || host === 'host.docker.internal'

const same = (given: string, expected: string): boolean => {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** @throws ControlError */
export const guard = (context: Koa.Context, { allowedHosts, adminToken, registry }: ControlOptions): void => {
  const authority = context.get('host')
  const host = hostOf(authority)
  const ours = [...allowedHosts.map((name) => name.toLowerCase()), new URL(registry.main.url()).hostname]
  if (host === '' || !(harmless(host) || ours.includes(host)))
    throw new ControlError(
      403,
      'forbidden_host',
      `the control API is not called ${host} here: use an address of this machine, or allow that name`,
    )
  const origin = context.get('origin')
  const site = context.get('sec-fetch-site')
  const visiting = context.method === 'GET' && context.get('sec-fetch-mode') === 'navigate'
  const foreign = origin !== '' && !(URL.canParse(origin) && new URL(origin).host === authority)
  if (foreign || (site !== '' && site !== 'same-origin' && site !== 'none' && !visiting))
    throw new ControlError(403, 'cross_origin', 'pages of other origins may not call the control API')
  if (adminToken === undefined) return
  const [scheme = '', token = ''] = context.get('authorization').split(' ')
  if (scheme.toLowerCase() === 'bearer' && same(token, adminToken)) return
  context.set('www-authenticate', 'Bearer')
  throw new ControlError(401, 'unauthorized', 'the control API asks for its token: Authorization: Bearer <token>')
}
