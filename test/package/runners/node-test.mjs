import assert from 'node:assert/strict'
import { expect, test, testWith } from 'authdouble/node-test'
import client from './client.cjs'

const urls = new Set()

test('has a sandbox whose journal the matchers read', async (t) => {
  const { double } = t
  urls.add(double.url())
  const { refreshToken } = await double.tokens.mint('zettle')
  await client.refresh(double.provider('zettle'), refreshToken)
  expect(double).toHaveRefreshedOnce()
  expect(double.journal).toHaveAuthenticatedWith('body', { provider: 'zettle' })
  expect(double).not.toHaveAskedForAuthorization()
  await t.test('and is still a test context', () => assert.equal(double.journal.size(), 1))
})

test('has another in the next test', { timeout: 5000 }, ({ double }) => {
  assert.equal(urls.has(double.url()), false)
  assert.equal(double.journal.size(), 0)
})

test('throws assertion errors', ({ double }) => {
  assert.throws(() => expect(double).toHaveSentState(), { name: 'AssertionError', operator: 'toHaveSentState', message: /No request came/ })
  assert.throws(() => expect(double).not.toHaveUsedLatestRefreshToken({ provider: 'zettle' }) ?? expect(double).toHaveRefreshedOnce())
})

void test.skip('is skipped', () => {
  throw new Error('it ran')
})
void test.todo('is to be done', () => {
  throw new Error('not yet')
})

const own = testWith({ providers: ['vcita'] }, { quirks: { 'vcita/code-lives-30-seconds': 1 } })
own('takes providers and quirks', async ({ double }) => {
  const { expiresAt } = await double.codes.mint('vcita')
  assert.ok(expiresAt <= double.clock.now() + 1)
  assert.throws(() => double.provider('zettle'), /zettle/)
})

test('red', async ({ double }) => {
  await client.refresh(double.provider('zettle'), 'IZSECunknown').catch(() => {})
  expect(double).toHaveRefreshedOnce()
})
