import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { html } from '../../src/conformance/reports/html/page.js'
import { cleanRun, hostile, reportOf, sampleRun } from '../conformance/reports/sample.js'
import { launch, schemes, violations, withoutBrowser } from './browser.js'

describe.skipIf(withoutBrowser)('the report as a page', () => {
  let browser: Browser
  let folder: string
  let address: string
  const asked: string[] = []

  /** The page as a reader has it, from a file. */
  const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options })
    const page = await context.newPage()
    page.on('request', (request) => asked.push(request.url()))
    page.on('console', (message) => asked.push(`console ${message.text()}`))
    page.on('dialog', (dialog) => {
      asked.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    await page.goto(address)
    return page
  }

  beforeAll(async () => {
    browser = await launch()
    folder = await mkdtemp(join(tmpdir(), 'authdouble-report-'))
    const { report } = await sampleRun()
    const clean = await cleanRun()
    const other = { ...clean, run: { ...clean.run, client: 'other-client 2' } }
    const elsewhere = reportOf(report.cases.map((one) => ({ ...one, id: one.id.replace('zettle', 'ziina') })))
    const file = join(folder, 'report.html')
    await writeFile(file, html([report, other, { ...elsewhere, run: { ...elsewhere.run, provider: 'ziina' } }]))
    address = pathToFileURL(file).href
  })
  afterAll(async () => {
    await browser?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  it.each(schemes)('is accessible in %s, closed and with everything opened', async (colorScheme) => {
    const page = await open({ colorScheme })
    expect(await violations(page)).toEqual([])
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    expect(await violations(page)).toEqual([])
    const shots = process.env['SCREENSHOTS']
    if (shots) await page.screenshot({ path: join(shots, `report-${colorScheme}.png`), fullPage: true })
    await page.context().close()
  })

  it('asks for nothing but itself, and what a client says is text', async () => {
    asked.length = 0
    const page = await open()
    expect(await page.locator('img, iframe, link, script[src]').count()).toBe(0)
    expect(await page.locator('h2 + ul > li').first().textContent()).toContain('<script>alert(1)</script>')
    expect(asked).toEqual([address])
    expect(await page.evaluate("getComputedStyle(document.querySelector('.hidden')).position")).toBe('absolute')
    expect(await page.content()).not.toContain(hostile)
    await page.context().close()
  })

  it('a cell opens to the exchanges of its case, by keyboard', async () => {
    const page = await open()
    const cell = page.getByRole('link', { name: /^zettle\/refresh\/rotation, evil/ })
    await cell.focus()
    await page.keyboard.press('Enter')
    const opened = page.locator(':target')
    await opened.waitFor({ state: 'visible' })
    expect(await opened.getByText('POST /zettle/token (refresh_token)').first().isVisible()).toBe(true)
    expect(await opened.locator('.response.bad').first().textContent()).toContain('400 refresh_token_rotated')
    expect(await opened.locator('.lineage').textContent()).toMatch(
      /code ‹[0-9a-f]{8}›, issued by r1.*refresh token ‹[0-9a-f]{8}›, issued by r2/,
    )
    expect(await page.evaluate("document.activeElement === document.querySelector(':target')")).toBe(true)
    await page.context().close()
  })

  it('is read without a script, too', async () => {
    const page = await open({ javaScriptEnabled: false })
    await page.getByRole('link', { name: /^zettle\/refresh\/rotation, evil/ }).click()
    await page.locator(':target').waitFor({ state: 'visible' })
    await page.locator('summary').first().click()
    expect(await page.locator('details.case').first().getAttribute('open')).not.toBeNull()
    await page.context().close()
  })

  it('shows only the cases with findings when it is told to', async () => {
    const page = await open()
    const plain = page.getByRole('rowheader', { name: 'zettle/refresh/plain' })
    expect(await plain.isVisible()).toBe(true)
    await page.getByLabel('Only cases with findings').check()
    expect(await plain.isVisible()).toBe(false)
    expect(await page.getByRole('rowheader', { name: 'zettle/refresh/rotation' }).isVisible()).toBe(true)
    await page.context().close()
  })

  it('has a column for each client, and tells what was not run from what passed', async () => {
    const page = await open()
    const table = page.getByRole('region', { name: 'Matrix of zettle' })
    expect(await table.getByRole('columnheader').count()).toBe(3)
    expect(
      await table
        .getByRole('row', { name: /zettle\/refresh\/silent/ })
        .getByRole('cell')
        .allTextContents(),
    ).toEqual(['? not exercised', 'not run'])
    expect((await page.getByRole('heading', { level: 2 }).allTextContents()).slice(-2)).toEqual(['zettle', 'ziina'])
    await page.context().close()
  })

  it('does not scroll sideways on a telephone', async () => {
    const page = await open()
    await page.setViewportSize({ width: 390, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await page.context().close()
  })
})
