/** The environment variables by which an unchanged program reaches the double under the hosts' real names. */

/** Where the double is, for a program that is started beside it. */
export interface ProxyAddresses {
  /** The double's own URL. */
  readonly url: string
  /** The proxy's URL: the same one where the server is its own proxy. */
  readonly proxy: string
  /** Where it speaks TLS: for Node programs that open connections of their own. */
  readonly tls?: string | undefined
  /** The authority to trust, a path. */
  readonly caFile: string
  readonly hosts: readonly string[]
}

const direct = 'localhost,127.0.0.1,::1'

/** Node reads the variables for proxies from 22.21 on and only when told to, and many libraries bring agents that do not: it is turned from inside. */
const register = new URL('../intercept/register.js', import.meta.url).href

/**
 * What to set for a child process. Both cases of the proxies' names, for programs differ in which they read; curl, Go,
 * Ruby, Python's ssl and requests, and Node each have their own name for the authority.
 *
 * @example
 * spawn('python3', ['client.py'], { env: { ...process.env, ...interceptVariables(reach, process.env) } })
 */
export const interceptVariables = (
  { url, proxy, tls, caFile, hosts }: ProxyAddresses,
  env: NodeJS.ProcessEnv = {},
): Record<string, string> => ({
  HTTP_PROXY: proxy,
  http_proxy: proxy,
  HTTPS_PROXY: proxy,
  https_proxy: proxy,
  NO_PROXY: direct,
  no_proxy: direct,
  SSL_CERT_FILE: caFile,
  CURL_CA_BUNDLE: caFile,
  REQUESTS_CA_BUNDLE: caFile,
  NODE_EXTRA_CA_CERTS: caFile,
  NODE_OPTIONS: [env['NODE_OPTIONS'], `--import=${register}`].filter(Boolean).join(' '),
  AUTHDOUBLE_INTERCEPT_URL: url,
  AUTHDOUBLE_INTERCEPT_HOSTS: hosts.join(','),
  ...(tls === undefined ? {} : { AUTHDOUBLE_INTERCEPT_TLS: tls }),
})
