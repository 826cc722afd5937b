import { describe } from 'vitest'
import type { Double } from '../../src/index.js'
import { lose } from '../../src/index.js'
import { expect, test, testWith } from '../../src/testing/vitest.js'

/** A client in a few lines, with its habits as options. */
const client = (double: Double) => {
  const { tokenUrl, authorizeUrl = '', clientId, clientSecret = '' } = double.provider('zettle')
  const token = async (params: { [name: string]: string }, basic = false) => {
    const body = new URLSearchParams(basic ? params : { ...params, client_id: clientId, client_secret: clientSecret })
    const headers = basic ? { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` } : {}
    return (await (await fetch(tokenUrl, { method: 'POST', headers, body })).json()) as { refresh_token?: string }
  }
  return {
    redeem: (code: string) => token({ grant_type: 'authorization_code', code, redirect_uri: 'http://127.0.0.1/cb' }),
    authorize: async (state?: string) => {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: 'http://127.0.0.1/cb',
        ...(state === undefined ? {} : { state }),
      })
      await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })
    },
    refresh: async (refresh_token = 'IZSEC07b0edfc-f557-4e52-a995-384288e2351e', basic = false) =>
      (await token({ grant_type: 'refresh_token', refresh_token }, basic)).refresh_token,
  }
}

const failure = (assertion: () => void): string => {
  try {
    assertion()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('the assertion held')
}

describe('the double fixture', () => {
  test('gives each test a sandbox of its own', async ({ double, doubleServer }) => {
    expect(double.url()).toMatch(new RegExp(`^${doubleServer.url()}/~`))
    await client(double).refresh()
    expect(double.journal.size()).toBe(1)
    expect(doubleServer.journal.size()).toBe(0)
  })

  test('starts again from the seed in the next one', async ({ double }) => {
    expect(double.journal.size()).toBe(0)
    expect(await client(double).refresh()).toMatch(/^IZSEC/)
  })
})

const own = testWith({ providers: ['vcita'] }, { quirks: { 'vcita/code-lives-30-seconds': 1 } })

describe('a fixture of your own', () => {
  own('has the providers and quirks that were wanted', async ({ double, doubleServer }) => {
    expect([...doubleServer.registry.main.instances.keys()]).toEqual(['vcita'])
    expect((await double.codes.mint('vcita')).expiresAt).toBeLessThanOrEqual(double.clock.now() + 1)
    double.quirks.set('vcita/code-lives-30-seconds', 5)
    // @ts-expect-error not among the chosen providers
    expect(() => double.quirks.set('zettle/no-token-type', true)).toThrow('zettle')
  })
})

describe('matchers', () => {
  test('toHaveRefreshedOnce', async ({ double }) => {
    expect(double).not.toHaveRefreshedOnce()
    const next = await client(double).refresh()
    expect(double).toHaveRefreshedOnce()
    expect(double.journal).toHaveRefreshedOnce({ provider: 'zettle' })
    expect(double).not.toHaveRefreshedOnce({ provider: 'ziina' })
    await client(double).refresh(next)
    expect(failure(() => expect(double).toHaveRefreshedOnce())).toMatch(
      /it asked for 2 and was granted 2\n\n {2}r1 {2}zettle POST .*issued access token and refresh token[\s\S]*r2 /,
    )
  })

  test('toHaveUsedLatestRefreshToken', async ({ double }) => {
    expect(double).not.toHaveUsedLatestRefreshToken()
    const second = await client(double).refresh()
    await client(double).refresh(second)
    expect(double).toHaveUsedLatestRefreshToken()
    await client(double).refresh(second)
    const message = failure(() => expect(double).toHaveUsedLatestRefreshToken())
    expect(message).toMatch(/r3 presented an older one[\s\S]*refresh_token_rotated/)
    expect(message).not.toContain(second)
  })

  test('toHaveUsedLatestRefreshToken: a lost reply has replaced the token too, and one request with the old one can be allowed', async ({
    double,
  }) => {
    const second = await client(double).refresh()
    double.faults.next('zettle', 'token', lose())
    await expect(client(double).refresh(second)).rejects.toThrow()
    expect(double).toHaveUsedLatestRefreshToken()
    await client(double).refresh(second)
    expect(double.journal.last()).toMatchObject({ reason: 'refresh_token_rotated' })
    expect(failure(() => expect(double).toHaveUsedLatestRefreshToken())).toContain('r3 presented an older one')
    expect(double).toHaveUsedLatestRefreshToken({ retriesLost: true })
    await client(double).refresh(second)
    expect(failure(() => expect(double).toHaveUsedLatestRefreshToken({ retriesLost: true }))).toContain('r4 presented an older one')
  })

  test('toHaveUsedLatestRefreshToken: a code exchange whose reply was lost replaces nothing', async ({ double }) => {
    const second = await client(double).refresh()
    double.faults.next('zettle', 'token', lose())
    const { code } = await double.codes.mint('zettle')
    await expect(client(double).redeem(code)).rejects.toThrow()
    await client(double).refresh(second)
    expect(double).toHaveUsedLatestRefreshToken()
  })

  test('toHaveUsedLatestRefreshToken: what came before does not count when it is told since when to look', async ({ double }) => {
    const second = await client(double).refresh()
    await client(double).refresh()
    expect(double).not.toHaveUsedLatestRefreshToken()
    const since = double.journal.last()?.id ?? ''
    await client(double).refresh(second)
    expect(double).toHaveUsedLatestRefreshToken({ since })
  })

  test('toHaveAuthenticatedWith', async ({ double }) => {
    await client(double).refresh()
    expect(double).toHaveAuthenticatedWith('body')
    await client(double).refresh(undefined, true)
    expect(failure(() => expect(double).toHaveAuthenticatedWith('body'))).toContain('it used body, basic')
  })

  test('toHaveSentState', async ({ double }) => {
    expect(double).not.toHaveSentState()
    await client(double).authorize('one')
    await client(double).authorize('two')
    expect(double).toHaveSentState()
    await client(double).authorize('two')
    expect(failure(() => expect(double).toHaveSentState())).toContain('1 of 3 used one again')
    await client(double).authorize()
    expect(failure(() => expect(double).toHaveSentState())).toContain('1 of 4 had none')
  })

  test('toHaveSentState: a browser on its way through the log-in page is no second request', async ({ double }) => {
    double.approvals.ask({ once: true })
    await client(double).authorize('one')
    expect(double.journal.last()).toMatchObject({ outcome: 'asked' })
    await client(double).authorize('one')
    expect(double.journal.last()).toMatchObject({ outcome: 'redirected' })
    expect(double).toHaveSentState()
    await client(double).authorize('one')
    expect(failure(() => expect(double).toHaveSentState())).toContain('1 of 2 used one again')
  })

  test('toHaveAskedForAuthorization', async ({ double }) => {
    await client(double).refresh()
    expect(failure(() => expect(double).toHaveAskedForAuthorization())).toMatch(/sent no authorization request\n\n {2}r1 /)
    await client(double).authorize('one')
    expect(double).toHaveAskedForAuthorization()
    expect(double).not.toHaveAskedForAuthorization({ provider: 'ziina' })
    expect(double).not.toHaveAskedForAuthorization({ since: double.journal.last()?.id ?? '' })
    expect(failure(() => expect(double).not.toHaveAskedForAuthorization())).toContain('not to have asked for authorization: it sent 1')
  })
})
