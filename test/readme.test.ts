import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Double } from '../src/index.js'
import { createServer } from '../src/index.js'

const run = promisify(execFile)

/** The curl lines of the README, with their continuation lines. */
const curls = [...readFileSync(new URL('../README.md', import.meta.url), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => block.replace(/\\\n\s*/g, ' ').split('\n'))
  .filter((line) => line.startsWith('curl ') && line.includes('127.0.0.1:4740'))

/** The block of control calls, which goes through as one script. */
const controls = /^```sh\n(A=http[\s\S]*?)^```/m.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))?.[1] ?? ''

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

  it('the provider of your own works, from outside the package', async () => {
    const example =
      /^## A provider of your own[\s\S]*?^```js\n([\s\S]*?)^```/m.exec(
        readFileSync(new URL('../README.md', import.meta.url), 'utf8'),
      )?.[1] ?? ''
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
