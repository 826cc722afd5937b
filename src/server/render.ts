/** Turns what the protocol wants shown into a page. */

import { consentPage, errorPage, loginPage, pageHeaders, signedOutPage } from '../pages/pages.js'
import type { RawRequest, RawResponse } from '../wire/raw.js'
import type { PageResponse } from '../wire/write.js'
import type { Place, Route } from './place.js'
import type { Sandbox } from './sandbox.js'
import { seedOf } from './seed.js'

/** The parameters of the authorization request, however it came. */
export const carried = (raw: RawRequest): string => {
  if (raw.method === 'GET') return raw.query
  const form = new URLSearchParams(raw.body)
  for (const ours of ['choice', 'proof', 'email', 'password']) form.delete(ours)
  return form.get('request') ?? form.toString()
}

export const render = (sandbox: Sandbox, place: Place, route: Route, raw: RawRequest, response: PageResponse): RawResponse => {
  const { page } = response
  const frame = { provider: place.provider.name }
  const send = (body: string): RawResponse => ({ status: response.status, headers: { ...pageHeaders, ...response.headers }, body })
  if (page.kind === 'error') return send(errorPage(frame, page.error, page.description))
  if (page.what === 'signed-out') return send(signedOutPage(frame))
  const base = raw.host === undefined ? `${new URL(sandbox.url()).pathname.replace(/\/$/, '')}/${place.provider.id}` : ''
  const action = `${base}${route.endpoint.path}`
  const request = carried(raw)
  const seed = seedOf(place.provider)
  if (page.what === 'login')
    return send(loginPage(frame, `${base}/__login`, { request, path: route.endpoint.path }, seed.users[0]?.email ?? ''))
  const { approves } = place.settings().authorize ?? {}
  return send(
    consentPage(frame, {
      client: seed.clients.find(({ clientId }) => clientId === page.client)?.name ?? page.client,
      user: page.user ?? '',
      scope: page.scope,
      action: `${base}/__consent`,
      fields: { request, path: route.endpoint.path, proof: page.proof ?? '' },
      ...(approves?.in === 'same-url' ? { approveUrl: `${action}?${request}&${approves.parameter}=${approves.value}` } : {}),
    }),
  )
}
