/** Addresses as the caller can use them: behind a mapped port of a container, the server does not know its own. */

import type { Call } from './call.js'

const loopback = /^((.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Undefined where the server's own URL will do, or where somebody has said what it is. */
const otherUrl = ({ registry, context, baseUrl }: Pick<Call, 'registry' | 'context' | 'baseUrl'>): string | undefined => {
  if (baseUrl !== undefined || context.secure) return undefined
  const asked = `http://${context.get('host')}`
  if (!URL.canParse(asked)) return undefined
  const [theirs, own] = [new URL(asked), new URL(registry.main.url())]
  const same = theirs.port === own.port && loopback.test(theirs.hostname) && loopback.test(own.hostname)
  return same || theirs.origin === own.origin ? undefined : theirs.origin
}

/** A value whose URLs of this server are under the host and port by which the call came. */
export const reached = <T>(call: Pick<Call, 'registry' | 'context' | 'baseUrl'>, value: T): T => {
  const other = otherUrl(call)
  if (other === undefined) return value
  const own = call.registry.main.url()
  const rebased = (part: unknown): unknown => {
    if (typeof part === 'string') return part === own || part.startsWith(`${own}/`) ? other + part.slice(own.length) : part
    if (Array.isArray(part)) return part.map(rebased)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, rebased(inner)]))
  }
  return rebased(value) as T
}
