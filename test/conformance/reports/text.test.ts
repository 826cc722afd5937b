import { describe, expect, it } from 'vitest'
import { createProgress } from '../../../src/conformance/reports/progress.js'
import { text, wantsColour } from '../../../src/conformance/reports/text.js'
import { cleanRun, sampleRun } from './sample.js'

const esc = '\u001b'

describe('the report as text', () => {
  it('tells failures first, each with what it takes to repair and repeat it', async () => {
    const { report } = await sampleRun()
    const shown = text(report)
    const at = (piece: string): number => {
      expect(shown).toContain(piece)
      return shown.indexOf(piece)
    }
    const order = [
      '! ERROR',
      '✗ FAIL Does what refresh.newest',
      '? NOT EXERCISED',
      '▲ WARN',
      '~ KNOWN',
      '✗ STALE',
      'What the client did',
    ].map(at)
    expect(order).toEqual([...order].sort((a, b) => a - b))
    const refused = report.cases[1]?.checks[0]?.evidence[0]
    const failure = shown.slice(at('✗ FAIL'), at('? NOT EXERCISED')).replace(/ +/g, ' ')
    expect(failure).toContain('expected the newest refresh token in the second refresh')
    expect(failure).toContain('seen the first refresh token, which a newer one had replaced')
    expect(failure).toContain(`evidence ${refused} POST /zettle/token (refresh_token) → 400 refresh_token_rotated`)
    expect(failure).toContain('fix Store the refresh token of every token response.')
    expect(failure).toContain('reference RFC 6749 §6: A client uses the newest refresh token.')
    expect(failure).toContain('reproduce authdouble conform --provider zettle --case refresh/rotation --exec -- node client.js')
  })

  it('tells what was found most often first, among findings of one consequence', async () => {
    const { report } = await sampleRun()
    const failed = report.cases.flatMap((one) =>
      one.checks.filter(({ verdict, known }) => verdict === 'fail' && !known).map((check) => ({ one, check })),
    )[0]
    if (!failed) throw new Error('nothing failed in the sample')
    const failing = (name: string, id: string) => ({
      ...failed.one,
      id: `zettle/refresh/${name}`,
      name,
      checks: [{ ...failed.check, id, title: `Does ${id}` }],
    })
    const shown = text({ ...report, cases: [failing('a', 'once'), failing('b', 'often'), failing('c', 'often')] })
    expect(shown.indexOf('Does often')).toBeGreaterThan(0)
    expect(shown.indexOf('Does often')).toBeLessThan(shown.indexOf('Does once'))
  })

  it('ends in one line that sums up', async () => {
    expect(
      text((await sampleRun()).report)
        .trimEnd()
        .split('\n')
        .at(-1),
    ).toBe(
      'zettle: authdouble itself failed · 5 cases · checks: 1 error, 1 fail, 1 stale, 1 not exercised, 1 warn, 1 known, 1 pass, 1 not applicable · 1.2 s · exit 4',
    )
    expect(text(await cleanRun())).toMatch(/\nzettle: passed · 1 case · checks: 1 pass · 1\.2 s · exit 0\n$/)
  })

  it('never lets a client steer the terminal', async () => {
    const { report } = await sampleRun()
    expect([...text(report)].filter((char) => char !== '\n' && /[\p{Cc}\u202a-\u202e]/u.test(char))).toEqual([])
    expect(text(report)).toContain('\\u{1b}[31mred')
    expect(text(report, { colour: true })).not.toContain(`${esc}[31mred`)
  })

  it('has colours only at a terminal whose user did not ask for none', async () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true)
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false)
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '' })).toBe(true)
    expect(wantsColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false)
    expect(wantsColour({}, {})).toBe(false)
    expect(text(await cleanRun(), { colour: true })).toContain(`${esc}[32m`)
  })

  it('breaks lines where it is told, but no command', async () => {
    const { report } = await sampleRun()
    const lines = text(report, { columns: 60 })
      .split('\n')
      .filter((line) => /^ {4}(expected|seen|fix|why)/.test(line) && !line.includes('onerror'))
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60)
    expect(text(report, { columns: 60 })).toContain(report.cases[1]?.reproduce)
  })
})

describe('progress', () => {
  const terminal = (isTTY: boolean) => {
    const written: string[] = []
    return { written, stream: { isTTY, columns: 40, write: (piece: string) => written.push(piece) } }
  }

  it('is one line, and a lasting one for each case to look at', async () => {
    const { report } = await sampleRun()
    const { written, stream } = terminal(true)
    const progress = createProgress(stream, false)
    report.cases.forEach((result, at) => {
      progress.finished(result, at + 1, report.cases.length)
    })
    progress.over()
    const lasting = written.filter((piece) => piece.endsWith('\n'))
    expect(lasting).toHaveLength(4)
    expect(lasting[0]).toContain('✗ FAIL zettle/refresh/rotation\n')
    expect(written.filter((piece) => !piece.endsWith('\n')).every((piece) => piece.startsWith('\r') && piece.length < 46)).toBe(true)
    expect(written.at(-1)).toBe(`\r${esc}[2K`)
  })

  it('keeps quiet on anything but a terminal', async () => {
    const { report } = await sampleRun()
    const { written, stream } = terminal(false)
    const progress = createProgress(stream, true)
    for (const result of report.cases) progress.finished(result, 1, 1)
    progress.over()
    expect(written).toEqual([])
  })
})
