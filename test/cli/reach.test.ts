import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authdouble } from './command.js'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'authdouble-reach-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

describe('authdouble ca', () => {
  it('prints the path of the authority, making it on first use, and prints the same one ever after', async () => {
    const first = await authdouble(['ca', '--ca-dir', directory]).ended
    expect(first).toMatchObject({ code: 0, stdout: `${join(directory, 'ca.pem')}\n` })
    await access(first.stdout.trim())
    expect((await authdouble(['ca'], { env: { AUTHDOUBLE_CA_DIR: directory } }).ended).stdout).toBe(first.stdout)
  })
})

describe('authdouble serve --tls --proxy', () => {
  it('names the further ways in on its ready line', async () => {
    const server = authdouble([
      'serve',
      '--port',
      '0',
      '--json',
      '--proxy',
      '--tls-port',
      '0',
      '--ca-dir',
      directory,
      '--provider',
      'zettle',
    ])
    const ready = JSON.parse(await server.line)
    server.child.kill()
    await server.ended
    expect(ready).toMatchObject({
      proxy: ready.url,
      tls: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      ca: join(directory, 'ca.pem'),
    })
  })

  it('says nothing of them where they were not asked for', async () => {
    const server = authdouble(['serve', '--port', '0', '--json', '--provider', 'zettle', '--host', '0.0.0.0'])
    const ready = JSON.parse(await server.line)
    server.child.kill()
    await server.ended
    expect(Object.keys(ready).filter((name) => ['proxy', 'tls', 'ca'].includes(name))).toEqual([])
    expect(ready.url).toMatch(/^http:\/\/127\.0\.0\.1:/)
  })
})
