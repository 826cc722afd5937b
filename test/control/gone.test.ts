import { expect, it } from 'vitest'
import { createServer } from '../../src/index.js'

const opened = async (double: Awaited<ReturnType<typeof createServer>>) => {
  const sandbox = await double.sandbox({ name: 'short-lived' })
  const remove = () => fetch(`${double.url()}/__admin/sandboxes/short-lived`, { method: 'DELETE' })
  return { admin: `${sandbox.url()}/__admin`, remove }
}

it('A stream of events ends when its sandbox is deleted', async () => {
  await using double = await createServer({ providers: ['zettle'] })
  const { admin, remove } = await opened(double)
  const stream = await fetch(`${admin}/events`)
  expect(stream.status).toBe(200)
  expect((await remove()).status).toBe(204)
  // All that came until the end: without an end this would wait for ever.
  expect(await stream.text()).toBe(': the journal\n\n')
})

it('Somebody who awaits an exchange is told that the sandbox has gone', async () => {
  await using double = await createServer({ providers: ['zettle'] })
  const { admin, remove } = await opened(double)
  const waiting = fetch(`${admin}/journal/await?timeout=1m`)
  // By the time another request was answered, this one has come, but for a slow machine: then it finds no sandbox at all.
  await (await fetch(`${admin}/events`)).body?.cancel()
  expect((await remove()).status).toBe(204)
  const answer = await waiting
  expect([answer.status, await answer.json()]).toEqual([
    404,
    { error: 'not_found', message: expect.stringContaining('sandbox short-lived') },
  ])
})
