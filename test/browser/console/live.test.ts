import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { readSchedule } from '../../../src/conformance/explore/readSchedule.js'
import { lose } from '../../../src/index.js'
import { withoutBrowser } from '../browser.js'
import { refresh, rotatedOut, staged } from './open.js'

describe.skipIf(withoutBrowser)('the exchanges in the console', () => {
  const stage = staged()

  it('appear while they happen, each told in one line', async () => {
    const page = await stage.open()
    await page.getByText('Nothing has crossed the wire yet.').waitFor()
    await rotatedOut(stage.double)
    await page.getByText('Zettle refused the refresh: this token was rotated out 12 s ago by r').waitFor()
    await page.getByText('Zettle took the refresh and gave an access token and a refresh token').waitFor()
    expect(await page.getByText('2 exchanges').count()).toBe(1)
  })

  it('open to what was sent, read, decided, answered, and to the quirks with their switches', async () => {
    await rotatedOut(stage.double)
    const page = await stage.open()
    await page.getByRole('link', { name: /rotated out/ }).click()
    const detail = page.getByRole('article')
    for (const title of ['What was sent', 'What was read', 'What was decided', 'Quirks that bore on it', 'What was answered'])
      await detail.getByRole('heading', { name: title }).waitFor()
    expect(await detail.textContent()).toContain('refresh_token_rotated')
    await detail.getByLabel('How may-rotate-at-any-time stands').selectOption('false')
    await detail.getByText('switched here').waitFor()
    const quirk = await fetch(`${stage.double.url()}/__admin/quirks/zettle/may-rotate-at-any-time`)
    expect(await quirk.json()).toMatchObject({ toggled: true, value: 'never' })
  })

  it('are copied as a curl line without their secrets', async () => {
    const token = await rotatedOut(stage.double)
    const page = await stage.open('#/live', { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.getByRole('link', { name: /rotated out/ }).click()
    await page.getByRole('button', { name: 'Copy as curl' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    const copied = String(await page.evaluate('navigator.clipboard.readText()'))
    expect(copied).toMatch(/^curl -i http:\/\/127\.0\.0\.1:\d+\/zettle\/token .*--data-raw 'grant_type=refresh_token/)
    expect(copied).not.toContain(token)
  })

  it('are filtered by an address that a colleague can open', async () => {
    await rotatedOut(stage.double)
    await fetch(`${stage.double.url()}/nothing/here`)
    const page = await stage.open()
    await page.getByLabel('Provider').selectOption('zettle')
    await page.getByLabel('Outcome').selectOption('refused')
    await page.getByText('1 of 3 exchanges').waitFor()
    const other = await stage.open(new URL(page.url()).hash)
    await other.getByText('1 of 3 exchanges').waitFor()
    await other.getByRole('button', { name: 'Show all' }).click()
    await other.getByLabel('Text').fill('nothing/here')
    await other.getByText('1 of 3 exchanges').waitFor()
    expect(other.url()).toContain('q=nothing%2Fhere')
  })

  it('wait while they are paused, and are gone when they are cleared', async () => {
    await rotatedOut(stage.double)
    const page = await stage.open()
    await page.getByText('2 exchanges').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await refresh(stage.double, 'unknown')
    await page.getByText('1 more since you paused').waitFor()
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('3 exchanges').waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByText('Nothing has crossed the wire yet.').waitFor()
    expect(stage.double.journal.size()).toBe(0)
  })

  it('are saved as a HAR of those that are shown', async () => {
    await rotatedOut(stage.double)
    const page = await stage.open('#/live?outcome=refused')
    await page.getByText('1 of 2 exchanges').waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save HAR' }).click()])
    const { log } = JSON.parse(await readFile(await download.path(), 'utf8'))
    expect(log.entries.map((one: { _authdouble: { outcome: string } }) => one._authdouble.outcome)).toEqual(['refused'])
  })

  it('turn into a fault that meets the next of their kind', async () => {
    await rotatedOut(stage.double)
    const page = await stage.open()
    await page.getByRole('link', { name: /rotated out/ }).click()
    await page.getByRole('link', { name: 'Make a fault of it' }).click()
    await page.getByRole('button', { name: 'Set this fault' }).click()
    await expect.poll(() => stage.double.faults.list()).toHaveLength(1)
    expect(stage.double.faults.list()[0]).toMatchObject({
      kind: 'refuse',
      reason: 'refresh_token_rotated',
      when: { grantType: 'refresh_token' },
    })
  })

  it('turn into a schedule that a client can be put through', async () => {
    await rotatedOut(stage.double)
    const page = await stage.open('#/live', { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.getByRole('link', { name: /rotated out/ }).click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as schedule' }).click()])
    const schedule = readSchedule(await readFile(await download.path(), 'utf8'))
    expect(schedule).toMatchObject({ provider: 'zettle', rotates: true })
    await page.getByRole('button', { name: 'Copy the command that plays it' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      `authdouble conform --provider zettle --schedule ${download.suggestedFilename()}`,
    )
  })

  it('say that a fault spoilt them', async () => {
    stage.double.faults.next('zettle', 'token', lose())
    const { refreshToken = '' } = await stage.double.tokens.mint('zettle')
    await refresh(stage.double, refreshToken)
    const page = await stage.open('#/live?outcome=fault')
    await page.getByText('Spoilt by a fault (lose)').waitFor()
  })

  it('are walked through with the arrow keys, and left with Escape', async () => {
    await rotatedOut(stage.double)
    const page = await stage.open()
    await page.getByRole('link', { name: /rotated out/ }).focus()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => page.evaluate('document.activeElement.dataset.place')).toBe('1')
    await page.keyboard.press('Enter')
    await page
      .getByRole('article')
      .getByRole('heading', { level: 2, name: /took the refresh/ })
      .waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('article').count()).toBe(0)
    await expect.poll(() => page.evaluate('document.activeElement.dataset.place')).toBe('1')
  })

  it('are left with Escape from wherever the keyboard is, also in the moment in which they open', async () => {
    await rotatedOut(stage.double)
    const page = await stage.open()
    await page.getByRole('link', { name: /rotated out/ }).focus()
    await page.evaluate(`(() => {
      const escape = () => new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true })
      const watch = new MutationObserver(() => {
        const article = document.querySelector('article')
        if (!article) return
        watch.disconnect()
        window.focusedAtOnce = article.contains(document.activeElement)
        document.activeElement.dispatchEvent(escape())
      })
      watch.observe(document.body, { childList: true, subtree: true })
    })()`)
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate('window.focusedAtOnce')).toBe(true)
    await expect.poll(() => page.getByRole('article').count()).toBe(0)
    await page.getByRole('link', { name: /took the refresh/ }).click()
    await page.getByRole('article').getByText('What was decided').click()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('article').count()).toBe(0)
    await page.getByRole('link', { name: /took the refresh/ }).click()
    await page.getByRole('article').waitFor()
    await page.getByLabel('Text').focus()
    await page.keyboard.press('Escape')
    expect(await page.getByRole('article').count()).toBe(1)
  })
})
