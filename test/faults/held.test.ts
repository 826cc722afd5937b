import { afterAll, beforeEach, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'

const double = await createServer({ providers: ['zettle'] })
beforeEach(async () => {
  await double.reset()
  double.quirks.set('zettle/may-rotate-at-any-time', 'always')
  // Requests with tokens of their own must not end each other's.
  double.quirks.set('zettle/new-refresh-token-ends-all-before', 'presented')
})
afterAll(() => double.close())
const { tokenUrl, clientId, clientSecret = '' } = double.provider('zettle')

const refresh = (token: string, url = tokenUrl): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: clientId, client_secret: clientSecret }),
  })
const minted = async (): Promise<string> => (await double.tokens.mint('zettle')).refreshToken ?? ''
const last = () => double.journal.last('zettle', 'token')

it('a request that is held before anything is decided comes second, although it was sent first', async () => {
  const token = await minted()
  const held = double.faults.hold('zettle', 'token')
  const first = refresh(token)
  await held.arrived()
  const second = await refresh(token)
  held.release()
  expect([second.status, (await first).status]).toEqual([200, 400])
  expect(last()).toMatchObject({ outcome: 'refused', reason: 'refresh_token_rotated', fault: { kind: 'hold', released: 'go' } })
})

it('a request that is held after it was decided has rotated the token before its reply goes out', async () => {
  const token = await minted()
  const held = double.faults.hold('zettle', 'token', { phase: 'after' })
  const first = refresh(token)
  await held.arrived()
  const second = await refresh(token)
  expect(held.held()).toBe(1)
  held.release()
  expect([second.status, (await first).status]).toEqual([400, 200])
  expect(last()).toMatchObject({ outcome: 'answered', fault: { kind: 'hold', released: 'go' } })
})

it('a held request is released with its reply lost: it was decided, and the client never hears', async () => {
  for (const phase of ['before', 'after'] as const) {
    const token = await minted()
    const held = double.faults.hold('zettle', 'token', { phase })
    const first = refresh(token)
    await held.arrived()
    held.lose()
    await expect(first).rejects.toThrow()
    expect(last()).toMatchObject({ outcome: 'answered', response: { complete: false }, fault: { released: 'lose' } })
    expect((await refresh(token)).status).toBe(400)
  }
})

it('a request that is refused before it was decided has changed nothing; one that is refused after it has', async () => {
  const reuse = async (phase: 'before' | 'after') => {
    const token = await minted()
    const held = double.faults.hold('zettle', 'token', { phase })
    const first = refresh(token)
    await held.arrived()
    held.refuse('refresh_token_revoked')
    expect((await first).status).toBe(400)
    return [last()?.outcome, (await refresh(token)).status]
  }
  expect(await reuse('before')).toEqual(['refused', 200])
  expect(await reuse('after')).toEqual(['answered', 400])
})

it('a hold that is removed lets its own request go, and no other', async () => {
  const [one, other] = [double.faults.hold('zettle', 'token'), double.faults.hold('zettle', 'token')]
  const sent = [refresh(await minted())]
  await one.arrived()
  sent.push(refresh(await minted()))
  await other.arrived()
  double.faults.clear(one.id)
  expect((await sent[0])?.status).toBe(200)
  expect([one.held(), other.held()]).toEqual([0, 1])
  other.release()
  expect((await sent[1])?.status).toBe(200)
})

it('several holds hold several requests, each released on its own', async () => {
  const tokens = [await minted(), await minted(), await minted()]
  const holds = tokens.map(() => double.faults.hold('zettle', 'token'))
  const order: number[] = []
  const all = []
  for (const [i, token] of tokens.entries()) {
    all.push(refresh(token).then(() => order.push(i)))
    await holds[i]?.arrived()
  }
  for (const i of [2, 0, 1]) {
    holds[i]?.release()
    await all[i]
  }
  expect(order).toEqual([2, 0, 1])
})

it('one hold that holds several lets the first one go first', async () => {
  const held = double.faults.hold('zettle', 'token', { times: 2 })
  const first = refresh(await minted())
  await held.arrived()
  const second = refresh('nothing that was issued')
  await held.arrived(2)
  held.release()
  expect((await first).status).toBe(200)
  expect(held.held()).toBe(1)
  held.release()
  expect((await second).status).toBe(400)
  expect(() => held.release()).toThrow('holds no request')
})

it('a hold that nobody releases ends by its limit, and the journal says so', async () => {
  const held = double.faults.hold('zettle', 'token', { limit: '5ms' })
  expect((await refresh(await minted())).status).toBe(200)
  expect(last()).toMatchObject({ outcome: 'answered', fault: { kind: 'hold', released: 'limit' } })
  expect(double.journal.explain(last() as never)).toContain('nobody released it')
  expect(() => held.release()).toThrow('holds no request')
})

it('a hold that is taken back lets its request go', async () => {
  const first = refresh(await minted()).then(({ status }) => status)
  {
    using held = double.faults.hold('zettle', 'token', { phase: 'after' })
    await Promise.race([held.arrived(), first])
  }
  expect(await first).toBe(200)
  const cleared = double.faults.hold('zettle', 'token')
  const second = refresh(await minted())
  await cleared.arrived()
  double.faults.clear()
  expect((await second).status).toBe(200)
})

it('a hold ends with its sandbox, and nothing is decided then', async () => {
  const sandbox = await double.sandbox()
  const { refreshToken = '' } = await sandbox.tokens.mint('zettle')
  const held = sandbox.faults.hold('zettle', 'token')
  const first = refresh(refreshToken, sandbox.provider('zettle').tokenUrl)
  await held.arrived()
  await sandbox.reset()
  await expect(first).rejects.toThrow()
  expect(sandbox.journal.entries()).toEqual([])
  const again = sandbox.faults.hold('zettle', 'token')
  const second = refresh(refreshToken, sandbox.provider('zettle').tokenUrl)
  await again.arrived()
  await sandbox.close()
  await expect(second).rejects.toThrow()
})

it('whoever waits for a request to be held is told that none will come', async () => {
  const held = double.faults.hold('zettle', 'token')
  const waiting = expect(held.arrived()).rejects.toThrow('taken back')
  held.clear()
  await waiting
  await expect(double.faults.hold('zettle', 'token').arrived(2)).rejects.toThrow('holds fewer')
})

it('everything else is answered meanwhile', async () => {
  const held = double.faults.hold('zettle', 'token')
  const first = refresh(await minted())
  await held.arrived()
  expect((await fetch(`${double.url()}/healthz`)).status).toBe(200)
  expect((await refresh(await minted())).status).toBe(200)
  held.release()
  expect((await first).status).toBe(200)
})
