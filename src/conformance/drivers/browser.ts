/** The browser leg over plain HTTP: opens a page, follows redirects with cookies, and stops where the client takes over. */

/** Redirects that a browser would follow before it gives up. */
const limit = 20

export interface Landing {
  /** Where the browser was sent back to; undefined when it ended on a page. */
  readonly url?: string
  readonly status: number
  /** The start of the page's text. */
  readonly page?: string
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

/** One page as a browser would ask for it, redirects not followed. */
export const fetchPage = async (url: URL, jar: Jar, init: RequestInit = {}): Promise<Response> => {
  const response = await fetch(url, { redirect: 'manual', ...init, headers: { accept, ...jar.header(url), ...init.headers } })
  jar.keep(url, response)
  return response
}

/** The same place, whatever the query; Zentail puts a slash before it. */
const sameplace = (url: URL, target: URL): boolean =>
  url.origin === target.origin && url.pathname.replace(/\/$/, '') === target.pathname.replace(/\/$/, '')

/** Goes to a page and follows redirects until the browser is sent to where `stops` says. */
export const visit = async (start: string, stops: (url: URL) => boolean, jar: Jar = createJar()): Promise<Landing> => {
  let url = new URL(start)
  for (let hops = 0; hops < limit; hops += 1) {
    const response = await fetchPage(url, jar)
    const location = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || location === null)
      return { status: response.status, page: (await response.text()).slice(0, 500) }
    await response.body?.cancel()
    url = new URL(location, url)
    if (stops(url)) return { url: url.href, status: response.status }
  }
  return { status: 310, page: `more than ${limit} redirects` }
}

/** Follows an authorization URL to the redirect URI it names, or else to the registered one. */
export const authorizeIn = (url: string, registered: string, jar?: Jar): Promise<Landing> => {
  const asked = new URL(url).searchParams.get('redirect_uri') ?? registered
  const target = new URL(URL.canParse(asked) ? asked : registered)
  return visit(url, (each) => sameplace(each, target), jar)
}

/** Delivers a callback to whoever listens there, as the browser would. */
export const deliver = async (url: string, jar: Jar = createJar()): Promise<Landing> =>
  visit(url, () => false, jar).catch((error: unknown) => ({ status: 0, page: error instanceof Error ? error.message : String(error) }))

/** What a browser, or somebody in between, may do to a callback. */
export type Tamper = (query: URLSearchParams) => void

export const tampered = (url: string, tamper: Tamper): string => {
  const changed = new URL(url)
  tamper(changed.searchParams)
  return changed.href
}
