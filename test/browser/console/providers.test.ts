import { describe, expect, it } from 'vitest'
import { withoutBrowser } from '../browser.js'
import { staged } from './open.js'

describe.skipIf(withoutBrowser)('providers in the console', () => {
  const stage = staged()

  it('a provider shows its demo client in the words of environment, shell and libraries', async () => {
    const page = await stage.open('#/providers?provider=ziina', { permissions: ['clipboard-read', 'clipboard-write'] })
    const { tokenUrl, username = '', password = '' } = stage.double.provider('ziina')
    await page.getByText(`AUTHDOUBLE_ZIINA_TOKEN_URL=${tokenUrl}`).waitFor()
    await page.getByRole('button', { name: 'simple-oauth2' }).click()
    await page.getByText(`client: { id: '${username}', secret: '${password}' }`).waitFor()
    await page.getByRole('button', { name: 'Copy the simple-oauth2 lines' }).click()
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain("authorizationMethod: 'header'")
  })

  it('its quirks say how well they are known, and are switched', async () => {
    const page = await stage.open('#/providers?provider=vcita&view=quirks')
    const quirk = page.getByRole('listitem').filter({ hasText: 'vcita/code-lifetime' })
    await quirk.getByText('documented').waitFor()
    await quirk.getByLabel('Value of code-lifetime').fill('5')
    await quirk.getByLabel('Value of code-lifetime').blur()
    await quirk.getByText('switched here').waitFor()
    const asked = await fetch(`${stage.double.url()}/__admin/quirks/vcita/code-lifetime`)
    expect(await asked.json()).toMatchObject({ value: 5, toggled: true })
    await quirk.getByRole('button', { name: 'Put vcita/code-lifetime back' }).click()
    await quirk.getByText('switched here').waitFor({ state: 'detached' })
  })

  const flows = [
    ['plain', ['1 · Ask', '2 · Exchange', '3 · Call', '4 · Refresh', '5 · Disconnect']],
    ['ziina', ['1 · Ask', '2 · Exchange', '3 · Call', '4 · Refresh']],
    ['zettle', ['1 · Ask', '2 · Exchange', '3 · Call', '4 · Refresh', '5 · Disconnect']],
    ['zoho-payments', ['1 · Generate', '2 · Exchange', '3 · Call', '4 · Refresh', '5 · Disconnect']],
    ['zentail', ['1 · Install', '2 · Exchange', '3 · Call']],
    ['vcita', ['1 · Ask', '2 · Exchange', '3 · Call', '5 · Disconnect']],
  ] as const

  it.each(flows)('at %s a whole flow is walked through, each request shown before it is sent', async (provider, steps) => {
    const page = await stage.open(`#/providers?provider=${provider}&view=try`)
    for (const title of steps) {
      const step = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) })
      const before = stage.double.journal.size()
      expect(await step.getByLabel(/^Request: /).textContent()).toMatch(/^(GET|POST|DELETE) http:\/\/127\.0\.0\.1/)
      expect(stage.double.journal.size()).toBe(before)
      await step.getByRole('button', { name: 'Send' }).click()
      await step.getByRole('button', { name: 'Send again' }).waitFor()
    }
    const outcomes = stage.double.journal.entries().map(({ operation, outcome }) => `${operation} ${outcome}`)
    expect(outcomes.filter((one) => !/ (answered|redirected)$/.test(one))).toEqual([])
    expect(outcomes.length).toBeGreaterThanOrEqual(steps.length - 1)
  })

  it('the state that comes back is compared, and a step can be changed before it is sent', async () => {
    stage.expects(/400/)
    const page = await stage.open('#/providers?provider=zettle&view=try')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('✓ as it was sent').waitFor()
    const step = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: '2 · Exchange' }) })
    await step.getByText('Change it').click()
    await step.getByLabel('Parameter: code_verifier').fill('something-else-that-was-never-hashed-by-anybody')
    await step.getByRole('button', { name: 'Send' }).click()
    await step.getByText('Zettle refused the code').waitFor()
  })

  it('where a person decides, the pages open in a window and the flow goes on with what came back', async () => {
    await fetch(`${stage.double.url()}/__admin/approvals`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ask: true }),
    })
    const page = await stage.open('#/providers?provider=ziina&view=try')
    await page.getByRole('button', { name: 'Send' }).click()
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: 'Open the page' }).click()])
    await popup
      .getByRole('button', { name: /^Log in|^Amal/ })
      .first()
      .click()
    await popup.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('heading', { name: '2 · Exchange the code' }).waitFor()
    await expect.poll(() => popup.isClosed()).toBe(true)
    await page.getByText('✓ as it was sent').waitFor()
  })
})
