import { describe, expect, it } from 'vitest'
import type { Token } from '../../../src/conformance/reports/html/lineage.js'
import { lineageOf } from '../../../src/conformance/reports/html/lineage.js'
import { sampleRun } from './sample.js'

const kinds = (token: Token): unknown => [token.kind, token.children.map(kinds)]

describe('the lineage of tokens', () => {
  it('goes from the code to its tokens to their tokens', async () => {
    const { report } = await sampleRun()
    const roots = lineageOf(report.cases[0]?.exchanges ?? [])
    expect(roots.map(kinds)).toEqual([
      [
        'code',
        [
          ['access_token', []],
          [
            'refresh_token',
            [
              ['access_token', []],
              ['refresh_token', []],
            ],
          ],
        ],
      ],
    ])
    const rotated = roots[0]?.children[1]
    expect(rotated?.presentedIn.map(({ outcome }) => outcome)).toEqual(['answered', 'refused'])
  })

  it('starts with a token that came from outside', async () => {
    const { report } = await sampleRun()
    const [first] = lineageOf((report.cases[0]?.exchanges ?? []).slice(1))
    expect(first).toMatchObject({ kind: 'code' })
    expect(first?.issuedBy).toBeUndefined()
  })

  it('puts up with a token that came from itself', () => {
    const entry = {
      id: 'r1',
      at: 0,
      took: 0,
      outcome: 'answered',
      request: { method: 'POST', url: '/', headers: [], parameters: {} },
      response: { status: 200, headers: [], complete: true },
      quirks: [],
    } as const
    const roots = lineageOf([{ ...entry, issued: [{ kind: 'refresh_token', id: 'a', from: 'a' }] }])
    expect(roots.map(({ id, children }) => [id, children.length])).toEqual([['a', 0]])
  })
})
