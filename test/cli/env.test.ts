import { expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { authdouble } from './command.js'

it('prints how a running server is reached, for dotenv and for shells, and asks for its token', async () => {
  await using double = await createServer({ adminToken: 't' })
  const { code, stdout } = await authdouble(['env', '--url', double.url(), '--admin-token', 't']).ended
  expect(code).toBe(0)
  const line = (name: string) =>
    stdout
      .split('\n')
      .find((one) => one.startsWith(`${name}=`))
      ?.slice(name.length + 1)
  expect(line('AUTHDOUBLE_URL')).toBe(double.url())
  expect(line('AUTHDOUBLE_ZOHO_PAYMENTS_TOKEN_URL')).toBe(double.provider('zoho-payments').tokenUrl)
  expect(line('AUTHDOUBLE_ZIINA_USERNAME')).toBe(double.provider('ziina').username)
  expect(line('AUTHDOUBLE_ZETTLE_ASSERTION')).toMatch(/^ey/)
  expect(line('AUTHDOUBLE_ZIINA_SCOPE')).toMatch(/^".+ .+"$/)
  expect(line('AUTHDOUBLE_ZENTAIL_AUTHORIZE_URL')).toBeUndefined()

  await using sandbox = await double.sandbox({ name: 'mine' })
  const one = await authdouble(['env', 'vcita', '--url', sandbox.url()], { env: { AUTHDOUBLE_ADMIN_TOKEN: 't' } }).ended
  expect(one.stdout).toContain('/~mine/vcita/oauth/token')
  expect(one.stdout).not.toContain('ZETTLE')

  expect(await authdouble(['env', '--url', double.url()]).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--admin-token'),
  })
  expect(await authdouble(['env', '--url', 'http://127.0.0.1:9']).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no server'),
  })
})
