import { execFile } from 'node:child_process'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import type { Double } from '../../src/index.js'
import { createServer } from '../../src/index.js'
import { exchangeAsCurl } from '../../src/pages/callback.js'
import { settle } from '../../src/provider/quirk.js'
import type { Settings } from '../../src/provider/settings.js'
import { createDemoCallback } from '../../src/server/demoCallback.js'

const freeAddress = async (): Promise<string> => {
  const server = createHttpServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}/callback`
}

const double: Double = await createServer()
afterAll(() => double.close())

describe('the demonstration callback, where no app listens', () => {
  it('shows what came to one visitor, and makes room again', async () => {
    const address = await freeAddress()
    const callback = createDemoCallback(address)
    await callback.expect(({ searchParams }) => `code ${searchParams.get('code')}`)
    expect(await (await fetch(`${address}?code=abc`)).text()).toBe('code abc')
    const app = createHttpServer((_, response) => response.end('the app'))
    await expect
      .poll(() =>
        fetch(address).then(
          () => 'served',
          () => 'refused',
        ),
      )
      .toBe('refused')
    app.listen(Number(new URL(address).port), '127.0.0.1')
    expect(await (await fetch(address)).text()).toBe('the app')
    app.close()
  })

  it('leaves the place to an app that is there', async () => {
    const app = createHttpServer((_, response) => response.end('the app')).listen(0, '127.0.0.1')
    await new Promise((resolve) => app.once('listening', resolve))
    const address = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`
    const callback = createDemoCallback(address)
    await callback.expect(() => 'the page')
    expect(await (await fetch(address)).text()).toBe('the app')
    callback.close()
    app.close()
  })

  it('answers nothing under another path', async () => {
    const address = await freeAddress()
    const callback = createDemoCallback(address)
    await callback.expect(() => 'the page')
    expect((await fetch(new URL('/other', address))).status).toBe(404)
    callback.close()
  })
})

describe('the next step as curl', () => {
  it.each(double.registry.providers.map(({ id }) => id))('%s answers it with a token', async (id) => {
    const address = double.provider(id)
    const provider = double.registry.providers.find((one) => one.id === id)
    const { code } = await double.codes.mint(id, { redirectUri: address.redirectUri })
    const curl = exchangeAsCurl(settle<Settings>(provider?.settings ?? {}), address, code, false)
    const { stdout } = await promisify(execFile)('sh', ['-c', curl])
    expect(JSON.parse(stdout)).toMatchObject({ access_token: expect.any(String) })
  })
})
