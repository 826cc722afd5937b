const { createServer, lose } = require('authdouble')
const { expect, test, testWith } = require('authdouble/jest')
const { refresh } = require('./client.cjs')

const urls = new Set()

test('has a sandbox whose journal the matchers read', async ({ double }) => {
  urls.add(double.url())
  const { refreshToken } = await double.tokens.mint('zettle')
  const { access_token: signed } = await refresh(double.provider('zettle'), refreshToken)
  expect(signed.split('.')).toHaveLength(3)
  expect(double).toHaveRefreshedOnce()
  expect(double.journal).toHaveAuthenticatedWith('body', { provider: 'zettle' })
  expect(double).not.toHaveAskedForAuthorization()
})

test('has another in the next test', ({ double }) => {
  expect(urls.has(double.url())).toBe(false)
  expect(double.journal.size()).toBe(0)
})

test('loses a reply', async ({ double }) => {
  const { refreshToken } = await double.tokens.mint('zettle')
  double.faults.next('zettle', 'token', lose())
  await expect(refresh(double.provider('zettle'), refreshToken)).rejects.toThrow('fetch failed')
})

test.each([
  ['zettle', '/token'],
  ['ziina', '/oidc/token'],
])('is called with a row and a double: %s', (provider, path, { double }) => {
  expect(double.provider(provider).tokenUrl).toBe(`${double.url(provider)}${path}`)
})

test.each(['vcita'])('is called with a value and a double: %s', (provider, { double }) => {
  expect(double.provider(provider).clientId).toBeTruthy()
})

test.failing('fails', ({ double }) => expect(double).toHaveRefreshedOnce())
test.skip('is skipped', () => {
  throw new Error('it ran')
})
test.todo('is to be done')

const own = testWith({ providers: ['vcita'] }, { quirks: { 'vcita/code-lives-30-seconds': 1 } })
own('takes providers and quirks', async ({ double }) => {
  expect((await double.codes.mint('vcita')).expiresAt).toBeLessThanOrEqual(double.clock.now() + 1)
  expect(() => double.provider('zettle')).toThrow('zettle')
})

test('has the control API, which is loaded when it is asked', async ({ double }) => {
  expect((await fetch(`${double.url()}/__admin/clock`)).status).toBe(200)
  expect((await double.fetch('/zettle/token', { method: 'POST' })).status).toBe(400)
})

test('starts servers of its own', async () => {
  const double = await createServer({ providers: ['ziina'] })
  expect((await fetch(`${double.url()}/healthz`)).status).toBe(200)
  await double.close()
})

test('red', async ({ double }) => {
  await refresh(double.provider('zettle'), 'IZSECunknown').catch(() => {})
  expect(double).toHaveRefreshedOnce()
})
