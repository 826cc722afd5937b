import { Agent, request } from 'node:http'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { patience } from '../../patience.js'
import { withoutBrowser } from '../browser.js'
import { staged } from './open.js'

const many = 5000
const few = 200

interface Scrolled {
  /** Milliseconds for all steps. */
  readonly took: number
  /** Milliseconds of each task that the browser calls long, from 50 on. */
  readonly long: readonly number[]
  /** Lines that existed at once, at most. */
  readonly most: number
  /** Steps after which there was nothing to see. */
  readonly empty: number
}

/** Scrolls on from a place in sixty steps, as a hand does. @param step lines */
const scroll = async (page: Page, from: number, step: number): Promise<Scrolled> =>
  (await page.evaluate(`(async () => {
    const long = []
    const watch = new PerformanceObserver((list) => long.push(...list.getEntries().map((one) => Math.round(one.duration))))
    watch.observe({ type: 'longtask' })
    const list = document.querySelector('.list')
    const line = document.querySelector('.exchange').getBoundingClientRect().height
    const started = performance.now()
    let most = 0
    let empty = 0
    for (let at = 0; at <= 60; at += 1) {
      list.scrollTop = line * (${from} + at * ${step})
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      const lines = [...list.querySelectorAll('li')]
      most = Math.max(most, lines.length)
      const { top } = list.getBoundingClientRect()
      const seen = lines.some((line) => line.getBoundingClientRect().top <= top + 1 && line.getBoundingClientRect().bottom > top)
      if (!seen) empty += 1
    }
    watch.disconnect()
    return { took: performance.now() - started, long, most, empty }
  })()`)) as Scrolled

describe.skipIf(withoutBrowser)('thousands of exchanges', () => {
  const stage = staged()

  const ask = (agent: Agent, path: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const asked = request(`${stage.double.url()}${path}`, { agent }, (response) => {
        response.resume()
        response.on('end', resolve)
      })
      asked.on('error', reject)
      asked.end()
    })

  const fill = async (count: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 16 })
    const queue = Array.from({ length: count }, (_, i) => i)
    const work = async (): Promise<void> => {
      for (let i = queue.pop(); i !== undefined; i = queue.pop()) await ask(agent, `/zettle/users/self?i=${i}`)
    }
    await Promise.all(Array.from({ length: 16 }, work))
    agent.destroy()
  }

  it('scroll as a few hundred do: no more lines exist than are seen', { timeout: patience(90_000) }, async () => {
    await fill(few)
    const page = await stage.open()
    await page.getByText(`${few} exchanges`).waitFor()
    const small = await scroll(page, 0, 2)
    await fill(many - few)
    await page.getByText(`${many} exchanges`).waitFor({ timeout: 30_000 })
    const large = await scroll(page, 2000, 2)
    const flung = await scroll(page, 0, 80)
    // Told and not judged: how long it takes is up to the machine.
    console.info(
      `${few}: ${Math.round(small.took)} ms, long tasks ${JSON.stringify(small.long)}; ${many}: ${Math.round(large.took)} ms, long tasks ${JSON.stringify(large.long)}; flung ${Math.round(flung.took)} ms, long tasks ${JSON.stringify(flung.long)}`,
    )
    expect([small.most < 100, large.most < 100, flung.most < 100]).toEqual([true, true, true])
    expect([large.empty, flung.empty]).toEqual([0, 0])
    await page.evaluate("document.querySelector('.list').scrollTop = 1e9")
    await page.getByRole('link', { name: /^\d\d:\d\d:\d\d r1 / }).waitFor()
  })

  it('go on coming while somebody reads in the middle, who keeps the place', { timeout: patience(60_000) }, async () => {
    await fill(1000)
    const page = await stage.open()
    await page.getByText('1000 exchanges').waitFor()
    await page.evaluate("document.querySelector('.list').scrollTop = 15000")
    const top = async () =>
      page.evaluate(`(() => {
        const list = document.querySelector('.list')
        const frame = list.getBoundingClientRect()
        const first = [...list.querySelectorAll('li')].find((line) => line.getBoundingClientRect().bottom > frame.top + 1)
        return first?.querySelector('.id')?.textContent
      })()`)
    await expect.poll(top).toMatch(/^r5\d{3}$/)
    const before = await top()
    await fill(50)
    await page.getByText('1050 exchanges').waitFor()
    await expect.poll(top).toBe(before)
  })
})
