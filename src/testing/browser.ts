/** What a person does on the double's log-in and consent pages, done by Playwright. */

import type { Locator, Page } from '@playwright/test'
import type { Double } from '../index.js'
import { explain, redact } from '../index.js'

export interface Person {
  /** The e-mail address to log in with; the one that the page suggests by default. */
  readonly email?: string
}

/** By what only the double's own forms have: the application may have a button of the same name. */
export const choose = async (
  { journal }: Pick<Double, 'journal'>,
  page: Page,
  choice: 'Approve' | 'Deny',
  { email }: Person = {},
): Promise<void> => {
  const login = page.locator('form[action$="/__login"]:has(input[type="password"])')
  const consent = page.locator('.choices', { has: page.locator('input[name="choice"]') }).getByRole('button', { name: choice, exact: true })
  const problem = page.locator('form[action$="/__login"] [role="alert"], h1:text-is("Something is wrong with this request")')
  const shows = async (wanted: Locator): Promise<void> => {
    await wanted.or(problem).first().waitFor()
    if (!(await problem.isVisible())) return
    const last = journal.last()
    throw new Error(`the double asks for no consent. ${await problem.textContent()} ${last ? explain(redact(last)) : ''}`)
  }
  await shows(login.or(consent))
  if (await login.isVisible()) {
    if (email !== undefined) await login.getByLabel('E-mail').fill(email)
    await login.getByRole('button', { name: 'Log in' }).click()
    await shows(consent)
  }
  await consent.click()
}
