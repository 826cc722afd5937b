/** Each line that the console teaches is run as it stands: those for a shell and those for the library do the same. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Double } from '../../../src/index.js'
import { withoutBrowser } from '../browser.js'
import { refresh, rotatedOut, staged } from './open.js'

interface Lesson {
  readonly title: string
  readonly curl: string
  readonly library: string
}

const running = promisify(execFile)

/** A line of the console in a shell; curl fails where the server refuses. */
const inShell = (line: string): Promise<unknown> =>
  running('bash', ['-ec', `curl() { command curl -sS --fail-with-body "$@"; }\n${line}`], { encoding: 'utf8' })

// Node 20 has no `using` yet.
const inNode = (lines: string, given: { readonly [name: string]: unknown }): Promise<unknown> => {
  const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => (...values: unknown[]) => Promise<unknown>
  return new AsyncFunction(...Object.keys(given), lines.replace(/^using /m, 'const '))(...Object.values(given))
}

/** What every button of a page teaches that can be reached by keyboard now. */
const lessonsOf = async (page: Page): Promise<readonly Lesson[]> =>
  (await page.evaluate(`(async () => {
    const found = []
    for (const one of document.querySelectorAll('details')) one.open = true
    for (const button of document.querySelectorAll('main button:not(:disabled)')) {
      document.activeElement?.blur()
      button.focus()
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      const [curl, library] = [...document.querySelectorAll('.lesson code')].map((one) => one.textContent)
      const title = document.querySelector('.lesson .grow')?.textContent
      if (curl && !found.some((one) => one.curl === curl)) found.push({ title, curl, library })
    }
    return found
  })()`)) as readonly Lesson[]

/** What changes nothing in this world. */
const idle = /^(Save the world)$/

describe.skipIf(withoutBrowser)('the lines that the console teaches', () => {
  const stage = staged({ providers: ['zettle', 'ziina'], seed: 'lessons' })

  /** A world in which each button has something to do. */
  const furnish = async (): Promise<string> => {
    const { double } = stage
    double.clock.freeze(1_800_000_000)
    await rotatedOut(double)
    double.faults.add({ kind: 'lose', operation: 'userinfo' })
    double.approvals.fail('temporarily_unavailable', { provider: 'ziina' })
    double.quirks.set('zettle/no-token-type', false)
    return JSON.stringify(await double.state.export())
  }

  /** The same world each time, as the lines name what is in it. */
  const restore = async (world: string): Promise<Double> => {
    const { double } = stage
    await double.state.import(JSON.parse(world))
    double.journal.clear()
    await fetch(`${double.url()}/nothing`)
    await double.sandbox({ name: 'job7' }).catch(() => undefined)
    return double
  }

  /** All that a line may have changed; what was minted anew is the same as anything else that was. */
  const outcome = async (world: string): Promise<unknown> => {
    const { double } = stage
    const minted = JSON.stringify(await double.state.export()).replace(/[\w+/=-]{12,}/g, (text) => (world.includes(text) ? text : '*'))
    const state = double.clock.state().frozen === null ? minted.replace(/\b\d{10}(\.\d+)?\b/g, '0') : minted
    const { sandboxes } = (await (await fetch(`${double.url()}/__admin/sandboxes`)).json()) as {
      readonly sandboxes: readonly { readonly name: string }[]
    }
    const names = sandboxes.map(({ name }) => name)
    for (const name of names) if (name !== 'job7') await fetch(`${double.url()}/__admin/sandboxes/${name}`, { method: 'DELETE' })
    const { clock, ...rest } = JSON.parse(state)
    // A clock that runs is never the same twice: it is ahead, or it is not.
    const time = clock.frozen === null ? { ahead: Math.abs(clock.offset) > 60 } : clock
    return { rest, time, journal: double.journal.size(), sandboxes: names.length, job7: names.includes('job7') }
  }

  const sandbox = { close: () => fetch(`${stage.double.url()}/__admin/sandboxes/job7`, { method: 'DELETE' }) }

  it('do the same, whichever of the two is run', { timeout: 120_000 }, async () => {
    const { double } = stage
    const world = await furnish()
    await restore(world)
    const page = await stage.open('#/live')
    const lessons = new Map<string, Lesson>()
    for (const [hash, there] of [
      ['#/live', '1 exchanges'],
      ['#/connections?provider=zettle', 'astrid@example.com'],
      ['#/providers?provider=zettle&view=quirks', 'switched here'],
      ['#/act', 'approves as Astrid Lund'],
    ] as const) {
      await page.goto(`${double.url()}/__admin/ui${hash}`)
      await page.getByText(there).first().waitFor()
      for (const one of await lessonsOf(page)) lessons.set(one.curl, one)
    }
    expect(lessons.size).toBeGreaterThan(40)
    const before = await outcome(world)
    for (const { title, curl, library } of lessons.values()) {
      await restore(world)
      await inShell(curl)
      const shell = await outcome(world)
      await inNode(library, { double: await restore(world), sandbox })
      expect([title, library, await outcome(world)]).toEqual([title, library, shell])
      if (!idle.test(title)) expect([title, shell]).not.toEqual([title, before])
    }
  })

  it.each([
    ['Release', 'release', 200],
    ['Release and lose', 'lose', undefined],
    ['Refuse', 'refuse', 400],
  ] as const)('%s lets go of what is held, as its lines do', async (button, _, status) => {
    const { double } = stage
    double.clock.freeze(1_800_000_000)
    const page = await stage.open('#/act')
    const held = async (): Promise<readonly [Lesson, Promise<Response | undefined>]> => {
      const { refreshToken = '' } = await double.tokens.mint('zettle')
      await page.getByRole('button', { name: 'Hold the next token request' }).click()
      await page.getByText('nothing has come').waitFor()
      const answer = refresh(double, refreshToken)
      await page.getByText('holds 1 now').waitFor()
      const [hold = '', release = ''] = [
        await page.locator('.lesson code').last().textContent(),
        await page
          .getByRole('button', { name: button, exact: true })
          .focus()
          .then(() => page.locator('.lesson code').last().textContent()),
      ].map(String)
      const curl = String(await page.locator('.lesson code').first().textContent())
      return [{ title: hold, curl, library: release }, answer]
    }
    const [{ title, curl, library }, answer] = await held()
    await inShell(curl)
    const first = await answer
    await page.getByText('Nothing waits to go wrong.').waitFor()
    const { refreshToken = '' } = await double.tokens.mint('zettle')
    const asked: { answer?: Promise<Response | undefined> } = {}
    const ask = () => {
      asked.answer = refresh(double, refreshToken)
    }
    await inNode(`${title}\nask()\nawait held.arrived()\n${library}`, { double, ask })
    const second = await asked.answer
    expect([first?.status, second?.status]).toEqual([first?.status, first?.status])
    if (status === 200 || status === undefined) expect(first?.status).toBe(status)
    else expect(first?.status).toBeGreaterThanOrEqual(status)
  })
})
