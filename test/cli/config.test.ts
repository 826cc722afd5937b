import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { configSchema } from '../../src/cli/fields.js'
import type { Running } from './command.js'
import { authdouble } from './command.js'

let folder = ''
const folders: string[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'))
  folders.push(folder)
})
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true })
})

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const run = (argv: readonly string[], env: NodeJS.ProcessEnv = {}): Running => authdouble(argv, { cwd: folder, env })

describe('a config file', () => {
  it('that init writes is fine, is found, and is not written over', async () => {
    expect(await run(['init']).ended).toMatchObject({ code: 0 })
    expect(await run(['validate']).ended).toMatchObject({ code: 0, stdout: 'authdouble.config.yaml is fine\n' })
    expect(await run(['init']).ended).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') })
    expect(await run(['init', '--force']).ended).toMatchObject({ code: 0 })
  })

  it.each([
    ['a.yaml', 'port: 4740\nports: 1\n', 'a.yaml:2: ports: unknown field; did you mean port?'],
    ['a.yaml', 'port: many\n', 'a.yaml:1: port: is a port from 0 to 65535, not "many"'],
    ['a.yaml', '\nquirks:\n  zettle/no-such: true\n', 'a.yaml:3: quirks.zettle/no-such: no quirk is named'],
    ['a.yaml', 'quirks:\n  vcita/code-lifetime: soon\n', 'a.yaml:2: quirks.vcita/code-lifetime: quirk code-lifetime takes'],
    ['a.yaml', 'clients:\n  - provider: zettle\n    clientid: mine\n', 'a.yaml:3: clients[0].clientid: unknown field'],
    ['a.json', '{\n  "providers": ["acme"]\n}\n', 'a.json:2: providers[0]: is one of'],
    ['a.json', '{ "port": \n', 'a.json:'],
    ['a.yaml', '- 1\n', 'a.yaml:1: the file is an object'],
  ])('%s with %j is refused with file, line and field', async (name, text, said) => {
    write(name, text)
    for (const argv of [
      ['validate', name],
      ['serve', '--config', name, '--port', '0'],
    ]) {
      const { code, stderr } = await run(argv).ended
      expect(code).toBe(2)
      expect(stderr).toContain(said)
    }
  })

  it('is beaten by the environment, and that by flags', async () => {
    write('authdouble.config.json', JSON.stringify({ providers: ['vcita'], port: 0, quirks: { 'vcita/code-lifetime': 5 }, seed: 3 }))
    const seen = async (argv: readonly string[], env: NodeJS.ProcessEnv) => {
      const running = run(['serve', '--json', '--log-level', 'silent', ...argv], env)
      const { url, providers } = JSON.parse(await running.line) as { url: string; providers: object }
      const { expiresAt } = (await (await fetch(`${url}/__admin/providers/vcita/codes`, { method: 'POST' })).json()) as {
        expiresAt: number
      }
      const { now } = (await (await fetch(`${url}/__admin/clock`)).json()) as { now: number }
      running.child.kill('SIGTERM')
      await running.ended
      return { host: new URL(url).hostname, providers: Object.keys(providers), life: expiresAt - now }
    }
    const plain = await seen([], {})
    expect(plain).toMatchObject({ host: '127.0.0.1', providers: ['vcita'] })
    expect(plain.life).toBeLessThanOrEqual(5)
    const told = await seen(['--quirk', 'vcita/code-lifetime=500', '--provider', 'vcita,zettle'], { AUTHDOUBLE_HOST: 'localhost' })
    expect(told).toMatchObject({ host: 'localhost', providers: ['vcita', 'zettle'] })
    expect(told.life).toBeGreaterThan(400)
  })

  it('that init writes is fine with all that is commented out in it, too', async () => {
    await run(['init']).ended
    const text = readFileSync(join(folder, 'authdouble.config.yaml'), 'utf8')
    write(
      'whole.yaml',
      text
        .replace(/^quirks: \{\}$/m, 'quirks:')
        .replace(/^#( {2,}|(?= ?[a-z]+:( |$)) ?)/gm, (_, space: string) => (space.length > 1 ? space.slice(1).padStart(space.length) : '')),
    )
    expect(await run(['validate', 'whole.yaml']).ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('brings clients and users of its own before those of the demonstration', async () => {
    const clients = [{ provider: 'zettle', clientId: 'mine', clientSecret: 'secret', redirectUris: ['https://app.example/back'] }]
    write('authdouble.config.json', JSON.stringify({ port: 0, clients, users: [{ provider: 'zettle', id: 'kim' }] }))
    const running = run(['serve', '--json', '--log-level', 'silent', '--provider', 'zettle,vcita'])
    const { admin, providers } = JSON.parse(await running.line)
    expect(providers.zettle).toMatchObject({ clientId: 'mine', clientSecret: 'secret', redirectUri: 'https://app.example/back' })
    const body = JSON.stringify({ provider: 'zettle' })
    const minted = await fetch(`${admin}/tokens/mint`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(await minted.json()).toMatchObject({ clientId: 'mine', user: 'kim' })
    running.child.kill('SIGTERM')
    await running.ended
  })

  it('has a published schema that is what the code checks', () => {
    const file = new URL('../../openapi/config.schema.json', import.meta.url)
    const text = `${JSON.stringify(configSchema(), null, 2)}\n`
    if (process.env['WRITE_TABLES'] === '1') writeFileSync(file, text)
    expect(readFileSync(file, 'utf8')).toBe(text)
    const check = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { uri: true } }).compile(configSchema())
    expect(check({ $schema: 'x', port: 0, providers: ['zettle'], quirks: { 'zettle/no-token-type': false } })).toBe(true)
    expect(check({ ports: 1 })).toBe(false)
    expect(check({ quirks: { 'zettle/no-such': true } })).toBe(false)
  })
})
