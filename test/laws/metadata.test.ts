/** What a provider publishes about itself is true: whatever it names works. */

import { afterAll, describe, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer } from '../../src/index.js'
import { basic, form, landing, query, send } from '../kit.js'

const double: Double = await createServer()
afterAll(() => double.close())

const publishing = [...double.registry.main.instances.values()].flatMap(({ provider, settings }) =>
  Object.values(settings().endpoints)
    .filter(({ operation }) => operation === 'metadata')
    .map(({ path }) => ({ id: provider.id, path })),
)

describe.each(publishing)('the metadata of $id at $path', ({ id, path }) => {
  const { tokenUrl, authorizeUrl = '', clientId, clientSecret = '', username, password, redirectUri = '', scope = '' } = double.provider(id)
  const named = async (member: string): Promise<readonly string[]> =>
    (((await send(`${double.url(id)}${path}`)).body[member] as readonly string[] | undefined) ?? []) satisfies readonly string[]
  const authorization = basic(username ?? clientId, password ?? clientSecret)
  const reason = () => double.journal.last(id)?.reason
  const authorized = async (more: { readonly [name: string]: string }) =>
    landing(
      await send(`${authorizeUrl}?${query({ client_id: clientId, redirect_uri: redirectUri, scope, response_type: 'code', ...more })}`),
    )

  it('names no grant that is not offered', async () => {
    for (const grant_type of await named('grant_types_supported')) {
      await form(tokenUrl, { grant_type }, { authorization })
      expect([grant_type, reason()]).not.toEqual([grant_type, 'grant_type_unsupported'])
    }
  })

  it('names no response type and no response mode that is not answered', async () => {
    for (const response_type of await named('response_types_supported'))
      for (const response_mode of await named('response_modes_supported')) {
        const answer = await authorized({ response_type, response_mode })
        const location = answer.headers.get('location') ?? ''
        const said = { query: location.split('?')[1], fragment: location.split('#')[1], form_post: answer.text }[response_mode] ?? ''
        for (const member of response_type.split(' '))
          expect([response_mode, said]).toEqual([response_mode, expect.stringContaining(member)])
      }
  })

  it('names no client authentication that is not taken', async () => {
    const ways: { readonly [method: string]: readonly [fields: object, headers: object] } = {
      client_secret_basic: [{}, { authorization }],
      client_secret_post: [{ client_id: clientId, client_secret: clientSecret }, {}],
    }
    for (const method of await named('token_endpoint_auth_methods_supported')) {
      // A client without a secret is another client, and one with a key signs: its assertion is read, and refused for what it is.
      if (method === 'none') continue
      if (method.endsWith('_jwt')) {
        const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
        await form(tokenUrl, { grant_type: 'authorization_code', code: 'x', client_assertion: 'x.y.z', client_assertion_type: type })
        expect([method, ['client_credentials_missing', 'client_credentials_misplaced'].includes(reason() ?? '')]).toEqual([method, false])
        continue
      }
      const [fields, headers] = ways[method] ?? [{}, {}]
      const { params } = await authorized({})
      const exchange = { grant_type: 'authorization_code', code: params['code'], redirect_uri: redirectUri, ...fields }
      expect([method, (await form(tokenUrl, exchange, { ...headers })).status]).toEqual([method, 200])
    }
  })
})

it('some provider publishes metadata', () => expect(publishing.length).toBeGreaterThan(0))
