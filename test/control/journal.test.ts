import { afterAll, beforeEach, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer, lose } from '../../src/index.js'
import type { Calls } from './calls.js'
import { calling } from './calls.js'

const server = await createServer({ providers: ['zettle', 'vcita'] })
afterAll(() => server.close())
let double: Double
let call: Calls
beforeEach(async () => {
  double = await server.sandbox()
  call = calling(double.url())
})
const { clientId, clientSecret = '' } = server.provider('zettle')

const refresh = async (token?: string) => {
  const refreshToken = token ?? (await double.tokens.mint('zettle')).refreshToken ?? ''
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret }
  await fetch(double.provider('zettle').tokenUrl, { method: 'POST', body: new URLSearchParams(form) }).catch(() => undefined)
  return refreshToken
}

it('waits until an exchange has come', async () => {
  const waiting = call('GET', '/__admin/journal/await?provider=zettle&operation=token&count=2&timeout=10s')
  await refresh()
  await refresh()
  const { status, body } = await waiting
  expect([status, body.entries.length]).toEqual([200, 2])
})

it('says what came instead when it has not', async () => {
  await refresh('nonsense')
  const { status, body } = await call('GET', '/__admin/journal/await?provider=vcita&timeout=20ms')
  expect(status).toBe(408)
  expect(body).toMatchObject({ error: 'timeout', message: expect.stringContaining('refresh_token_unknown') })
})

it('explains an exchange that a fault spoilt', async () => {
  double.faults.next('zettle', 'token', lose())
  await refresh()
  const { body } = await call('GET', '/__admin/journal')
  expect(body.entries[0]).toMatchObject({
    fault: { kind: 'lose' },
    response: { complete: false },
    explained: expect.stringContaining('lose'),
  })
})

it('filters by reason, client, grant type and what came since', async () => {
  await refresh()
  await refresh('nonsense')
  const ids = async (query: string) => (await call('GET', `/__admin/journal?${query}`)).body.entries.map(({ id }: { id: string }) => id)
  expect(await ids('reason=refresh_token_unknown')).toEqual(['r2'])
  expect(await ids(`client=${clientId}&grantType=refresh_token`)).toEqual(['r1', 'r2'])
  expect(await ids('since=r1')).toEqual(['r2'])
  expect(await ids('limit=1')).toEqual(['r2'])
  expect(await ids('outcome=answered')).toEqual(['r1'])
})

it('shows no secret, in whatever form', async () => {
  const token = await refresh()
  for (const format of ['json', 'har']) {
    const text = JSON.stringify((await call('GET', `/__admin/journal?format=${format}`)).body)
    for (const secret of [token, clientSecret]) expect(text).not.toContain(secret)
    expect(text).toContain('‹')
  }
  await using open = await createServer({ providers: ['zettle'], reveal: true })
  await fetch(open.provider('zettle').tokenUrl, { method: 'POST', body: new URLSearchParams({ client_secret: 'in-the-open' }) })
  expect(JSON.stringify((await calling(open.url())('GET', '/__admin/journal')).body)).toContain('in-the-open')
})

it('an HTTP archive holds requests, answers and times', async () => {
  await refresh('nonsense')
  const { body } = await call('GET', '/__admin/journal?format=har')
  const [entry] = body.log.entries
  expect(entry).toMatchObject({ request: { method: 'POST', url: double.provider('zettle').tokenUrl }, response: { status: 400 } })
  expect(entry.request.postData.mimeType).toContain('x-www-form-urlencoded')
  expect(Number.isNaN(Date.parse(entry.startedDateTime))).toBe(false)
})

it('streams exchanges as they come, and what a reader has missed', async () => {
  const events = async (headers: { readonly [name: string]: string }, wanted: number, during: () => Promise<unknown>) => {
    const stop = new AbortController()
    const response = await fetch(`${double.url()}/__admin/events?operation=token`, { headers, signal: stop.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    await during()
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      if (text.split('event: exchange').length > wanted && text.endsWith('\n\n')) break
    }
    stop.abort()
    return text
  }
  const first = await events({}, 1, () => refresh('nonsense'))
  expect(first).toMatch(/^id: r1\nevent: exchange\ndata: \{.*"reason":"refresh_token_unknown".*\}$/m)
  await refresh('nonsense')
  const second = await events({ 'last-event-id': 'r1' }, 1, async () => {})
  expect(second).toMatch(/^id: r2$/m)
  expect(second).not.toMatch(/^id: r1$/m)
})
