/** Redirect URIs: compared as strings (RFC 9700 §2.1), and written with added parameters. */

import type { ResponseMode } from '../provider/extensions.js'
import type { ClientSettings } from '../provider/settings.js'
import type { Client } from './records.js'

// RFC 8252 §7.3 lets native apps choose the port; the demonstration client extends that to path and host spelling.
const loopback = /^http:\/\/(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?(?:[/?][\x21\x22\x24-\x5b\x5d-\x7e]*)?$/

export const isRegistered = (client: Client, uri: string, rules?: ClientSettings['redirectUris']): boolean =>
  client.redirectUris.includes(uri) ||
  (client.loopback === true && loopback.test(uri)) ||
  (rules !== undefined && (rules.loopbackPorts === 'any' || rules.paths === 'below') && fitsRules(client, uri, rules))

const portOfLoopback = /^(http:\/\/(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])):\d{1,5}(?=[/?]|$)/

/** A provider that is less strict than RFC 9700 §2.1: any port at a loopback address, any path below a registered one. */
const fitsRules = (client: Client, uri: string, { loopbackPorts, paths }: ClientSettings['redirectUris']): boolean => {
  const bare = (one: string): string => (loopbackPorts === 'any' ? one.replace(portOfLoopback, '$1') : one)
  const sent = bare(uri)
  // A path that climbs is not below the one that it begins with.
  const climbs = /(^|[/\\])\.\.([/\\]|$)|%2e%2e/i.test(sent)
  return client.redirectUris
    .map(bare)
    .some((known) => sent === known || (paths === 'below' && !climbs && sent.startsWith(`${known.replace(/\/$/, '')}/`)))
}

const query = /[^A-Za-z0-9\-._~!*'()]/

/** One `name=value` pair as HTML forms write it (RFC 6749 appendix B). */
const pair = (name: string, value: string): string => `${name}=${query.test(value) ? encodeURIComponent(value) : value}`

/** Puts parameters into the fragment of a URI, in place of the one it has. */
const withFragment = (uri: string, params: readonly (readonly [string, string])[]): string =>
  `${uri.split('#', 1)[0]}#${params.map(([name, value]) => pair(name, value)).join('&')}`

/** Adds parameters to the query of a URI, keeping what is there (RFC 6749 §3.1.2). */
export const withParameters = (uri: string, params: readonly (readonly [string, string])[]): string => {
  const added = params.map(([name, value]) => pair(name, value)).join('&')
  if (added === '') return uri
  const [before, fragment] = uri.split('#', 2) as [string, string?]
  const joint = !before.includes('?') ? '?' : before.endsWith('?') || before.endsWith('&') ? '' : '&'
  return `${before}${joint}${added}${fragment === undefined ? '' : `#${fragment}`}`
}

/** An authorization response on its way to the redirect URI, in one of the response modes. */
export const responseTo = (
  uri: string,
  params: readonly (readonly [string, string])[],
  mode: ResponseMode | undefined,
): { readonly to: string; readonly form?: readonly (readonly [string, string])[] } => {
  if (mode === 'form_post') return { to: uri, form: params }
  return { to: mode === 'fragment' ? withFragment(uri, params) : withParameters(uri, params) }
}
