/** A person logs in, reads, and approves or denies: with forms, in a browser without scripts. */

import { describe, expect, it } from 'vitest'
import type { ProviderId } from '../../src/index.js'
import { createServer } from '../../src/index.js'
import type { Answer, Fields, Landing, PageForm, Stage } from '../kit.js'
import { form, formsOf, jwtPart, landing, query, send, serving } from '../kit.js'

const flows = [
  ['ziina', 'amal@example.com', {}],
  ['zettle', 'astrid@example.com', {}],
  ['vcita', 'owner@example.com', {}],
  ['zoho-payments', 'priya@example.com', { soid: 'zohopay.1', scope: 'ZohoPay.payments.READ' }],
] as const satisfies readonly (readonly [ProviderId, string, Fields])[]

/** Sends a form as a browser would, with what the person filled in. */
const submit = (stage: Stage, one: PageForm | undefined, filled: Fields, cookie?: string): Promise<Answer> => {
  const fields = { ...one?.fields, ...filled }
  const url = `${stage.double.url()}${one?.action}`
  return one?.method === 'get' ? send(`${url}?${query(fields)}`, { headers: { cookie } }) : form(url, fields, { cookie })
}

describe.each(flows)('%s', (id, email, options) => {
  const stage = serving(id, {
    interactive: true,
    ...(id === 'zoho-payments' ? { quirks: { 'zoho-payments/has-organisation-flow': true } } : {}),
  })

  const logIn = async (
    who: string,
    state = 'st&a"te',
  ): Promise<{ readonly page: Landing; readonly cookie: string; readonly consent: Answer }> => {
    const page = await stage.play.authorize({ ...options, state })
    const logged = await submit(stage, formsOf(page.text)[0], { email: who, password: 'anything' })
    expect(stage.double.journal.get(logged.headers.get('x-authdouble-request-id') ?? '')).toMatchObject({
      provider: id,
      outcome: 'answered',
    })
    const cookie = logged.headers.get('set-cookie')?.split(';')[0] ?? ''
    const consent =
      logged.status === 303 ? await send(`${stage.double.url()}${logged.headers.get('location')}`, { headers: { cookie } }) : logged
    return { page, cookie, consent }
  }

  it('a log-in and an approval end at the client with a code and the state', async () => {
    const { consent, cookie } = await logIn(email)
    expect(consent.text).toContain('Allow ')
    const forms = formsOf(consent.text)
    const approving = forms.find(({ method }) => method === 'get') ?? forms[0]
    const landed = landing(await submit(stage, approving, approving?.method === 'get' ? {} : { choice: 'approve' }, cookie))
    expect(landed.at).toBe(stage.play.address.redirectUri)
    expect(landed.params['state']).toBe('st&a"te')
    expect(
      (await stage.play.redeem(landed.params['code'] ?? '', { redirect_uri: stage.play.address.redirectUri })).body['access_token'],
    ).toBeTypeOf('string')
  })

  it('a denial ends at the client with access_denied and the state', async () => {
    const { consent, cookie } = await logIn(email)
    const denying = formsOf(consent.text).find(({ method }) => method === 'post')
    const { at, params } = landing(await submit(stage, denying, { choice: 'deny' }, cookie))
    expect([at, params['error'], params['state'], params['code']]).toEqual([
      stage.play.address.redirectUri,
      'access_denied',
      'st&a"te',
      undefined,
    ])
  })

  it('an e-mail address that nobody has is said to be one, and the form can be sent again', async () => {
    const { consent } = await logIn('nobody@example.com')
    expect([consent.status, consent.text.includes('Nobody has this e-mail address')]).toEqual([401, true])
    const again = await submit(stage, formsOf(consent.text)[0], { email })
    expect(again.status).toBe(303)
  })

  it('an approval that comes from no page of ours approves nothing', async () => {
    const { consent, cookie } = await logIn(email)
    const posted = formsOf(consent.text).find(({ method }) => method === 'post')
    const forged = landing(await submit(stage, posted, { choice: 'approve', proof: 'guessed' }, cookie))
    expect([forged.status, forged.at]).toEqual([200, ''])
    const stranger = landing(await submit(stage, posted, { choice: 'approve' }))
    expect([stranger.status, stranger.at]).toEqual([200, ''])
  })

  it('a session spares the log-in the next time', async () => {
    const { cookie } = await logIn(email)
    expect((await stage.play.authorize(options, { cookie })).text).toContain('Allow ')
  })
})

describe('at the log-in', () => {
  const stage = serving('ziina', { interactive: true })

  it('a click chooses the user, without scripts', async () => {
    const page = await stage.play.authorize()
    expect(page.text).toContain('<title>Log in · Ziina</title>')
    const [, choosing] = formsOf(page.text)
    const logged = await submit(stage, choosing, { email: 'noor@example.com' })
    const cookie = logged.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(page.text).toContain('name="email" value="noor@example.com"')
    expect((await send(`${stage.double.url()}${logged.headers.get('location')}`, { headers: { cookie } })).text).toContain('Noor Saleh')
  })

  it('claims may be added: the ID token and the userinfo answer say them, until they are taken away', async () => {
    const connectWith = async (claims: string) => {
      const scope = 'openid'
      const page = await stage.play.authorize({ scope })
      const logged = await submit(stage, formsOf(page.text)[0], { email: 'amal@example.com', claims })
      const cookie = logged.headers.get('set-cookie')?.split(';')[0] ?? ''
      const consent = await send(`${stage.double.url()}${logged.headers.get('location')}`, { headers: { cookie } })
      const posted = formsOf(consent.text).find(({ method }) => method === 'post')
      const { params } = landing(await submit(stage, posted, { choice: 'approve' }, cookie))
      const tokens = (await stage.play.redeem(params['code'] ?? '')).body
      const userinfo = await send(stage.play.address.userinfoUrl ?? '', { headers: { authorization: `Bearer ${tokens['access_token']}` } })
      return { claims: jwtPart(String(tokens['id_token']), 'claims'), userinfo: userinfo.body }
    }
    const odd = { email_verified: false, 'https://acme.example/roles': ['owner', '{user.id}'], sub: 'somebody-else' }
    const added = await connectWith(JSON.stringify(odd))
    expect(added.claims).toMatchObject(odd)
    expect(added.userinfo).toMatchObject(odd)
    const without = await connectWith('')
    expect(without.claims['sub']).not.toBe('somebody-else')
    expect(without.userinfo).not.toHaveProperty('email_verified')
  })

  it('claims that are no JSON object are told beside the field, and what was written stays', async () => {
    const page = await stage.play.authorize()
    for (const claims of ['{"a":', '[1]', 'null']) {
      const again = await submit(stage, formsOf(page.text)[0], { email: 'amal@example.com', claims })
      expect([again.status, again.text.includes('These claims are no JSON object.')]).toEqual([400, true])
      expect(again.text).toMatch(/<textarea[^>]*aria-invalid="true"/)
    }
  })
})

it('an error page names the reason and its own journal entry', async () => {
  await using double = await createServer({ providers: ['zettle'] })
  const { authorizeUrl = '' } = double.provider('zettle')
  const page = await send(`${authorizeUrl}?client_id=nobody&response_type=code`)
  const id = page.headers.get('x-authdouble-request-id') ?? ''
  expect(page.text).toContain(`<a href="${double.url()}/__admin/ui#/live?open=${id}">${id}</a>`)
  expect(page.text).toContain('<code>authorize_client_unknown</code>')
  expect(double.journal.get(id)).toMatchObject({ reason: 'authorize_client_unknown' })
})
