/**
 * The browser leg over plain HTTP: opens a page, follows redirects with cookies, and stops where the client takes over.
 * It never leaves the machine: a place that is not on it is told, and not asked for.
 */

import { stepLimit } from './driver.js'
import { ownTimeSignal } from './ownTime.js'

/** Redirects that a browser would follow before it gives up. */
const limit = 20

export interface Landing {
  /** Where the browser was sent back to; undefined when it ended on a page. */
  readonly url?: string
  readonly status: number
  /** The start of the page's text. */
  readonly page?: string
  /** A place beyond the machine to which it was sent, and did not go. */
  readonly outside?: string
}

export interface Jar {
  readonly header: (url: URL) => { readonly cookie?: string }
  readonly keep: (url: URL, response: Response) => void
}

/** Cookies by host: enough for one flow in one browser (RFC 6265 without paths and expiry). */
export const createJar = (): Jar => {
  const cookies = new Map<string, Map<string, string>>()
  return {
    header: ({ host }) => {
      const pairs = [...(cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`)
      return pairs.length > 0 ? { cookie: pairs.join('; ') } : {}
    },
    keep: ({ host }, response) => {
      const kept = cookies.get(host) ?? new Map<string, string>()
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';', 1)
        const at = pair.indexOf('=')
        if (at > 0) kept.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
      }
      cookies.set(host, kept)
    },
  }
}

const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'

/** This machine and no other (RFC 6761 §6.3, RFC 8252 §7.3). */
export const isLoopback = ({ protocol, hostname }: URL): boolean =>
  /^https?:$/.test(protocol) && (/^(.+\.)?localhost$/.test(hostname) || /^127(\.\d+){3}$/.test(hostname) || hostname === '[::1]')

/** One page as a browser would ask for it, redirects not followed. */
export const fetchPage = async (url: URL, jar: Jar, init: RequestInit = {}): Promise<Response> => {
  const response = await fetch(url, { redirect: 'manual', ...init, headers: { accept, ...jar.header(url), ...init.headers } })
  jar.keep(url, response)
  return response
}

/** The same place, whatever the query, and whether or not a slash stands before it. */
const sameplace = (url: URL, target: URL): boolean =>
  url.origin === target.origin &&
  url.protocol === target.protocol &&
  url.host === target.host &&
  url.pathname.replace(/\/$/, '') === target.pathname.replace(/\/$/, '')

export interface Visit {
  /** Where the client takes over: the browser does not go there. */
  readonly stops?: (url: URL) => boolean
  /** Places beside this machine to which it may go. */
  readonly allows?: (url: URL) => boolean
  readonly jar?: Jar
  /** Milliseconds that all of it may take. */
  readonly within?: number
}

const refusedPage = (url: URL): Landing => ({
  status: 0,
  outside: url.href,
  page: `the browser was sent to ${url.origin === 'null' ? url.protocol : url.origin}, which is neither the redirect URI, authdouble nor this machine, and did not go there`,
})

const failedPage = (error: unknown, time: number): Landing => {
  if (error instanceof Error && error.name === 'TimeoutError') return { status: 0, page: `no page came within ${time / 1000} s` }
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return { status: 0, page: `${error instanceof Error ? error.message : String(error)}${cause}` }
}

/** Goes to a page and follows redirects until the browser is sent to where `stops` says. Never throws. */
export const visit = async (start: string, how: Visit = {}): Promise<Landing> => {
  const { stops = () => false, allows = () => false, jar = createJar(), within: time = stepLimit } = how
  if (!URL.canParse(start)) return { status: 0, page: `${JSON.stringify(start.slice(0, 200))} is not a URL` }
  const { signal, stop } = ownTimeSignal(time)
  let url = new URL(start)
  try {
    for (let hops = 0; hops < limit; hops += 1) {
      if (!isLoopback(url) && !allows(url)) return refusedPage(url)
      const response = await fetchPage(url, jar, { signal })
      const location = response.headers.get('location')
      if (response.status < 300 || response.status > 399 || location === null)
        return { status: response.status, page: (await response.text()).slice(0, 500) }
      await response.body?.cancel()
      if (!URL.canParse(location, url.href))
        return { status: response.status, page: `the location ${JSON.stringify(location)} is not a URL` }
      url = new URL(location, url)
      if (stops(url)) return { url: url.href, status: response.status }
    }
    return { status: 310, page: `more than ${limit} redirects` }
  } catch (error) {
    return failedPage(error, time)
  } finally {
    stop()
  }
}

/** Follows an authorization URL to the redirect URI it names, or else to the registered one. */
export const authorizeIn = (url: string, registered: string, how: Omit<Visit, 'stops'> = {}): Promise<Landing> => {
  const asked = URL.canParse(url) ? (new URL(url).searchParams.get('redirect_uri') ?? registered) : registered
  const target = new URL(URL.canParse(asked) ? asked : registered)
  return visit(url, { ...how, stops: (each) => sameplace(each, target) })
}

/** Delivers a callback to whoever listens there, as the browser would. */
export const deliver = (url: string, time = stepLimit): Promise<Landing> => visit(url, { within: time })

/** What a browser, or somebody in between, may do to a callback. */
export type Tamper = (query: URLSearchParams) => void

export const tampered = (url: string, tamper: Tamper): string => {
  const changed = new URL(url)
  tamper(changed.searchParams)
  return changed.href
}
