import { afterAll, expect, it, vi } from 'vitest'
import { createServer } from '../../src/index.js'
import { calling } from '../control/calls.js'

const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
const double = await createServer({ providers: ['vcita'], quirks: { 'vcita/code-lives-30-seconds': 7 } })
afterAll(() => double.close())
const call = calling(double.url())
const lifetime = async () => {
  double.clock.freeze(1_700_000_000)
  return (await double.codes.mint('vcita')).expiresAt - 1_700_000_000
}

it('a quirk is toggled by the name that it had before, and whoever does so is told', async () => {
  expect(await lifetime()).toBe(7)
  expect(warned).toHaveBeenCalledWith('the quirk vcita/code-lives-30-seconds is named vcita/code-lifetime now', 'DeprecationWarning')
  double.quirks.set('vcita/code-lives-30-seconds', 9)
  expect(await lifetime()).toBe(9)
  double.quirks.set('vcita/code-lifetime', 11)
  expect(await lifetime()).toBe(11)
  double.quirks.reset('vcita/code-lives-30-seconds')
  expect(await lifetime()).toBe(7)
})

it('the control API takes the old name and answers with the new one', async () => {
  const { body } = await call('PUT', '/__admin/quirks/vcita/code-lives-30-seconds', { value: 13 })
  expect(body).toMatchObject({ name: 'code-lifetime', formerly: 'code-lives-30-seconds', value: 13, toggled: true })
  expect(await lifetime()).toBe(13)
  expect((await call('GET', '/__admin/quirks/vcita/code-lives-30-seconds')).body.name).toBe('code-lifetime')
})
