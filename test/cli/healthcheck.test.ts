import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { authdouble } from './command.js'

describe('authdouble healthcheck', () => {
  it('exits with 0 while a server is up, and with 1 once it is gone', async () => {
    const server = authdouble(['serve', '--port', '0', '--json', '--provider', 'zettle'])
    const { url } = JSON.parse(await server.line)
    expect(await authdouble(['healthcheck', '--url', url]).ended).toMatchObject({ code: 0, stderr: '' })
    expect((await authdouble(['healthcheck'], { env: { AUTHDOUBLE_PORT: new URL(url).port } }).ended).code).toBe(0)
    server.child.kill()
    await server.ended
    expect(await authdouble(['healthcheck', '--url', url]).ended).toMatchObject({
      code: 1,
      stderr: `authdouble: the server at ${url} is not there\n`,
    })
  })

  it('does not take another server for ours', async () => {
    const other = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { code, stderr } = await authdouble(['healthcheck', '--url', `http://127.0.0.1:${(other.address() as AddressInfo).port}`]).ended
    other.close()
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('answered 404') })
  })

  it('names a URL that is none', async () => {
    expect((await authdouble(['healthcheck', '--url', 'nonsense']).ended).code).toBe(2)
  })
})
