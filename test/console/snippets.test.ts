/** What the console offers to be copied works as it stands: each text is run here. */

import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { curlOf } from '../../src/console/api/lines.js'
import { testOf } from '../../src/console/live/turned.js'
import { snippetsOf } from '../../src/console/providers/snippets.js'
import type { Entry, Provider } from '../../src/console/types.js'
import type { ProviderId } from '../../src/index.js'
import { createServer, providers } from '../../src/index.js'
import { missing, realClients } from '../clients/talk.js'
import { playing, serving } from '../kit.js'

// Below the project, so that what is run finds the libraries.
const folder = mkdtempSync(join(import.meta.dirname, '.snippets-'))
afterAll(() => rmSync(folder, { recursive: true }))

const running = promisify(execFile)

/** What a shell prints; it fails where a command does. */
const shell = async (script: string): Promise<string> =>
  (await running('bash', ['-ec', script], { cwd: folder, encoding: 'utf8' })).stdout.replaceAll('\r', '')

const isThere = (id: string): boolean => {
  const client = realClients.find((one) => one.id === id)
  const lacks = client ? missing(client) : `${id} is no client`
  if (lacks === undefined) return true
  if (process.env['CI'] === 'true') throw new Error(lacks)
  process.stderr.write(`not run: ${lacks}\n`)
  return false
}

const stage = serving('plain', { reveal: true })

const described = async (): Promise<Provider> => (await stage.play.admin('/providers/plain')).body as unknown as Provider

const snippet = async (title: string): Promise<string> => {
  const text = snippetsOf(await described()).find(([one]) => one === title)?.[1]
  if (text === undefined) throw new Error(`there is no snippet ${title}`)
  return text
}

describe('the demo client, as', () => {
  it('environment: a shell reads each address and credential from it', async () => {
    const awkward = { ...(await described()), address: { ...stage.play.address, clientSecret: '$HOME "`id`" \\x' } }
    const lines = snippetsOf(awkward).find(([title]) => title === 'Environment')?.[1] ?? ''
    writeFileSync(join(folder, 'env'), lines)
    const said = (await shell('env -i bash -c "set -a; . ./env; env"')).split('\n')
    for (const value of Object.values(awkward.address)) expect(said.map((line) => line.slice(line.indexOf('=') + 1))).toContain(value)
  })

  it('curl: redeems a code', async () => {
    const answer = await shell((await snippet('curl')).replace('CODE', await stage.play.code()))
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*"access_token":/s)
  })

  it.each([
    [
      'openid-client',
      (code: string) =>
        `const params = new URLSearchParams({ grant_type: 'authorization_code', code: '${code}', redirect_uri: '${stage.play.address.redirectUri}' })
         export const token = (await client.genericGrantRequest(config, 'authorization_code', params)).access_token`,
    ],
    [
      'simple-oauth2',
      (code: string) =>
        `export const token = (await client.getToken({ code: '${code}', redirect_uri: '${stage.play.address.redirectUri}' })).token.access_token`,
    ],
  ])('%s: redeems a code', async (title, rest) => {
    const file = join(folder, `${title}.mjs`)
    writeFileSync(file, `${await snippet(title)}\n${rest(await stage.play.code())}`)
    const { token } = (await import(pathToFileURL(file).href)) as { readonly token: string }
    expect((await stage.play.call(token)).status).toBe(200)
  })

  it('requests-oauthlib: redeems a code', async (test) => {
    test.skip(!isThere('python-requests-oauthlib'))
    const file = join(folder, 'client.py')
    writeFileSync(file, `code = '${await stage.play.code()}'\n${await snippet('requests-oauthlib')}print(token['access_token'])\n`)
    expect((await stage.play.call((await shell(`/usr/bin/python3 ${file}`)).trim())).status).toBe(200)
  })

  it('golang.org/x/oauth2: compiles', (test) => {
    test.skip(!isThere('go-oauth2'))
    return snippet('golang.org/x/oauth2').then(async (text) => {
      const file = join(folder, 'client.go')
      const indented = text.replace('config :=', '\tconfig :=')
      writeFileSync(
        file,
        `package main\n\nimport "golang.org/x/oauth2"\n\nfunc main() {\n${indented}\t_ = config.AuthCodeURL("state")\n}\n`,
      )
      const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' }
      execFileSync('go', ['vet', file], { env, stdio: 'pipe' })
    })
  })

  it('every text of every provider names what the provider is reached by', async () => {
    await using double = await createServer()
    for (const { id } of providers) {
      const provider = (await playing(double, id as ProviderId).admin(`/providers/${id}`)).body as unknown as Provider
      for (const [title, text] of snippetsOf(provider)) {
        expect([id, title, text]).toEqual([id, title, expect.stringContaining(new URL(provider.address.tokenUrl).pathname)])
        expect([id, title, text]).toEqual([id, title, expect.not.stringMatching(/['"=]undefined/)])
        if (title === 'openid-client' || title === 'simple-oauth2') {
          const file = join(folder, `${id}-${title}.mjs`)
          writeFileSync(file, text)
          await import(pathToFileURL(file).href)
        }
      }
    }
  })
})

const entry = async (): Promise<Entry> => {
  const { entries } = (await stage.play.admin('/journal?limit=1')).body as unknown as { readonly entries: readonly Entry[] }
  const [one] = entries
  if (!one) throw new Error('nothing happened')
  return one
}

describe('an exchange', () => {
  const again = async () => {
    const before = await entry()
    const { request } = before
    await shell(
      curlOf({ method: request.method, url: `${stage.double.url()}${request.url}`, headers: request.headers, body: request.body }),
    )
    const after = await entry()
    expect(after.id).not.toBe(before.id)
    return [before, after].map(({ operation, reason, request: { method, url, body, parameters } }) => ({
      operation,
      reason,
      method,
      url,
      body,
      parameters,
    }))
  }

  it.each([
    ['a token request', () => stage.play.redeem('it\'s $HOME `id` "quoted" \\ @file\nand a second line')],
    ['an authorization request', () => stage.play.authorize({ state: "a'b", scope: 'openid nonsense' })],
    ['a call with a token', async () => stage.play.call('no-token')],
    ['a DELETE', () => stage.play.admin('/journal').then(() => fetch(`${stage.double.url()}/plain/register/x`, { method: 'DELETE' }))],
  ])('is sent again by its curl line: %s', async (_, ask) => {
    await ask()
    const [before, after] = await again()
    expect(after).toEqual(before)
  })

  it('is a test that passes where a client does the same again', async () => {
    await stage.play.refresh('no-token')
    const text = testOf(await entry())
    const [, imports, body] = /^(import [^\n]+)\n\n(.*)$/s.exec(text) ?? []
    expect(imports).toBe("import { expect, test } from 'authdouble/vitest'")
    const played: Promise<void>[] = []
    const test = (_: string, run: (given: object) => Promise<void>) => void played.push(run({ double: stage.double }))
    const myClient = (address: { readonly tokenUrl: string }) => ({
      call: () => {
        expect(address.tokenUrl).toBe(stage.play.address.tokenUrl)
        return stage.play.refresh('another')
      },
    })
    new Function('test', 'expect', 'myClient', body ?? '')(test, expect, myClient)
    expect(played).toHaveLength(1)
    await Promise.all(played)
  })
})
