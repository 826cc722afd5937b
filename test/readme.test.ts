import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Double } from '../src/index.js'
import { createServer, providers } from '../src/index.js'
import { quirksOf } from '../src/provider/quirk.js'

const run = promisify(execFile)

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** What stands under a heading, up to the next of its kind. */
const section = (title: string): string => readme.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? ''

/** The curl lines of the README, with their continuation lines. */
const curls = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => block.replace(/\\\n\s*/g, ' ').split('\n'))
  .filter((line) => line.startsWith('curl ') && line.includes('127.0.0.1:4740'))

/** The block of control calls, which goes through as one script. */
const controls = /^```sh\n(A=http[\s\S]*?)^```/m.exec(readme)?.[1] ?? ''

/** What each must show, by a part of its URL. */
const shows: { readonly [part: string]: RegExp } = {
  '/zettle/token': /"access_token":"ey[^}]+"expires_in":7200,"refresh_token":"IZSEC/,
  '/zoho-payments/oauth/v2/token': /200 OK[\s\S]+\{"error":"invalid_code"\}/,
  '/zentail/v1/token': /^\{"access_token":"[A-Za-z0-9+/]{43}=","token_type":"bearer"\}$/,
  '/vcita/oauth/userinfo': /"business_uid":"[0-9a-f]{16}"/,
  '/ziina/oidc/auth':
    /303 See Other[\s\S]+location: https:\/\/example\.com\/callback\?code=[\w-]{43}&state=xyz123&iss=https%3A%2F%2Fauth\.ziina\.com/i,
  '/__admin/journal': /"explained":/,
}

describe('the README says nothing that does not work', () => {
  let double: Double
  beforeAll(async () => {
    double = await createServer()
  })
  afterAll(() => double.close())

  it('has a curl line for each provider', () => {
    expect(Object.keys(shows).filter((part) => !curls.some((line) => line.includes(part)))).toEqual([])
  })

  it.each(curls)('%s', async (line) => {
    const expected = Object.entries(shows).find(([part]) => line.includes(part))?.[1]
    if (!expected) throw new Error('nothing is known of what this line must show')
    const { stdout } = await run('bash', ['-c', line.replaceAll('http://127.0.0.1:4740', double.url())])
    expect(stdout).toMatch(expected)
  })

  it('every control call goes through', async () => {
    expect(controls.match(/^curl /gm)).toHaveLength(9)
    const script = controls.replaceAll('http://127.0.0.1:4740', double.url()).replaceAll('curl -s', 'curl -sSf')
    const { stdout } = await run('bash', ['-e', '-c', script])
    expect(stdout).toContain('"name":"job7"')
    expect(double.journal.size()).toBeGreaterThan(0)
  })

  it('every trap it names is a quirk of the provider under which it stands', () => {
    const traps = section('Five providers and their traps').split('\n### ')[0] ?? ''
    for (const { name, settings } of providers) {
      const list = traps.split('\n\n').find((part) => part.startsWith(`**${name}**`)) ?? ''
      const named = [...list.matchAll(/^- .*$/gm)].flatMap(([line]) =>
        [...line.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)+)`/g)].map(([, quirk]) => quirk),
      )
      expect(named.length, name).toBeGreaterThan(3)
      const quirks = quirksOf(settings).map(({ quirk }) => quirk.name)
      expect(named.filter((one) => !quirks.includes(one ?? ''))).toEqual([])
    }
  })

  it('every name of a quirk that it turns on the command line is one', () => {
    const toggles = [...readme.matchAll(/--quirk ([a-z][\w/=-]+)/g)].map(([, toggle = '']) => toggle.split('=', 1)[0] ?? '')
    expect(toggles.length).toBeGreaterThan(2)
    const known = providers.flatMap(({ id, settings }) => quirksOf(settings).map(({ quirk }) => `${id}/${quirk.name}`))
    expect(toggles.filter((toggle) => !known.includes(toggle))).toEqual([])
  })

  it('what it links to is there', () => {
    const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    )
    const targets = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !target.startsWith('http'))
    expect(targets.length).toBeGreaterThan(8)
    const lost = targets.filter((target) =>
      target.startsWith('#') ? !headings.includes(target.slice(1)) : !existsSync(new URL(`../${target}`, import.meta.url)),
    )
    expect(lost).toEqual([])
  })

  it('the client of the five minutes gets the verdict that stands there', async () => {
    const [, client = ''] = /^```js\n([\s\S]*?)^```/m.exec(section('Conformance in five minutes')) ?? []
    const [, shown = ''] = /^```text\n([\s\S]*?)^```/m.exec(section('Conformance in five minutes')) ?? []
    const folder = mkdtempSync(join(tmpdir(), 'authdouble-readme-'))
    writeFileSync(join(folder, 'client.mjs'), client)
    const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
    const { stdout, code } = await run(process.execPath, [command, 'conform', '--provider', 'zettle', '--module', 'client.mjs'], {
      cwd: folder,
    }).catch((failed) => failed)
    rmSync(folder, { recursive: true })
    expect(code).toBe(1)
    const lines = stdout.split('\n').map((line: string) => line.trim())
    expect(shown.trim().split('\n').length).toBeGreaterThan(8)
    expect(
      shown
        .trim()
        .split('\n')
        .filter((line) => !lines.includes(line.trim())),
    ).toEqual([])
    expect(lines.filter((line: string) => line.startsWith('✗')).filter((line: string) => !shown.includes(line))).toEqual([])
  })

  it('the provider of your own works, from outside the package', async () => {
    const example = /^```js\n([\s\S]*?)^```/m.exec(section('A provider of your own'))?.[1] ?? ''
    // Below the project, `authdouble` is the package itself, as it is built.
    const folder = fileURLToPath(new URL('../.authdouble/', import.meta.url))
    mkdirSync(folder, { recursive: true })
    const file = join(mkdtempSync(join(folder, 'example-')), 'acme.mjs')
    writeFileSync(file, example)
    const { stdout } = await run(process.execPath, [file])
    rmSync(dirname(file), { recursive: true })
    expect(stdout).toBe("[ 'access_token', 'expires_in' ]\n418 code_used\n")
  })
})
