import { describe, expect, it } from 'vitest'
import { createServer } from '../../../src/index.js'
import { withoutBrowser } from '../browser.js'
import { refresh, rotatedOut, staged } from './open.js'

describe.skipIf(withoutBrowser)('around the panels', () => {
  const stage = staged()

  it('the root of the server is the console for a browser, and the root of a sandbox is that of the sandbox', async () => {
    await using sandbox = await stage.double.sandbox({ name: 'job7' })
    const root = await stage.open('', { url: stage.double.url() })
    await root.getByRole('link', { name: 'Sandbox: default' }).waitFor()
    const page = await stage.open('', { url: sandbox.url() })
    await page.getByRole('link', { name: 'Sandbox: job7' }).waitFor()
    expect(await page.title()).toBe('Live · job7 · authdouble')
    await fetch(`${sandbox.url()}/nothing`)
    await fetch(`${stage.double.url()}/elsewhere`)
    await page.getByText('No provider serves GET /~job7/nothing').waitFor()
    expect(await page.getByText('elsewhere').count()).toBe(0)
  })

  it('a server that goes away is told, and when it is back the console goes on by itself', async () => {
    stage.expects(/Failed to load resource|ERR_/)
    const first = await createServer()
    const port = Number(new URL(first.url()).port)
    await rotatedOut(first)
    const page = await stage.open('', { url: first.url() })
    await page.getByText('2 exchanges').waitFor()
    await first.close()
    await page.getByRole('alert').getByText('The server does not answer.').waitFor()
    expect(await page.getByText('2 exchanges').count()).toBe(1)
    await using second = await createServer({ port })
    await page.getByRole('alert').waitFor({ state: 'detached' })
    await page.getByText('Nothing has crossed the wire yet.').waitFor()
    await refresh(second, 'unknown')
    await page.getByText('Zettle refused the refresh: no such refresh token was issued').waitFor()
  })

  it('asks for the admin token once, and takes no other', async () => {
    stage.expects(/401|ERR_INCOMPLETE/)
    await using locked = await createServer({ adminToken: 's3cret' })
    const page = await stage.open('', { url: locked.url() })
    await page.getByLabel('Admin token').fill('wrong')
    await page.getByRole('button', { name: 'Open the console' }).click()
    await page.getByRole('alert').getByText('That was not it.').waitFor()
    await page.getByLabel('Admin token').fill('s3cret')
    await page.getByRole('button', { name: 'Open the console' }).click()
    await page.getByText('Nothing has crossed the wire yet.').waitFor()
    await page.reload()
    await page.getByText('Nothing has crossed the wire yet.').waitFor()
  })

  it('every action shows the line for a shell and the line for the library that do the same', async () => {
    const page = await stage.open('#/act')
    await page.getByRole('button', { name: '+1 h' }).click()
    await page.getByText('Advance by 1h: done').waitFor()
    const bar = page.getByRole('contentinfo')
    expect(await bar.locator('code').allTextContents()).toEqual([
      `curl ${stage.double.url()}/__admin/clock -H 'content-type: application/json' -d '{"advance":"1h"}'`,
      "double.clock.advance('1h')",
    ])
    expect(stage.double.clock.state().offset).toBe(3600)
  })

  it('a theme that was chosen stays', async () => {
    const page = await stage.open('#/live', { colorScheme: 'light' })
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await paper()
    await page.getByRole('button', { name: /Theme: auto/ }).click()
    await page.getByRole('button', { name: /Theme: light/ }).click()
    await page.getByRole('button', { name: /Theme: dark/ }).waitFor()
    expect(await paper()).not.toBe(light)
    await page.reload()
    await page.getByRole('button', { name: /Theme: dark/ }).waitFor()
    expect(await paper()).not.toBe(light)
  })

  it('text that comes from clients never becomes markup', async () => {
    const nasty = '<img src=x onerror=alert(1)><script>alert(2)</script>"\'><b>bold</b>'
    const { tokenUrl, authorizeUrl = '', clientId } = stage.double.provider('zettle')
    await fetch(`${stage.double.url()}/${encodeURIComponent(nasty)}?${nasty}`)
    await fetch(tokenUrl, { method: 'POST', headers: { 'x-a': nasty }, body: new URLSearchParams({ grant_type: nasty, client_id: nasty }) })
    await fetch(`${authorizeUrl}?${new URLSearchParams({ client_id: clientId, state: nasty, scope: nasty })}`, { redirect: 'manual' })
    await fetch(`${stage.double.url()}/__admin/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ provider: 'zettle', id: 'nasty', name: nasty, email: 'nasty@example.com' }),
    })
    await stage.double.tokens.mint('zettle', { user: 'nasty' })
    const page = await stage.open()
    await page.getByText('3 exchanges').waitFor()
    for (const id of stage.double.journal.entries().map((entry) => entry.id)) {
      await page.goto(`${stage.double.url()}/__admin/ui#/live?open=${id}`)
      await page.getByRole('article', { name: `Exchange ${id}` }).waitFor()
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    }
    await page.goto(`${stage.double.url()}/__admin/ui#/connections`)
    await page.getByRole('heading', { name: nasty }).waitFor()
    await page.goto(`${stage.double.url()}/__admin/ui#/act`)
    await page.goto(
      `${stage.double.url()}/__admin/ui#/live?q=${encodeURIComponent(nasty)}&provider=${encodeURIComponent(nasty)}&open=${encodeURIComponent(nasty)}`,
    )
    expect(await page.locator('img, b:has-text("bold")').count()).toBe(0)
  })

  it('nothing of the page can be framed, and nothing but its own script runs', async () => {
    const response = await fetch(`${stage.double.url()}/__admin/ui`)
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/default-src 'none'; script-src 'sha256-[^ ;]+'; style-src 'sha256-[^ ;]+'; connect-src 'self'/)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    stage.expects(/Content Security Policy|Trusted/i)
    const page = await stage.open()
    const ran = await page.evaluate(`(() => {
      const script = document.createElement('script')
      try { script.textContent = 'window.ran = true' } catch {}
      document.body.append(script)
      try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = true">') } catch {}
      return window.ran === true
    })()`)
    expect(ran).toBe(false)
  })
})
