import { Parser } from 'tap-parser'
import { describe, expect, it } from 'vitest'
import { tap } from '../../../src/conformance/reports/tap.js'
import { cleanRun, reportOf, sampleRun } from './sample.js'

interface Read {
  readonly ok: boolean
  readonly count: number
  readonly junk: readonly string[]
  readonly points: readonly {
    readonly ok: boolean
    readonly name: string
    readonly todo: unknown
    readonly skip: unknown
    readonly diag: unknown
  }[]
}

const read = (text: string): Read => {
  const junk: string[] = []
  const points: Read['points'][number][] = []
  const parser = new Parser({ strict: true })
  const listen = (to: Parser): void => {
    to.on('extra', (line: string) => junk.push(line))
    to.on('assert', (point) => points.push(point))
    to.on('child', listen)
  }
  listen(parser)
  parser.end(text)
  return { ok: parser.results?.ok ?? false, count: parser.results?.count ?? 0, junk, points }
}

describe('the report in TAP 14', () => {
  it('is read in full by a strict parser, whatever the client says', async () => {
    const { report } = await sampleRun()
    const { junk, count } = read(tap(report))
    expect(junk).toEqual([])
    expect(count).toBe(report.cases.length + report.stale.length)
    expect(tap(report).startsWith('TAP version 14\n')).toBe(true)
  })

  it('fails what failed and what nothing exercised, and tells what was expected to fail', async () => {
    const { points, ok } = read(tap((await sampleRun()).report))
    const byCheck = (id: string) => points.find(({ name }) => name.startsWith(id))
    expect(ok).toBe(false)
    expect(byCheck('refresh.works')).toMatchObject({ ok: true })
    expect(byCheck('refresh.newest')).toMatchObject({ ok: false, diag: { expected: 'the newest refresh token in the second refresh' } })
    expect(byCheck('refresh.stores')).toMatchObject({ ok: false, todo: 'known: the library has no hook for it (issue 12)' })
    expect(byCheck('refresh.early')).toMatchObject({ ok: true, diag: { severity: 'comment' } })
    expect(byCheck('refresh.twice')).toMatchObject({ ok: true, skip: 'not applicable: because of refresh.twice' })
    expect(byCheck('refresh.lost')).toMatchObject({ ok: false })
    expect(byCheck('refresh.exercised')).toMatchObject({ ok: false })
  })

  it('a run of nothing is not ok', () => {
    expect(read(tap(reportOf([])))).toMatchObject({ ok: false, count: 1 })
  })

  it('is ok when all is well', async () => {
    expect(read(tap(await cleanRun()))).toMatchObject({ ok: true, count: 1 })
  })
})
