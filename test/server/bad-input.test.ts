/** What is wrong with a request gets the provider's own error where one is known, else the RFC's. */

import { describe, expect, it } from 'vitest'
import type { ProviderId } from '../../src/index.js'
import { providers } from '../../src/index.js'
import type { Answer, Fields } from '../kit.js'
import { amend, basic, send, serving } from '../kit.js'

/** Where a provider puts an error: its status and its word. */
type Said = readonly [status: number, error: string]
interface Errors {
  readonly unknownClient: Said
  readonly wrongSecret: Said
  readonly badRequest: Said
  readonly badGrantType: Said
  readonly badCode: Said
  readonly badRedirectUri: Said
  readonly wrongType: Said
}

const rfc: Errors = {
  unknownClient: [401, 'invalid_client'],
  wrongSecret: [401, 'invalid_client'],
  badRequest: [400, 'invalid_request'],
  badGrantType: [400, 'unsupported_grant_type'],
  badCode: [400, 'invalid_grant'],
  badRedirectUri: [400, 'invalid_grant'],
  wrongType: [400, 'invalid_request'],
}

const expected: { readonly [id in ProviderId]: Errors } = {
  plain: { ...rfc, wrongType: [415, 'invalid_request'] },
  ziina: rfc,
  zettle: { ...rfc, unknownClient: [400, 'invalid_client'], wrongSecret: [400, 'invalid_client'] },
  'zoho-payments': {
    unknownClient: [200, 'invalid_client'],
    wrongSecret: [200, 'invalid_client_secret'],
    badRequest: [200, 'invalid_request'],
    badGrantType: [200, 'unsupported_grant_type'],
    badCode: [200, 'invalid_code'],
    badRedirectUri: [200, 'invalid_redirect_uri'],
    wrongType: [415, 'invalid_request'],
  },
  zentail: rfc,
  vcita: { ...rfc, wrongType: [415, 'invalid_request'] },
}

const said = ({ status, body }: Answer): Said => [status, String(body['error'])]

describe.each(providers.map(({ id }) => id))('bad input at the token endpoint of %s', (id) => {
  // Forms with something wrong in them are what all have in common.
  const stage = serving(id, id === 'vcita' ? { quirks: { 'vcita/also-takes-form': true } } : {})
  const errors = expected[id]
  const usesBasic = id === 'plain' || id === 'ziina' || id === 'zentail'

  /** A form with the client's credentials; pairs, so that a name can come twice. */
  const post = async (pairs: readonly (readonly [string, string])[], own: Fields = {}): Promise<Answer> => {
    const { address } = stage.play
    const user = own['user'] ?? address.username ?? address.clientId
    const password = own['password'] ?? address.password ?? address.clientSecret ?? ''
    const credentials = usesBasic
      ? []
      : ([
          ['client_id', user],
          ['client_secret', password],
        ] as const)
    return send(address.tokenUrl, {
      method: 'POST',
      headers: {
        'content-type': own['type'] ?? 'application/x-www-form-urlencoded',
        ...(usesBasic ? { authorization: basic(user, password) } : {}),
      },
      body:
        own['body'] ?? new URLSearchParams([...pairs, ...credentials].map(([name, value]): [string, string] => [name, value])).toString(),
    })
  }
  const exchange = (code: string, redirectUri = stage.play.address.redirectUri) =>
    [
      ['grant_type', 'authorization_code'],
      ['code', code],
      ['redirect_uri', redirectUri],
    ] as const

  it('an unknown client and a wrong secret', async () => {
    const code = await stage.play.code()
    expect(said(await post(exchange(code), { user: 'nobody' }))).toEqual(errors.unknownClient)
    expect(said(await post(exchange(code), { password: 'wrong' }))).toEqual(errors.wrongSecret)
    const right = await stage.play.redeem(code)
    expect([right.status, typeof right.body['access_token']]).toEqual([200, 'string'])
  })

  it('a parameter that is missing, empty or there twice', async () => {
    const code = await stage.play.code()
    expect(said(await post([['code', code]]))).toEqual(errors.badRequest)
    expect(
      said(
        await post([
          ['grant_type', ''],
          ['code', code],
        ]),
      ),
    ).toEqual(errors.badRequest)
    expect(
      said(
        await post([
          ['grant_type', 'authorization_code'],
          ['redirect_uri', stage.play.address.redirectUri],
        ]),
      ),
    ).toEqual(errors.badRequest)
    expect(said(await post(exchange('')))).toEqual(errors.badRequest)
    expect(said(await post([...exchange(code), ['code', code]]))).toEqual(errors.badRequest)
    expect(said(await post([...exchange(code), ['grant_type', 'authorization_code']]))).toEqual(errors.badRequest)
  })

  it('a grant type that nobody has, or that is a member of every object', async () => {
    for (const grant of ['password', 'constructor', '__proto__', 'urn:ietf:params:oauth:grant-type:saml2-bearer'])
      expect(
        said(
          await post([
            ['grant_type', grant],
            ['code', 'x'],
          ]),
        ),
      ).toEqual(errors.badGrantType)
  })

  it('a code that is unknown, used, expired, or of another client', async () => {
    expect(said(await post(exchange('nonsense')))).toEqual(errors.badCode)
    const { code } = await stage.play.connect()
    expect(said(await stage.play.redeem(code))).toEqual(errors.badCode)
    const late = await stage.play.code()
    stage.double.clock.advance('1d')
    expect(said(await stage.play.redeem(late))).toEqual(errors.badCode)
    const foreign = await stage.play.code()
    await amend(stage.play, id, (kept) => {
      const own = Object.values(kept['client'] ?? {})[0]
      Object.assign(kept['client'] ?? {}, { other: { ...own, id: 'other', username: 'other' } })
      Object.assign(kept, { username: { ...kept['username'], other: { client: 'other' } } })
    })
    expect(said(await post(exchange(foreign), { user: 'other' }))).toEqual(errors.badCode)
    expect(stage.double.journal.last({ provider: id })?.reason).toBe('code_of_another_client')
    expect((await stage.play.redeem(foreign)).body['access_token']).toBeTypeOf('string')
  })

  it('a code with another redirect URI', async () => {
    if (id === 'zoho-payments') stage.double.quirks.set('zoho-payments/has-organisation-flow', true)
    const given = await stage.play.admin(`/providers/${id}/codes`, { redirectUri: stage.play.address.redirectUri })
    const answer = await post(exchange(String(given.body['code']), 'http://example.org/callback'))
    expect(said(answer)).toEqual(errors.badRedirectUri)
  })

  it('a body of another content type, and none at all', async () => {
    for (const type of ['text/plain', 'application/xml', 'nonsense'])
      expect(said(await post([], { type, body: 'grant_type=authorization_code' }))).toEqual(errors.wrongType)
    if (id !== 'vcita') expect(said(await post([], { type: 'application/json', body: '{"grant_type":' }))).toEqual(errors.wrongType)
  })

  it('a body of a megabyte is too large, and the next request is served', async () => {
    const answer = await post([], { body: `grant_type=${'x'.repeat(1_048_576)}` })
    expect([answer.status, answer.body['error']]).toEqual([413, 'invalid_request'])
    expect((await stage.play.connect()).answer.status).toBe(200)
  })

  it('percent-escapes that are none, and bytes that are no UTF-8', async () => {
    const broken = ['grant_type=%zz&client_id=x', 'grant_type=%', 'grant_type=%ff%fe']
    for (const body of broken) expect((await post([], { body })).status, body).toBeLessThan(500)
    if (id !== 'zentail') for (const body of broken) expect(said(await post([], { body }))).toEqual(errors.badRequest)
    const bytes = await send(stage.play.address.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Uint8Array.from([0x67, 0x3d, 0xff, 0xfe]),
    })
    expect(said(bytes)).toEqual(errors.badRequest)
  })
})
