/** What a browser sees at the demonstration callback where no app listens: what the provider sent there, and the next step as curl. */

import type { ProviderAddress } from '../issuance/providerAddress.js'
import type { Settings } from '../provider/settings.js'
import { html } from './html.js'
import { page } from './templates.js'

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/**
 * The token request for a code, as this provider takes it (RFC 6749 §4.1.3).
 *
 * @param proof whether the authorization request carried a code_challenge
 */
export const exchangeAsCurl = (settings: Settings, address: ProviderAddress, code: string, proof: boolean): string => {
  const { takes } = settings.client
  const { form, json } = settings.token.reads
  const { username = address.clientId, password = address.clientSecret ?? '' } = address
  const basic = takes.basic && !takes.body
  const [codeParameter = 'code'] = Object.entries(settings.code.parameters).flatMap(([name, taken]) => (taken ? [name] : []))
  const parameters = {
    grant_type: 'authorization_code',
    [codeParameter]: code,
    redirect_uri: address.redirectUri,
    ...(proof ? { code_verifier: 'THE-VERIFIER-OF-YOUR-CHALLENGE' } : {}),
    ...(basic ? {} : { client_id: address.clientId, client_secret: address.clientSecret ?? '' }),
  }
  const authentication = basic ? [`-u ${quoted(`${username}:${password}`)}`] : []
  const body =
    json && !form
      ? ["-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(parameters))}`]
      : Object.entries(parameters).map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`)
  return [`curl -s ${quoted(address.tokenUrl)}`, ...authentication, ...body].join(' \\\n  ')
}

export interface Arrived {
  /** The provider's name. */
  readonly provider: string
  /** Where the console is. */
  readonly console: string
  /** Where the browser was sent, query and all. */
  readonly url: URL
  /** The next step; undefined where no code came. */
  readonly curl: string | undefined
}

export const callbackPage = ({ provider, console, url, curl }: Arrived): string =>
  page(
    { provider, console },
    url.searchParams.has('error') ? `${provider} sent an error` : `${provider} sent a code`,
    html`<p>No app listens at <code>${url.origin}${url.pathname}</code>. This is what it would have received:</p><dl>${[
      ...url.searchParams,
    ].map(
      ([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`,
    )}</dl>${curl === undefined ? undefined : html`<p>The next step of the app, before the code expires:</p><pre><code>${curl}</code></pre>`}`,
  )
