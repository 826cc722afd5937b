/** A provider is one file, and needs no build. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { factRows } from '../../src/cli/providers.js'
import { createServer } from '../../src/index.js'
import { factsOf } from '../../src/provider/facts.js'
import { settle } from '../../src/provider/quirk.js'
import type { Settings } from '../../src/provider/settings.js'
import { loadProviderFile } from '../../src/provider-files/load.js'
import { basic, form, send } from '../kit.js'

const folder = mkdtempSync(join(tmpdir(), 'authdouble-providers-'))
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string): `/${string}` => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path as `/${string}`
}

const acme = `
name: Acme
settings:
  issuer: https://auth.acme.example
  scopes: [read]
  endpoints:
    authorize: { operation: authorize, path: /authorize }
    token: { operation: token, path: /token }
    things: { operation: resource, path: /things, scope: read, answer: { status: 200, body: { owner: "{user.id}" } } }
  authorize: {}
  access:
    format: acme-{hex8}
  token:
    reply:
      access_token: "{access_token}"
      token_type:
        quirk: bearer-in-lower-case
        source: { grade: documented, where: the tokens page }
        provider: bearer
        standard: Bearer
        description: token_type is in lower case
errors:
  invalid_grant: { status: 418 }
`

const connect = async (path: `/${string}`, quirks = {}) => {
  await using double = await createServer({ providers: [path], host: '127.0.0.1', quirks })
  const [id = ''] = [...double.registry.main.instances.keys()]
  const { authorizeUrl, tokenUrl, clientId, clientSecret = '', redirectUri } = double.provider(id)
  const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri })
  const code = new URL((await send(`${authorizeUrl}?${query}`)).headers.get('location') ?? '').searchParams.get('code') ?? ''
  const redeem = () =>
    form(tokenUrl, { grant_type: 'authorization_code', code, redirect_uri: redirectUri }, { authorization: basic(clientId, clientSecret) })
  const answer = await redeem()
  const call = await send(`${double.url(id)}/things`, { headers: { authorization: `Bearer ${answer.body['access_token']}` } })
  return { id, answer, call, again: await redeem() }
}

describe('a provider file', () => {
  it('in YAML is served under the name of the file, with a demo client, its quirks and its own errors', async () => {
    const { id, answer, call, again } = await connect(write('acme.yaml', acme))
    expect(id).toBe('acme')
    expect(answer.body).toEqual({ access_token: expect.stringMatching(/^acme-[0-9a-f]{8}$/), token_type: 'bearer' })
    expect([call.status, call.body]).toEqual([200, { owner: 'demo-user' }])
    expect([again.status, again.body['error']]).toEqual([418, 'invalid_grant'])
  })

  it('has its quirk turned off like any other', async () => {
    const { answer } = await connect(write('acme.yaml', acme), { 'acme/bearer-in-lower-case': false })
    expect(answer.body['token_type']).toBe('Bearer')
  })

  it('in JSON says the same', async () => {
    const { parse } = await import('yaml')
    const { answer } = await connect(write('acme.json', JSON.stringify(parse(acme))))
    expect(answer.body['token_type']).toBe('bearer')
  })

  it('may be a module that exports what defineProvider returns', async () => {
    const library = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
    const file = write(
      'own.mjs',
      `import { defineProvider } from ${JSON.stringify(library)}
       export const own = defineProvider({ id: 'own', name: 'Own', docs: '', settings: {
         endpoints: { token: { operation: 'token', methods: ['POST'], path: '/token', host: 'own.example' } } }, seed: { clients: [], users: [] } })`,
    )
    expect((await loadProviderFile(file)).id).toBe('own')
  })

  it('may extend a shipped provider, or another file, and say only the difference', async () => {
    write('base.yaml', acme)
    const file = write(
      'child.yaml',
      `extends: ./base.yaml
settings:
  endpoints:
    token: { path: /v2/token }
    extra: { operation: resource, path: /extra }
errors:
  code_used: { description: used up }
`,
    )
    await using double = await createServer({ providers: [file], host: '127.0.0.1' })
    expect(double.provider('child').tokenUrl).toBe(`${double.url('child')}/v2/token`)
    const { again, answer } = await connect(file)
    expect(answer.body['token_type']).toBe('bearer')
    expect([again.status, again.body['error_description']]).toEqual([418, 'used up'])
  })

  it('that extends plain is another server of the specifications, with one section less', async () => {
    const file = write('strict.yaml', 'extends: plain\nsettings:\n  device: null\n  access: { lifetime: 60 }\n  endpoints: { mcp: null }\n')
    await using double = await createServer({ providers: [file], host: '127.0.0.1' })
    const metadata = (await send(`${double.url()}/.well-known/oauth-authorization-server/strict`)).body
    expect(metadata['issuer']).toBe(double.url('strict'))
    expect(metadata).not.toHaveProperty('device_authorization_endpoint')
    expect(metadata['grant_types_supported']).not.toContain('urn:ietf:params:oauth:grant-type:device_code')
    expect((await send(`${double.url('strict')}/mcp`)).status).toBe(404)
    expect((await double.tokens.mint('strict')).expiresAt).toBeLessThanOrEqual(double.clock.now() + 60)
  })

  it('that extends zettle keeps its quirks, and its clients and users', async () => {
    const file = write('mine.yaml', 'extends: zettle\nid: mine\n')
    await using double = await createServer({ providers: [file, 'zettle'], host: '127.0.0.1', quirks: { 'mine/no-token-type': false } })
    expect(double.provider('mine').clientId).toBe(double.provider('zettle').clientId)
  })
})

describe('what is wrong is told with file, line and the nearest right word', () => {
  const mistake = async (name: string, text: string): Promise<string> => {
    try {
      await loadProviderFile(write(name, text))
      return 'nothing'
    } catch (error) {
      return String((error as Error).message).replaceAll(`${folder}/`, '')
    }
  }
  const minimal = 'settings:\n  endpoints:\n    token: { operation: token, path: /token }\n'

  it.each([
    ['an unknown setting', `${minimal}  acces: {}\n`, 'a.yaml:4: settings.acces: unknown setting; did you mean access?'],
    [
      'a word that is none',
      `${minimal}  refresh: { rotates: alwas }\n`,
      'a.yaml:4: settings.refresh.rotates: is one of always, never, sometimes, late, not "alwas"; did you mean always?',
    ],
    ['a value of another kind', `${minimal}  access: { lifetime: 1h }\n`, 'a.yaml:4: settings.access.lifetime: is a number, not "1h"'],
    [
      'a quirk without source',
      `${minimal}  code:\n    lifetime: { quirk: short, provider: 3, standard: 4, description: It is short }\n`,
      'a.yaml:5: settings.code.lifetime: source is missing',
    ],
    [
      'a quirk of another kind than its setting',
      `${minimal}  code:\n    lifetime: { quirk: short, source: { grade: sample, where: x }, provider: 3, standard: long, description: It is short }\n`,
      'a.yaml:5: settings.code.lifetime.standard: is a number, not "long"',
    ],
    [
      'two endpoints on one path',
      `${minimal}    other: { operation: revoke, path: /token }\n`,
      'a.yaml:4: settings.endpoints.other: POST /token is served by token already: two endpoints on one path',
    ],
    [
      'a placeholder that nothing fills',
      `${minimal}  token:\n    reply:\n      access_token: "{acces_token}"\n`,
      'a.yaml:6: settings.token.reply.access_token: nothing fills {acces_token}; did you mean access_token?',
    ],
    [
      'no token endpoint',
      'settings: { issuer: https://x.example }\n',
      'a.yaml:1: settings.endpoints: has no endpoint whose operation is token',
    ],
    ['an unknown base', 'extends: zetle\n', 'a.yaml:1: extends: there is no provider "zetle". The providers are plain, ziina'],
    [
      'an unknown reason',
      `${minimal}errors:\n  code_expird: { status: 400 }\n`,
      'a.yaml:5: errors.code_expird: unknown setting; did you mean code_expired?',
    ],
    ['what is no YAML', 'settings: [\n', 'a.yaml:'],
  ])('%s', async (_, text, said) => {
    expect(await mistake('a.yaml', text)).toContain(said)
  })

  it('files that extend each other, a file that is not there, and one that is none', async () => {
    write('one.yaml', 'extends: ./two.yaml\n')
    expect(await mistake('two.yaml', 'extends: ./one.yaml\n')).toContain('extends this file in turn')
    await expect(loadProviderFile(join(folder, 'no.yaml'))).rejects.toThrow('ENOENT')
    await expect(loadProviderFile(write('a.toml', ''))).rejects.toThrow('a provider is a .yaml')
    await expect(loadProviderFile(write('empty.mjs', 'export const x = 1'))).rejects.toThrow('exports no provider')
  })
})

describe('a value with its source in a provider file', () => {
  it('is the value, and its source is listed; what extends it may say something else', async () => {
    const base = write(
      'sourced.yaml',
      `
settings:
  issuer: { source: { grade: observed, where: its metadata, quote: auth.acme.example }, value: https://auth.acme.example }
  endpoints: { token: { operation: token, path: /token } }
  code: { lifetime: { source: { grade: documented, where: the codes page, quote: one minute }, value: 60 } }
  access: { lifetime: { source: { grade: inferred, where: its engine }, value: 90 } }
errors:
  invalid_grant: { source: { grade: sample, where: the errors page, quote: stale }, value: { status: 418 } }
`,
    )
    const { settings } = await loadProviderFile(base)
    const { code, dialect } = settle<Settings>(settings)
    expect([code.lifetime, dialect.code_used.status]).toEqual([60, 418])
    expect(factsOf(settings).map(({ path, source }) => [path, source.grade, source.quote])).toEqual([
      ['issuer', 'observed', 'auth.acme.example'],
      ['code.lifetime', 'documented', 'one minute'],
      ['access.lifetime', 'inferred', undefined],
      ['dialect.invalid_grant', 'sample', 'stale'],
    ])
    const other = await loadProviderFile(write('other.yaml', 'extends: ./sourced.yaml\nsettings: { code: { lifetime: 30 } }'))
    expect(settle<Settings>(other.settings).code.lifetime).toBe(30)
    expect(factsOf(other.settings).map(({ path }) => path)).toEqual(['issuer', 'access.lifetime', 'dialect.invalid_grant'])
  })

  it('is told with what its endpoint is completed by', async () => {
    const file = write(
      'endpoint.yaml',
      'settings: { endpoints: { token: { source: { grade: documented, where: its page }, value: { operation: token, path: /t } } } }',
    )
    expect(factRows(await loadProviderFile(file)).map(({ path, shown }) => [path, shown])).toEqual([
      ['endpoints.token', 'POST https://endpoint.localhost/t'],
    ])
  })

  it('is held against the schema of the setting, and of sources', async () => {
    const wrong = write(
      'unsourced.yaml',
      'settings: { code: { lifetime: { source: { grade: rumoured, where: somewhere }, value: long } } }',
    )
    await expect(loadProviderFile(wrong)).rejects.toThrow(/rumoured[\s\S]*is a number, not "long"/)
  })
})
