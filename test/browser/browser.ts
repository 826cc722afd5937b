/** A real browser for the tests: Debian's Chromium, headless, with a fresh profile. */

import { existsSync } from 'node:fs'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

const found = existsSync(executablePath)

if (!found && process.env['CI'] !== 'true') console.warn(`not run: there is no ${executablePath} (apt-get install chromium)`)

/** To be given to `describe.skipIf`. In CI nothing is left out: there the tests fail without a browser. */
export const withoutBrowser = !found && process.env['CI'] !== 'true'

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // nothing outside of this machine is looked for
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  })

export const schemes = ['light', 'dark'] as const

interface Axe {
  readonly run: (options: object) => Promise<{
    readonly violations: readonly {
      readonly id: string
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
    }[]
  }>
}

/** What axe finds against the WCAG up to 2.2 AA and good practice, as lines; an empty list is a clean page. */
export const violations = async (page: Page): Promise<readonly string[]> => {
  // evaluated, not added to the page, whose policy would rightly keep it out
  await page.evaluate(axe.source)
  const { violations: found } = await page.evaluate(() => (globalThis as unknown as { axe: Axe }).axe.run({ resultTypes: ['violations'] }))
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`))
}
