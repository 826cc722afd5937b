import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer } from '../../src/index.js'
import { launch, schemes, violations, withoutBrowser } from './browser.js'

describe.skipIf(withoutBrowser)('in a browser', () => {
  let browser: Browser
  let double: Double
  let page: Page
  const client = createHttpServer((_, response) => response.end('back at the app'))
  let callback = ''

  beforeAll(async () => {
    browser = await launch()
    double = await createServer({ interactive: true, quirks: { 'vcita/also-takes-form': true, 'plain/partial-consent': true } })
    await new Promise<void>((resolve) => client.listen(0, '127.0.0.1', resolve))
    callback = `http://127.0.0.1:${(client.address() as AddressInfo).port}/callback`
  })
  afterAll(async () => {
    await browser?.close()
    await double?.close()
    await new Promise((resolve) => client.close(resolve))
  })
  beforeEach(async () => {
    const context = await browser.newContext()
    page = await context.newPage()
    return () => context.close()
  })

  const authorizeUrl = (provider: string, more: { readonly [name: string]: string } = {}): string => {
    const { authorizeUrl: url = '', clientId } = double.provider(provider)
    return `${url}?${new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: callback, state: 'as it was', ...more })}`
  }

  /** With the e-mail address that the page suggests. */
  const logIn = async (provider: string, more?: { readonly [name: string]: string }): Promise<void> => {
    await page.goto(authorizeUrl(provider, more))
    await page.getByLabel('Password').fill('anything')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: /^Allow / }).waitFor()
  }

  const landed = async (): Promise<URLSearchParams> => {
    await page.getByText('back at the app').waitFor()
    return new URL(page.url()).searchParams
  }

  const redeem = async (provider: string, code: string, more: { readonly [name: string]: string } = {}) => {
    const { tokenUrl, clientId, clientSecret = '', username, password } = double.provider(provider)
    const authorization = username === undefined ? {} : { authorization: `Basic ${btoa(`${username}:${password}`)}` }
    const secrets = username === undefined ? { client_id: clientId, client_secret: clientSecret } : {}
    const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: callback, ...secrets, ...more })
    const response = await fetch(tokenUrl, { method: 'POST', headers: authorization, body })
    return (await response.json()) as { readonly access_token?: string; readonly scope?: string }
  }

  const handedOut = async (label: string): Promise<string> => (await page.locator(`[data-value="${label}"]`).textContent()) ?? ''

  it.each(['ziina', 'zettle', 'vcita'])('a person logs in and approves at %s, and the code is good', async (provider) => {
    await logIn(provider)
    await page.getByRole('button', { name: 'Approve' }).click()
    const back = await landed()
    expect(back.get('state')).toBe('as it was')
    expect((await redeem(provider, back.get('code') ?? '')).access_token).toMatch(/.{20}/)
  })

  it.each(['ziina', 'zettle', 'vcita'])('a person denies at %s, and the app is told so', async (provider) => {
    await logIn(provider)
    await page.getByRole('button', { name: 'Deny' }).click()
    const back = await landed()
    expect(back.get('error')).toBe('access_denied')
    expect(back.get('state')).toBe('as it was')
    expect(back.has('code')).toBe(false)
  })

  it("Zettle's approval is the same URL with action=authorize", async () => {
    await logIn('zettle', { scope: 'READ:FINANCE READ:PURCHASE' })
    const asked: string[] = []
    page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`))
    await page.getByRole('button', { name: 'Approve' }).click()
    await landed()
    const [approval = ''] = asked
    expect(approval).toMatch(/^GET .*\/zettle\/authorize\?/)
    const sent = new URL(approval.slice(4)).searchParams
    expect(sent.get('action')).toBe('authorize')
    expect(sent.get('scope')).toBe('READ:FINANCE READ:PURCHASE')
    expect(sent.get('state')).toBe('as it was')
    expect((await page.context().cookies()).map(({ name }) => name)).toContain('iz_sso')
  })

  it('where a person may allow a part, the page has a box for each scope, and what is unticked is not granted', async () => {
    await double.reset()
    const plain = await browser.newContext({ javaScriptEnabled: false })
    page = await plain.newPage()
    const asked = { scope: 'read write' }
    await logIn('plain', { ...asked })
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(2)
    await page.getByLabel('write').uncheck()
    await page.getByRole('button', { name: 'Approve' }).click()
    const code = (await landed()).get('code') ?? ''
    const { tokenUrl, clientId, clientSecret = '' } = double.provider('plain')
    const answer = await fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: callback }),
    })
    expect(((await answer.json()) as { readonly scope: string }).scope).toBe('read')
    // What was not allowed is no consent that was given before.
    await page.goto(authorizeUrl('plain', { ...asked, prompt: 'none' }))
    expect((await landed()).get('error')).toBe('consent_required')
    await page.goto(authorizeUrl('plain', { scope: 'read', prompt: 'none' }))
    expect((await landed()).get('code')).toMatch(/.{20}/)
    await page.goto(authorizeUrl('plain', { ...asked }))
    await page.getByLabel('read').uncheck()
    await page.getByLabel('write').uncheck()
    await page.getByRole('button', { name: 'Approve' }).click()
    expect((await landed()).get('error')).toBe('access_denied')
    await plain.close()
  })

  it('a person allows a device a part of what it asked for', async () => {
    const { clientId, clientSecret = '', tokenUrl } = double.provider('plain')
    const authorization = `Basic ${btoa(`${clientId}:${clientSecret}`)}`
    const post = async (url: string, fields: { readonly [name: string]: string }) =>
      (await fetch(url, { method: 'POST', headers: { authorization }, body: new URLSearchParams(fields) })).json() as Promise<{
        readonly [member: string]: string
      }>
    const device = await post(`${double.url('plain')}/device_authorization`, { scope: 'read write' })
    await page.goto(device['verification_uri_complete'] ?? '')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByLabel('read').uncheck()
    await page.getByRole('button', { name: 'Approve' }).click()
    await page
      .getByText(/device/)
      .first()
      .waitFor()
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
    const answer = await post(tokenUrl, { grant_type, device_code: device['device_code'] ?? '' })
    expect(answer['scope']).toBe('write')
  })

  it('a click chooses the user, and the page has no script', async () => {
    await page.goto(authorizeUrl('ziina'))
    expect(await page.title()).toBe('Log in · Ziina')
    expect(await page.locator('script').count()).toBe(0)
    await page.getByRole('button', { name: /^Noor Saleh/ }).click()
    await page.getByText('You are logged in as Noor Saleh').waitFor()
  })

  it('what a page hands out is copied by a button, and stands there without scripts, too', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(`${double.url('zoho-payments')}/developerconsole`)
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('button', { name: 'Copy Code' }).click()
    await page.getByText('Copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await handedOut('Code'))
    const plain = await browser.newContext({ javaScriptEnabled: false })
    const quiet = await plain.newPage()
    await quiet.goto(`${double.url('zoho-payments')}/developerconsole`)
    await quiet.getByRole('button', { name: 'Create' }).click()
    expect(await quiet.locator('[data-value="Code"]').textContent()).toMatch(/^1000\./)
    expect(await quiet.getByRole('button').count()).toBe(0)
    await plain.close()
  })

  it('all of it works by keyboard alone', async () => {
    await page.goto(authorizeUrl('ziina'))
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('email')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /^Allow / }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect((await landed()).get('code')).toMatch(/.{20}/)
  })

  it('an e-mail address that nobody has is said to be so, beside the field', async () => {
    await page.goto(authorizeUrl('vcita'))
    await page.getByLabel('E-mail').fill('nobody@example.com')
    await page.getByRole('button', { name: 'Log in' }).click()
    expect(await page.getByRole('alert').textContent()).toBe('Nobody has this e-mail address.')
    expect(await page.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true')
    expect(await violations(page)).toEqual([])
  })

  it("Zoho's Generate Code gives a code for the scope and time that were chosen", async () => {
    await page.goto(double.url('zoho-payments') + '/developerconsole')
    await page.getByLabel(/^Scope/).fill('ZohoPay.payments.CREATE,ZohoPay.payments.READ')
    await page.getByLabel('Time duration').selectOption('5 minutes')
    await page.getByLabel('Description').fill('for a test')
    await page.getByRole('button', { name: 'Create' }).click()
    const code = await handedOut('Code')
    expect(code).toMatch(/^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$/)
    expect(await handedOut('Valid for')).toBe('5 minutes')
    const tokens = await redeem('zoho-payments', code, { redirect_uri: double.provider('zoho-payments').redirectUri })
    expect(tokens.scope).toBe('ZohoPay.payments.CREATE ZohoPay.payments.READ')
  })

  it("Zentail's Install sends the browser to the app with client_id and code and nothing else", async () => {
    await page.goto(`${double.url('zentail')}/apps/install`)
    await page.getByLabel(/^Redirect URL/).fill(callback)
    await page.getByRole('button', { name: 'Install' }).click()
    const back = await landed()
    expect([...back.keys()]).toEqual(['client_id', 'code'])
    expect(back.get('client_id')).toBe(double.provider('zentail').clientId)
  })

  it("Zentail's Install goes to the registered address when none is given", async () => {
    await page.goto(`${double.url('zentail')}/apps/install`)
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.url().includes('code=')),
      page.getByRole('button', { name: 'Install' }).click(),
    ])
    expect(request.url()).toMatch(/^https:\/\/your_domain\/oauth_callback\/\?client_id=/)
  })

  it('what a page hands out is in the journal as a fingerprint only', async () => {
    await page.goto(`${double.url('zoho-payments')}/developerconsole`)
    await page.getByRole('button', { name: 'Create' }).click()
    const code = await handedOut('Code')
    const kept = await (await fetch(`${double.url()}/__admin/journal?provider=zoho-payments`)).text()
    expect(kept).toContain('Your code')
    expect(kept).not.toContain(code)
  })

  it("Zettle's page for API keys is filled in from name and scopes", async () => {
    await page.goto(
      `${double.url('zettle')}/apps/api-keys?name=${encodeURIComponent('My "integration"')}&scopes=READ:PURCHASE%20READ:PRODUCT`,
    )
    expect(await page.getByLabel('Key name').inputValue()).toBe('My "integration"')
    expect(await page.getByLabel(/^Scopes/).inputValue()).toBe('READ:PURCHASE READ:PRODUCT')
    await page.getByRole('button', { name: 'Create key' }).click()
    const [assertion, clientId] = [await handedOut('API key'), await handedOut('Client ID')]
    const tokens = await redeem('zettle', '', {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      client_id: clientId,
      assertion,
    })
    expect(tokens.access_token).toMatch(/^ey/)
  })

  it("Ziina's page for businesses hands out an access token that works", async () => {
    await page.goto(`${double.url('ziina')}/business/connect`)
    await page.getByRole('button', { name: 'Create token' }).click()
    const token = await handedOut('Access token')
    const { resourceUrl = '' } = double.provider('ziina')
    expect((await fetch(resourceUrl, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
  })

  describe.each(schemes)('in %s', (colorScheme) => {
    const shots = process.env['SCREENSHOTS']
    const clean = async (name: string): Promise<void> => {
      if (shots) await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) })
      expect(await violations(page), name).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), name).toBe(true)
    }

    it('every page is accessible, and fits a telephone', { timeout: 60_000 }, async () => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 390, height: 760 } })
      page = await context.newPage()
      await page.goto(authorizeUrl('zettle', { client_id: 'nobody' }))
      await clean('error')
      await page.goto(authorizeUrl('ziina', { scope: 'write_payment_intents write_refunds' }))
      await clean('login')
      await logIn('ziina', { scope: 'write_payment_intents write_refunds' })
      await clean('consent')
      await logIn('zettle')
      await clean('consent-same-url')
      await logIn('plain', { scope: 'openid profile read write' })
      await clean('consent-in-part')
      await page.goto(`${double.url('ziina')}/oidc/session/end`)
      await clean('signed-out')
      await page.goto(`${double.url('zoho-payments')}/developerconsole`)
      await clean('generate-code')
      await page.getByRole('button', { name: 'Create' }).click()
      await clean('code')
      await page.goto(`${double.url('zettle')}/apps/api-keys`)
      await page.getByRole('button', { name: 'Create key' }).click()
      await clean('api-key')
      await page.goto(`${double.url('zentail')}/apps/install`)
      await clean('install')
      await page.goto(`${double.url('ziina')}/business/connect`)
      await clean('business-connect')
      await context.close()
    })
  })
})
