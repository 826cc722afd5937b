import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSchedule } from '../../../src/conformance/explore/readSchedule.js'
import { reportOfSearch } from '../../../src/conformance/explore/report.js'
import { search } from '../../../src/conformance/explore/search.js'
import { stageFor } from '../../conformance/explore/stage.js'
import { clientOf } from '../../conformance/reference.js'
import { sampleRun } from '../../conformance/reports/sample.js'
import { withoutBrowser } from '../browser.js'
import { staged } from './open.js'

describe.skipIf(withoutBrowser)('verdicts in the console', () => {
  const stage = staged()

  const file = async (name: string, content: unknown) => {
    const folder = await mkdtemp(join(tmpdir(), 'authdouble-verdicts-'))
    const path = join(folder, name)
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
    return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
  }

  it('a report is opened: its findings, what crossed the wire, the evidence, and how to run a case alone', async () => {
    const { report } = await sampleRun()
    await using kept = await file('report.json', report)
    const page = await stage.open('#/verdicts')
    await page.getByLabel('choose files').setInputFiles(kept.path)
    await page.getByRole('heading', { name: `${report.run.client} at ${report.run.provider}` }).waitFor()
    const failed = report.cases.find(({ verdict }) => verdict === 'fail')
    if (!failed) throw new Error('the sample has a failure')
    await page.getByText(failed.id, { exact: true }).click()
    await page.getByRole('heading', { name: 'What crossed the wire' }).waitFor()
    const check = failed.checks.find(({ verdict }) => verdict === 'fail')
    await page
      .getByLabel(`About ${check?.id}`)
      .getByText(check?.fix ?? '', { exact: true })
      .waitFor()
    expect(await page.locator('.wired').count()).toBe(failed.exchanges.length)
    expect(await page.locator('.wired.evidence').count()).toBeGreaterThan(0)
    await page.getByText(failed.reproduce, { exact: true }).waitFor()
    await page.getByLabel('Only cases with findings').check()
    const bad = report.cases.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable')
    await expect.poll(() => page.locator('.case').count()).toBe(bad.length)
  })

  it('a report of explore is opened: each sequence as sentences, and as a file that plays it again', async () => {
    const client = clientOf({ onRefused: (_, { refresh_token: __, ...rest }) => ({ ...rest, ended: true }) })
    const searched = await stageFor('zettle', client)
    const result = await search(searched, { runs: 40 })
    const report = reportOfSearch(searched, result, { topic: 'explore', started: new Date(0), reproduce: () => 'authdouble explore' })
    const [finding] = result.findings
    if (!finding) throw new Error('the search finds that this client forgets a connection')
    await using kept = await file('explored.json', report)
    const page = await stage.open('#/verdicts')
    await page.getByLabel('choose files').setInputFiles(kept.path)
    await page.getByRole('heading', { name: 'Schedules that broke a rule' }).waitFor()
    await page.locator('summary').filter({ hasText: finding.violation.invariant }).first().click()
    const lines = finding.schedule.story ?? []
    expect(lines.length).toBeGreaterThan(1)
    expect(
      await page
        .getByRole('listitem')
        .filter({ hasText: lines[0] ?? '' })
        .count(),
    ).toBeGreaterThan(0)
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: /^Save .*\.json$/ })
        .first()
        .click(),
    ])
    expect(readSchedule(await readFile(await saved.path(), 'utf8'))).toEqual(finding.schedule)
  })

  it('a report with members that this page does not know, and with sequences, is opened all the same', async () => {
    const { report } = await sampleRun()
    const newer = {
      ...report,
      further: { a: 1 },
      schedules: [
        {
          invariant: 'one-refresh-token',
          consequence: 'connection-lost',
          seen: 'the connection was lost',
          after: 12,
          story: ['the client refreshes', 'the reply is lost', { step: 'of a kind that is not known yet' }],
          schedule: { format: 'authdouble-schedule', steps: [] },
        },
        { story: 'none' },
      ],
    }
    await using kept = await file('newer.json', newer)
    const page = await stage.open('#/verdicts')
    await page.getByLabel('choose files').setInputFiles(kept.path)
    await page.locator('summary').filter({ hasText: 'one-refresh-token' }).click()
    await page.getByText('the reply is lost').waitFor()
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save one-refresh-token.json' }).click(),
    ])
    expect(JSON.parse(await readFile(await saved.path(), 'utf8'))).toEqual({ format: 'authdouble-schedule', steps: [] })
  })

  it.each([
    ['no JSON', 'not json', 'This is no JSON.'],
    ['no report', { hello: 'world' }, 'This is no report'],
    ['a list', [], 'This is no report.'],
  ])('a file that is %s is told so', async (_, content, message) => {
    await using kept = await file('wrong.json', content)
    const page = await stage.open('#/verdicts')
    await page.getByLabel('choose files').setInputFiles(kept.path)
    await page.getByText(message).waitFor()
  })

  it('a report with its members in the wrong shape breaks nothing', async () => {
    await using kept = await file('odd.json', {
      cases: [null, 7, { id: 5, checks: [{}], exchanges: [{}, { request: 1 }], steps: 'x' }],
      run: 'x',
    })
    const page = await stage.open('#/verdicts')
    await page.getByLabel('choose files').setInputFiles(kept.path)
    await page.getByRole('heading', { name: 'unknown at its provider' }).waitFor()
  })

  it('a run is followed while it goes on', async () => {
    const { report } = await sampleRun()
    const put = (body: object) =>
      fetch(`${stage.double.url()}/__admin/reports/run-1`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await put({ ...report, cases: report.cases.slice(0, 1), running: true })
    const page = await stage.open('#/verdicts')
    await page.getByText('running, 1 cases so far').waitFor()
    await put(report)
    await page.getByText(report.outcome, { exact: true }).waitFor()
    await expect.poll(() => page.locator('.case').count()).toBe(report.cases.length)
  })
})
