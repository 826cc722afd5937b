/** A server, its console in a browser, and what went wrong in the page. */

import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { Double, ServerOptions } from '../../../src/index.js'
import { createServer } from '../../../src/index.js'
import { launch } from '../browser.js'

export interface Stage {
  readonly double: Double
  readonly browser: Browser
  /** Opens the console at a panel: `#/live?provider=zettle`. */
  readonly open: (hash?: string, options?: BrowserContextOptions & { readonly url?: string }) => Promise<Page>
  /** Answers that the page may get without complaint: of a server that is away, or that asks for a token. */
  readonly expects: (pattern: RegExp) => void
}

/** A server while a file's tests run, as new before each of them; a page that complains, or asks elsewhere, is a failure. */
export const staged = (options: ServerOptions = {}): Stage => {
  const stage: { double?: Double; browser?: Browser } = {}
  let complaints: string[] = []
  let allowed: RegExp[] = []
  const pages: Page[] = []
  beforeAll(async () => {
    stage.browser = await launch()
    stage.double = await createServer(options as ServerOptions<never>)
  })
  beforeEach(async () => {
    complaints = []
    allowed = []
    await stage.double?.reset()
  })
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close()
    expect(complaints.filter((one) => !allowed.some((pattern) => pattern.test(one)))).toEqual([])
  })
  afterAll(async () => {
    await stage.browser?.close()
    await stage.double?.close()
  })
  const open: Stage['open'] = async (hash = '#/live', { url, ...context } = {}) => {
    const opened = await stage.browser?.newContext({ viewport: { width: 1280, height: 800 }, ...context })
    const page = await opened?.newPage()
    if (!page || !stage.double) throw new Error('there is no browser')
    pages.push(page)
    const home = url ?? stage.double.url()
    page.on('request', (request) => {
      if (!request.url().startsWith(new URL(home).origin) && !request.url().startsWith('data:') && !request.url().startsWith('blob:'))
        complaints.push(`asks ${request.url()}`)
    })
    page.on('console', (message) => complaints.push(`${message.type()} ${message.text()}`))
    page.on('pageerror', (error) => complaints.push(`throws ${error.message}`))
    page.on('dialog', (dialog) => {
      complaints.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    await page.goto(`${home}/${url === undefined ? '__admin/ui' : ''}${hash}`)
    return page
  }
  return Object.assign(stage, { open, expects: (pattern: RegExp) => void allowed.push(pattern) }) as Stage
}

/** One token request of the demo client. */
export const refresh = async (double: Double, token: string, provider = 'zettle'): Promise<Response | undefined> => {
  const { tokenUrl, clientId, clientSecret = '' } = double.provider(provider)
  const fields = { grant_type: 'refresh_token', refresh_token: token, client_id: clientId, client_secret: clientSecret }
  return fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(fields) }).catch(() => undefined)
}

/** A refresh that rotates, and twelve seconds later one with the token that is over; time stands still around them. */
export const rotatedOut = async (double: Double): Promise<string> => {
  double.clock.freeze()
  const { refreshToken = '' } = await double.tokens.mint('zettle')
  await refresh(double, refreshToken)
  double.clock.advance('12s')
  await refresh(double, refreshToken)
  return refreshToken
}
