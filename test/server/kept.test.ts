import { afterAll, describe, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'

const double = await createServer({ reveal: true, journalLimit: 40 })
afterAll(() => double.close())
const { tokenUrl } = double.provider('zettle')

const ask = async (parameters: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
  const reply = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(parameters), headers })
  await reply.text()
  return reply.headers.get('x-authdouble-request-id') ?? ''
}

describe('what the journal has kept of an exchange', () => {
  it.each([
    ['breaks lines', 'one\ntwo\r\nthree\n'],
    ['holds what separates texts inside', '1 2 3\n4 5\u001f\u0000{"issued":[]}'],
    ['is not of ASCII', 'Zürich 東京 🙂'],
    ['is longer than many others together', 'x'.repeat(60_000)],
  ])('is what came, also where a value %s', async (_, value) => {
    const id = await ask({ grant_type: 'refresh_token', refresh_token: value, ['__proto__']: value, [value]: 'a name' })
    const entry = double.journal.get(id)
    expect(entry?.request.body).toBe(
      new URLSearchParams([
        ['grant_type', 'refresh_token'],
        ['refresh_token', value],
        ['__proto__', value],
        [value, 'a name'],
      ]).toString(),
    )
    expect(entry?.request.parameters).toMatchObject({ refresh_token: value })
    expect(Object.entries(entry?.request.parameters ?? {})).toContainEqual([value, 'a name'])
    expect(entry?.grantType).toBe('refresh_token')
    expect(entry?.request.headers).toContainEqual(['content-length', String(entry?.request.body?.length)])
    expect(entry?.response.body).toContain('"error"')
  })

  it('goes when as many have come after it, and those are whole', async () => {
    const sent: string[] = []
    for (let i = 0; i < 130; i += 1)
      sent.push(await ask({ grant_type: `grant ${i}`, padding: '€'.repeat(37 * (1 + (i % 50))) }, { 'x-i': String(i) }))
    const entries = double.journal.entries()
    expect(entries.map(({ id }) => id)).toEqual(sent.slice(-40))
    expect(entries.map(({ request }) => request.parameters)).toEqual(
      Array.from({ length: 40 }, (_, i) => ({ grant_type: `grant ${90 + i}`, padding: '€'.repeat(37 * (1 + ((90 + i) % 50))) })),
    )
    expect(entries.map(({ request }) => request.headers.find(([name]) => name === 'x-i')?.[1])).toEqual(
      Array.from({ length: 40 }, (_, i) => String(90 + i)),
    )
    expect(double.journal.get(sent[89] ?? '')).toBeUndefined()
    expect(double.journal.get(sent[90] ?? '')).toBe(entries[0])
    for (const like of ['x', 'r0', 'R', 'r ']) expect(double.journal.get(`${like}${sent[90]?.slice(1)}`)).toBeUndefined()
  })

  it('is nothing after it was emptied, and new exchanges are kept', async () => {
    double.journal.clear()
    expect(double.journal.entries()).toEqual([])
    const id = await ask({ grant_type: 'after' })
    expect(double.journal.entries()).toMatchObject([{ id, grantType: 'after' }])
  })
})
