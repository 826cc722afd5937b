import { createInterface } from 'node:readline'
import { afterAll, describe, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { authdouble } from './command.js'

const double = await createServer({ providers: ['zettle', 'vcita'] })
const locked = await createServer({ providers: ['zettle'], adminToken: 's3cret' })
afterAll(async () => {
  await double.close()
  await locked.close()
})

const { clientId, clientSecret = '', tokenUrl } = double.provider('zettle')

const refresh = (refreshToken: string): Promise<Response> =>
  fetch(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
    }),
  })

describe('authdouble tail', () => {
  it('prints the lines of the console as they happen, without secrets, until it is stopped', async () => {
    double.clock.freeze(1565876581)
    const { refreshToken = '' } = await double.tokens.mint('zettle')
    await refresh(refreshToken)
    const tail = authdouble(['tail', '--url', double.url(), '--all', '--provider', 'zettle'])
    const lines = createInterface({ input: tail.child.stdout })[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe(
      '13:43:01 r1    200 Zettle took the refresh and gave an access token and a refresh token; the old refresh token is over',
    )
    double.clock.advance('12s')
    await fetch(`${double.url()}/vcita/nowhere`)
    await refresh(refreshToken)
    expect((await lines.next()).value).toBe('13:43:13 r3    400 Zettle refused the refresh: this token was rotated out 12 s ago by r1')
    tail.child.kill('SIGINT')
    const ended = await tail.ended
    expect(ended).toMatchObject({ code: 130, stderr: '' })
    expect(ended.stdout).not.toContain(refreshToken)
  })

  it('keeps what a client sent from steering the terminal', async () => {
    const tail = authdouble(['tail', '--url', double.url(), '--all', '--outcome', 'unknown', '--json'])
    await fetch(`${double.url()}/%1b%5b31m`)
    expect(JSON.parse(await tail.line)).toMatchObject({ outcome: 'unknown' })
    tail.child.kill()
    await tail.ended
    const { printable } = await import('../../src/cli/line.js')
    expect(printable('\u001b[31mred\u202e\n')).toBe('\ufffd[31mred\ufffd\ufffd')
  })

  it('ends with 1 when the server goes, and with 2 where none is, where a token is wanted, and for a filter that is none', async () => {
    const gone = await createServer({ providers: ['zettle'] })
    await fetch(`${gone.url()}/x`)
    const tail = authdouble(['tail', '--url', gone.url(), '--all'])
    await tail.line
    await gone.close()
    expect((await tail.ended).code).not.toBe(0)
    const [none, token, filter] = await Promise.all([
      authdouble(['tail', '--url', gone.url()]).ended,
      authdouble(['tail', '--url', locked.url()]).ended,
      authdouble(['tail', '--url', double.url(), '--outcome', 'fine']).ended,
    ])
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('no server at') })
    expect(token).toMatchObject({ code: 2, stderr: expect.stringContaining('--admin-token') })
    expect(filter).toMatchObject({ code: 2, stderr: expect.stringContaining('outcome') })
  })

  it('takes the token', async () => {
    await fetch(`${locked.url()}/x`)
    const tail = authdouble(['tail', '--url', locked.url(), '--all'], { env: { AUTHDOUBLE_ADMIN_TOKEN: 's3cret' } })
    expect(await tail.line).toMatch(/404 No provider serves GET \/x$/)
    tail.child.kill()
    await tail.ended
  })
})
