/** What the server says of itself is what it serves. */

import {
  OAuthMetadataSchema,
  OAuthProtectedResourceMetadataSchema,
  OpenIdProviderDiscoveryMetadataSchema,
} from '@modelcontextprotocol/sdk/shared/auth.js'
import { describe, expect, it } from 'vitest'
import { settle } from '../../../src/provider/quirk.js'
import type { Settings } from '../../../src/provider/settings.js'
import { plain } from '../../../src/providers/plain/plain.js'
import { form, send, serving } from '../../kit.js'

const stage = serving('plain')

const document = async (path: string) => {
  const answer = await send(`${stage.double.url()}${path}`)
  expect([path, answer.status]).toEqual([path, 200])
  return answer.body as { readonly [member: string]: unknown }
}

describe('discovery', () => {
  it('is the same at the three places where clients look for it', async () => {
    const first = await document('/plain/.well-known/openid-configuration')
    expect(await document('/plain/.well-known/oauth-authorization-server')).toEqual(first)
    expect(await document('/.well-known/oauth-authorization-server/plain')).toEqual(first)
    expect(first['issuer']).toBe(stage.double.url('plain'))
  })

  it('names the sandbox in which it is asked', async () => {
    await using sandbox = await stage.double.sandbox({ name: 'own' })
    expect((await document('/.well-known/oauth-authorization-server/~own/plain'))['issuer']).toBe(sandbox.url('plain'))
    expect((await document('/~own/plain/.well-known/openid-configuration'))['issuer']).toBe(sandbox.url('plain'))
  })

  it('names every endpoint that there is, and no other', async () => {
    const metadata = await document('/plain/.well-known/openid-configuration')
    const named = Object.entries(metadata)
      .filter(([member]) => member.endsWith('_endpoint') || member === 'jwks_uri')
      .map(([, url]) => String(url).replace(stage.double.url('plain'), ''))
    const served = Object.values(settle<Settings>(plain.settings).endpoints)
      .filter(({ operation }) => !['metadata', 'resource', 'device'].includes(operation))
      .map(({ path }) => path)
    expect(named.toSorted()).toEqual(served.toSorted())
    for (const path of named) expect([path, (await send(`${stage.double.url('plain')}${path}`)).status]).not.toEqual([path, 404])
  })

  it('names the grants, and the token endpoint knows these alone', async () => {
    const metadata = await document('/plain/.well-known/openid-configuration')
    const { clientId, clientSecret, tokenUrl } = stage.play.address
    const error = async (grant: string) =>
      (await form(tokenUrl, { grant_type: grant, client_id: clientId, client_secret: clientSecret })).body['error']
    for (const grant of metadata['grant_types_supported'] as readonly string[])
      expect([grant, await error(grant)]).not.toEqual([grant, 'unsupported_grant_type'])
    expect(await error('password')).toBe('unsupported_grant_type')
    expect(metadata['grant_types_supported']).toContain('urn:ietf:params:oauth:grant-type:device_code')
  })

  it('fits the schemas that the Model Context Protocol publishes of RFC 8414, OpenID Connect Discovery and RFC 9728', async () => {
    const metadata = await document('/plain/.well-known/openid-configuration')
    expect(OAuthMetadataSchema.parse(metadata)).toMatchObject({ issuer: stage.double.url('plain') })
    expect(OpenIdProviderDiscoveryMetadataSchema.parse(metadata).claims_supported).toContain('email')
    const resource = await document('/.well-known/oauth-protected-resource/plain/resource')
    expect(OAuthProtectedResourceMetadataSchema.parse(resource).bearer_methods_supported).toEqual(['header'])
  })

  it('says less when a section is not there', async () => {
    stage.double.quirks.set('plain/pushed-requests-only', true)
    expect((await document('/plain/.well-known/openid-configuration'))['require_pushed_authorization_requests']).toBe(true)
  })

  it('describes the protected resources, at the place that RFC 9728 gives and below the issuer', async () => {
    const metadata = await document('/.well-known/oauth-protected-resource/plain/mcp')
    expect(metadata).toMatchObject({ resource: `${stage.double.url('plain')}/mcp`, authorization_servers: [stage.double.url('plain')] })
    expect(await document('/plain/.well-known/oauth-protected-resource/mcp')).toEqual(metadata)
    const refused = await send(`${stage.double.url('plain')}/mcp`)
    expect(refused.headers.get('www-authenticate')).toContain(
      `resource_metadata="${stage.double.url('plain')}/.well-known/oauth-protected-resource/mcp"`,
    )
  })
})
