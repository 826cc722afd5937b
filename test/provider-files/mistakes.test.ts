/** Mistakes that people make in provider files: each is told with file, line, what is wrong and, where there is one, the right word. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { loadProviderFile } from '../../src/provider-files/load.js'

const folder = mkdtempSync(join(tmpdir(), 'authdouble-mistakes-'))
afterAll(() => rmSync(folder, { recursive: true }))

const mistake = async (text: string, name = 'a.yaml'): Promise<string> => {
  writeFileSync(join(folder, name), text)
  try {
    await loadProviderFile(join(folder, name))
    return 'nothing'
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, '')
  }
}

const endpoints = `settings:
  scopes: [read, write]
  endpoints:
    authorize: { operation: authorize, path: /authorize }
    token: { operation: token, path: /token }
`
const sound = `${endpoints}  authorize: {}\n`
const aliases = ['a', 'b', 'c', 'd', 'e', 'f']
  .map((name, at, all) => `${name}: &${name} [${Array.from({ length: 10 }, () => (at === 0 ? 'x' : `*${all[at - 1]}`)).join(', ')}]`)
  .join('\n')

it('without a mistake it is a provider', async () => {
  expect(await mistake(sound)).toBe('nothing')
})

it.each([
  ['nothing at all', '', 'a.yaml:1: the file says nothing'],
  ['comments alone', '# settings:\n#   later\n', 'a.yaml:1: the file says nothing'],
  ['a list', '- settings\n', 'a.yaml:1: is an object, not ["settings"]'],
  ['a word', 'hello\n', 'a.yaml:1: is an object, not "hello"'],
  ['a tab', 'settings:\n\tscopes: [read]\n', 'a.yaml:2: a line begins with a tab: YAML takes spaces alone'],
  ['a key twice', `${sound}  authorize: { status: 303 }\n`, 'a.yaml:7: authorize stands here a second time'],
  ['a second document', `${sound}---\n${sound}`, 'a.yaml:7: a second document begins here: a file holds one'],
  ['an alias without its anchor', 'name: Acme\nsettings: *nope\n', 'a.yaml:2: no anchor &nope stands before this alias'],
  ['aliases that multiply', `${aliases}\nsettings: {}\n`, 'a.yaml:2: aliases name each other too often: write the values out'],
  ['no end of brackets', `settings: ${'['.repeat(30_000)}${']'.repeat(30_000)}\n`, 'a.yaml:1: lists and objects are nested too deeply'],
  ['more than anybody writes', `# ${'x'.repeat(1_100_000)}\n`, 'a.yaml is larger than 1 MB: that is no provider'],
  ['bytes that are no text', '\u0000\u0001', 'a.yaml:1: '],
  ['a wrong member', `setings: {}\n${sound}`, 'a.yaml:1: setings: unknown setting; did you mean settings?'],
  ['a member of every object', `${sound}  __proto__: { a: 1 }\n`, 'a.yaml:7: settings.__proto__: unknown setting'],
  ['a length below zero', `${sound}  code: { lifetime: -5 }\n`, 'a.yaml:7: settings.code.lifetime: is a number from 0 up, not -5'],
  ['a length that is no number', `${sound}  code: { lifetime: .nan }\n`, 'a.yaml:7: settings.code.lifetime: is a number, not NaN'],
  [
    'a status that is none',
    `${sound}errors: { invalid_grant: { status: 1000 } }\n`,
    'a.yaml:7: errors.invalid_grant.status: is a whole number from 200 to 599, not 1000',
  ],
  [
    'a status with a fraction',
    `${sound}errors: { invalid_grant: { status: 400.5 } }\n`,
    'errors.invalid_grant.status: is a whole number from 200 to 599, not 400.5',
  ],
  [
    'a method that is none',
    `${endpoints}    a: { operation: resource, path: /a, methods: [DELET] }\n  authorize: {}\n`,
    'a.yaml:6: settings.endpoints.a.methods[0]: is one of GET, POST, PUT, PATCH, DELETE, not "DELET"; did you mean DELETE?',
  ],
  [
    'one path under two names of a placeholder',
    `${endpoints}    a: { operation: resource, path: "/{shop}/a" }\n    b: { operation: userinfo, path: "/{tenant}/a" }\n  authorize: {}\n`,
    'a.yaml:7: settings.endpoints.b: GET /{tenant}/a is served by a already: two endpoints on one path',
  ],
  [
    'a scope that nobody can have',
    `${endpoints}    a: { operation: resource, path: /a, scope: wrte }\n  authorize: {}\n`,
    'a.yaml:6: settings.endpoints.a.scope: "wrte" is none of settings.scopes; did you mean write?',
  ],
  [
    'an endpoint without its section',
    `${endpoints}    par: { operation: par, path: /par }\n  authorize: {}\n`,
    'a.yaml:6: settings.endpoints.par: is not served without settings.par: write par: {} beside endpoints',
  ],
  [
    'a section without its endpoint',
    `${sound}  device: {}\n`,
    'a.yaml:7: settings.device: has no endpoint whose operation is device-authorization or device',
  ],
  [
    'a part of a pattern that is none',
    `${sound}  access: { format: "acme-{uid}" }\n`,
    'a.yaml:7: settings.access.format: {uid} is no part of a pattern; there are {uuid}, {hex32}',
  ],
  [
    'a part of a pattern without its length',
    `${sound}  access: { format: "acme-{hex}" }\n`,
    'a.yaml:7: settings.access.format: {hex} is no part of a pattern: say how many, such as {hex32}',
  ],
  [
    'a client without what it is known by',
    `${sound}seed: { clients: [{ clientID: x }] }\n`,
    'a.yaml:7: seed.clients[0].clientID: unknown setting; did you mean clientId?',
  ],
  [
    'documentation at no address',
    `docs: javascript:alert(1)\n${sound}`,
    'a.yaml:1: docs: is a URL of http or https, not "javascript:alert(1)"',
  ],
  [
    'a grade that is none',
    `${sound}  code: { lifetime: { quirk: short, source: { grade: rumour, where: y }, provider: 3, standard: 4, description: d } }\n`,
    'a.yaml:7: settings.code.lifetime.source.grade: is one of documented, sample, observed, inferred, not "rumour"',
  ],
  ['an id of two words', `id: My Acme\n${sound}`, 'a.yaml:1: id: is lower-case words joined by hyphens, not "My Acme"'],
  ['itself as its base', 'extends: ./a.yaml\n', 'a.yaml:1: extends: ./a.yaml extends this file in turn'],
])('%s', async (_, text, said) => {
  expect(await mistake(text)).toContain(said)
})

it('a file whose name is no id says so', async () => {
  expect(await mistake(sound, 'Acme_2.yaml')).toBe('Acme_2.yaml:1: id: "Acme_2" is not lower-case words joined by hyphens')
})

it('each mistake has its line, and all are told at once', async () => {
  const text = `${endpoints}    a: { operation: resource, path: a }\n  authorize: {}\n  access: { format: "{hx8}" }\n  token:\n    reply: { access_token: "{acess_token}" }\n`
  expect((await mistake(text)).split('\n').map((line) => line.slice(0, 9))).toEqual(['a.yaml:6:', 'a.yaml:8:', 'a.yaml:10'])
})
