import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sampleRun } from '../../conformance/reports/sample.js'
import { schemes, violations, withoutBrowser } from '../browser.js'
import { rotatedOut, staged } from './open.js'

const viewports = [
  { width: 375, height: 760 },
  { width: 1280, height: 800 },
] as const

const shots = process.env['SCREENSHOTS']

describe.skipIf(withoutBrowser)('the console', () => {
  const stage = staged()

  /** Each panel, and what is there once it is drawn. */
  const panels = (exchange: string, finding: string) =>
    [
      ['live', '#/live', 'rotated out'],
      ['exchange', `#/live?open=${exchange}`, 'What was answered'],
      ['connections', '#/connections', 'astrid@example.com'],
      ['providers', '#/providers?provider=zettle', 'Demo client'],
      ['try', '#/providers?provider=ziina&view=try', '1 · Ask for authorization'],
      ['quirks', '#/providers?provider=zoho-payments&view=quirks', 'zoho-payments/error-status'],
      ['act', '#/act', 'approves as Astrid Lund'],
      ['verdicts', `#/verdicts?case=${encodeURIComponent(finding)}`, 'What crossed the wire'],
    ] as const

  it.each(viewports.flatMap((viewport) => schemes.map((scheme) => ({ viewport, scheme, width: viewport.width }))))(
    'every panel is accessible at $width px in $scheme, closed and opened, and nothing stands out of the page',
    { timeout: 90_000 },
    async ({ viewport, scheme }) => {
      await rotatedOut(stage.double)
      await stage.double.sandbox({ name: 'job7' }).catch(() => undefined)
      const { report } = await sampleRun()
      const finding = report.cases.find(({ verdict }) => verdict === 'fail')?.id ?? ''
      await fetch(`${stage.double.url()}/__admin/reports/looks`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(report),
      })
      const page = await stage.open('#/live', { viewport, colorScheme: scheme, reducedMotion: 'reduce' })
      for (const [name, hash, there] of panels(stage.double.journal.last()?.id ?? '', finding)) {
        await page.goto(`${stage.double.url()}/__admin/ui${hash}`)
        await page.getByText(there).first().waitFor()
        if (shots) await page.screenshot({ path: join(shots, `console-${name}-${viewport.width}-${scheme}.png`) })
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        expect.soft(await violations(page), name).toEqual([])
        expect.soft(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), name).toBeLessThanOrEqual(0)
        expect
          .soft(
            await page.evaluate("(() => { const main = document.querySelector('main'); return main.scrollWidth - main.clientWidth })()"),
            name,
          )
          .toBeLessThanOrEqual(0)
      }
    },
  )

  it('is reached by keyboard alone, from the first tab to an action', async () => {
    const page = await stage.open('#/act')
    await page.getByRole('button', { name: '+1 h' }).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content')
    await page.keyboard.press('Enter')
    for (let presses = 0; presses < 5; presses += 1) {
      await page.keyboard.press('Tab')
      if ((await page.evaluate('document.activeElement.textContent')) === '+1 h') break
    }
    await page.keyboard.press('Enter')
    await expect.poll(() => stage.double.clock.state().offset).toBe(3600)
  })
})
