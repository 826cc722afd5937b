/** `authdouble/playwright`: a double for each test, its pages driven for the test, and its journal beside a failure. */

import type { Expect, Page, TestInfo } from '@playwright/test'
import { test as base, expect as baseExpect } from '@playwright/test'
import type { Double, DoubleOf, Provider, ProviderId, ProviderIdOf, QuirkNameOf, SandboxInput, ServerOptions } from '../index.js'
import { createServer, redact, version } from '../index.js'
import { harOf } from '../journal/har.js'
import type { Person } from './browser.js'
import { choose } from './browser.js'
import { journalText, matchers } from './matchers.js'

/** A double whose log-in and consent pages a test can go through. */
export interface BrowserDouble<Q extends string = string, Id extends string = string> extends Omit<Double<Q, Id>, 'approve'> {
  /**
   * Logs in where that is asked for, and approves. Waits for the page as long as Playwright waits for any element, and
   * ends when the browser is on its way back to the application.
   *
   * @throws Error with the journal's explanation when the double shows an error instead of its pages
   * @example
   * await page.getByRole('link', { name: 'Connect' }).click()
   * await double.approve(page)
   */
  readonly approve: (page: Page, person?: Person) => Promise<void>
  /** Logs in where that is asked for, and denies. */
  readonly deny: (page: Page, person?: Person) => Promise<void>
}

const browserDouble = <Q extends string, Id extends string>(double: Double<Q, Id>): BrowserDouble<Q, Id> => ({
  ...double,
  approve: (page, person) => choose(double, page, 'Approve', person),
  deny: (page, person) => choose(double, page, 'Deny', person),
})

/** Everything secret in them is a fingerprint: reports are read by more people than tests are. */
const attach = async (double: Double, testInfo: TestInfo): Promise<void> => {
  const entries = double.journal.entries().map((entry) => redact(entry))
  const har = JSON.stringify(harOf(entries, double.url(), version))
  await testInfo.attach('authdouble journal', { body: journalText(entries), contentType: 'text/plain' })
  await testInfo.attach('authdouble.har', { body: har, contentType: 'application/json' })
}

/**
 * Playwright's `test` with a double among its fixtures: one server for a worker, a sandbox of its own for each test. Its
 * log-in and consent pages are shown, unless `input` says otherwise.
 *
 * @param options of the server: providers of your own, for one
 * @param input what every sandbox is like
 * @example
 * const test = testWith({ providers: ['zettle'] }, { quirks: { 'zettle/may-rotate-at-any-time': 'always' } })
 */
export const testWith = <const P extends ProviderId | Provider = ProviderId>(
  options: ServerOptions<P> = {},
  input: SandboxInput<QuirkNameOf<P>> = {},
) =>
  base.extend<{ double: BrowserDouble<QuirkNameOf<P>, ProviderIdOf<P>> }, { doubleServer: DoubleOf<P> }>({
    doubleServer: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are wanted from the pattern
      async ({}, use) => {
        await using server = await createServer(options)
        await use(server)
      },
      { scope: 'worker' },
    ],
    double: async ({ doubleServer }, use, testInfo) => {
      await using sandbox = await doubleServer.sandbox({ interactive: true, ...input })
      await use(browserDouble(sandbox))
      if (testInfo.status !== testInfo.expectedStatus) await attach(sandbox, testInfo)
    },
  })

/**
 * A test with all providers that come with the package.
 *
 * @example
 * import { expect, test } from 'authdouble/playwright'
 * test('connects', async ({ page, double }) => {
 *   await page.goto(await startApp(double.provider('zettle')))
 *   await page.getByRole('link', { name: 'Connect' }).click()
 *   await double.approve(page)
 *   await expect(page.getByText('connected')).toBeVisible()
 *   expect(double).toHaveSentState()
 * })
 */
export const test = testWith()

/** Playwright's `expect` with the matchers for doubles. */
export const expect: Expect<typeof matchers> = baseExpect.extend(matchers)
