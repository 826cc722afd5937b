import { describe, expect, it } from 'vitest'
import { markdown } from '../../../src/conformance/reports/markdown.js'
import { cleanRun, reportOf, sampleRun } from './sample.js'

describe('the report as Markdown', () => {
  it('opens with the outcome and has every finding to open', async () => {
    const page = markdown((await sampleRun()).report)
    expect(page).toMatch(/^## ⚠️ zettle · evil /)
    expect(page.match(/^<summary>.*<\/summary>$/gm)?.map((line) => /(ERROR|FAIL|NOT EXERCISED|WARN|KNOWN)/.exec(line)?.[0])).toEqual([
      'ERROR',
      'FAIL',
      'NOT EXERCISED',
      'NOT EXERCISED',
      'WARN',
      'KNOWN',
    ])
    expect(page).toContain('```sh\nauthdouble conform --provider zettle --case refresh/rotation --exec -- node client.js\n```')
  })

  it('lets nothing that the client says be markup, outside of fences', async () => {
    const page = markdown((await sampleRun()).report)
    const outside = page.replace(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, '')
    expect(
      [...outside.matchAll(/<\/?([a-z]+)/g)].map(([, tag]) => tag).filter((tag) => !['details', 'summary', 'code'].includes(tag ?? '')),
    ).toEqual([])
    expect(outside).toContain('\\*\\*bold\\*\\*')
  })

  it('leaves out what a summary has no room for, and says so', async () => {
    const { report } = await sampleRun()
    const [, rotation] = report.cases
    if (!rotation) throw new Error('the sample lost a case')
    const page = markdown(
      reportOf(
        Array.from({ length: 2000 }, (_, at) => ({
          ...rotation,
          id: `zettle/refresh/number-${at}`,
          checks: rotation.checks.map((check) => ({ ...check, id: `${check.id}-${at}` })),
        })),
      ),
    )
    expect(Buffer.byteLength(page)).toBeLessThan(1_048_576)
    expect(page).toMatch(/\n\d+ more findings are in the other reports/)
  })

  it('is short when all is well', async () => {
    const page = markdown(await cleanRun())
    expect(page).toMatch(/^## ✅ zettle/)
    expect(page).not.toContain('Findings')
  })
})
