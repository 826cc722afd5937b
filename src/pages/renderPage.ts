/** Turns what the protocol wants shown into a page. */

import { createHash } from 'node:crypto'
import type { RawRequest, RawResponse } from '../http/raw.js'
import type { PageResponse } from '../http/writeResponse.js'
import type { ProviderInstance, Route } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { seedOf } from '../sandbox/seed.js'
import { consoleOf, usersAt } from './surroundings.js'
import {
  consentPage,
  deviceDonePage,
  devicePage,
  errorPage,
  formPostPage,
  loginPage,
  pageHeaders,
  signedOutPage,
  submitScript,
} from './templates.js'

const submitting = `${pageHeaders['content-security-policy']}; script-src 'sha256-${createHash('sha256').update(submitScript).digest('base64')}'`

/** The parameters of the authorization request, however it came. */
export const authorizationQuery = (raw: RawRequest): string => {
  if (raw.method === 'GET') return raw.query
  const form = new URLSearchParams(raw.body)
  for (const ours of ['choice', 'proof', 'email', 'password']) form.delete(ours)
  return form.get('request') ?? form.toString()
}

/** The names that go with ids, as they are registered now. */
const namesOf = async (
  sandbox: Sandbox,
  instance: ProviderInstance,
  client: string,
  user: string | undefined,
): Promise<{ client: string; user: string }> =>
  sandbox.decide(instance, (_, tx) => {
    const person = user === undefined ? undefined : tx.get('user', user)
    return { client: tx.get('client', client)?.name ?? client, user: person ? `${person.name} (${person.email})` : '' }
  })

export const renderPage = async (
  sandbox: Sandbox,
  instance: ProviderInstance,
  route: Route,
  raw: RawRequest,
  response: PageResponse,
): Promise<RawResponse> => {
  const { page } = response
  const frame = { provider: instance.provider.name, console: consoleOf(sandbox) }
  const send = (body: string): RawResponse => ({ status: response.status, headers: { ...pageHeaders, ...response.headers }, body })
  if (page.kind === 'error') {
    const id = sandbox.journal.nextId()
    return { ...send(errorPage(frame, page, id)), id }
  }
  if (page.kind === 'form_post') {
    const { status, headers } = response
    return {
      status,
      headers: { ...pageHeaders, ...headers, 'content-security-policy': submitting },
      body: formPostPage(frame, page.to, page.fields),
    }
  }
  if (page.what === 'signed-out') return send(signedOutPage(frame))
  const base = raw.host === undefined ? `${new URL(sandbox.url()).pathname.replace(/\/$/, '')}/${instance.provider.id}` : ''
  const action = `${base}${route.endpoint.path}`
  const request = authorizationQuery(raw)
  const { client, user } = await namesOf(sandbox, instance, page.client, page.user)
  const fields = { request, path: route.endpoint.path }
  if (page.what === 'device') return send(devicePage(frame, action, page.userCode, page.problem))
  if (page.what === 'device-done') return send(deviceDonePage(frame, client, page.problem === 'approved'))
  if (page.what === 'login')
    return send(
      loginPage(frame, {
        client,
        action: `${base}/__login`,
        fields,
        email: page.loginHint ?? seedOf(instance.provider).users[0]?.email ?? '',
        users: await usersAt(sandbox, instance),
      }),
    )
  const { approves, partialConsent } = instance.settings().authorize ?? {}
  return send(
    consentPage(frame, {
      client,
      user,
      scope: page.scope,
      // A URL that approves carries no boxes.
      partial: partialConsent === true && (approves?.in !== 'same-url' || page.what === 'device-consent'),
      userCode: page.what === 'device-consent' ? page.userCode : undefined,
      action: `${base}/__consent`,
      fields: { ...fields, proof: page.proof ?? '' },
      ...(approves?.in === 'same-url' ? { approveUrl: `${action}?${request}&${approves.parameter}=${approves.value}` } : {}),
    }),
  )
}
