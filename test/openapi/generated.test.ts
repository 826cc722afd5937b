/** The descriptions serve a generator: a client made from what the server hands out is typed, and works. */

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createServer, providers } from '../../src/index.js'
import { patience } from '../patience.js'

const run = promisify(execFile)

/** The generator wants the compiler of before, so it lives in a folder of its own and not among our dependencies. */
const tools = ['openapi-typescript@7.13.0', 'openapi-fetch@0.17.0', 'typescript@5.9.3']

const generator = `
import { writeFileSync } from 'node:fs'
import generate, { astToString } from 'openapi-typescript'
for (const pair of process.argv.slice(2)) {
  const [name, url] = pair.split('=')
  writeFileSync(\`\${name}.d.ts\`, astToString(await generate(new URL(url))))
}
`

const program = `
import createClient from 'openapi-fetch'
import type { paths } from './zettle.js'

const [baseUrl = '', client_id = '', client_secret = '', redirect_uri = ''] = process.argv.slice(2)
const zettle = createClient<paths>({ baseUrl })
const form = { 'content-type': 'application/x-www-form-urlencoded' }

const asked = await zettle.GET('/authorize', {
  params: { query: { response_type: 'code', client_id, redirect_uri, scope: 'READ:FINANCE', state: 'x y' } },
  redirect: 'manual',
  parseAs: 'text',
})
const code = new URL(asked.response.headers.get('location') ?? '').searchParams.get('code') ?? ''
const first = await zettle.POST('/token', { body: { grant_type: 'authorization_code', code, redirect_uri, client_id, client_secret }, headers: form })
const second = await zettle.POST('/token', {
  body: { grant_type: 'refresh_token', refresh_token: first.data?.refresh_token ?? '', client_id, client_secret },
  headers: form,
})
const authorization = \`Bearer \${second.data?.access_token}\`
const self = await zettle.GET('/users/self', { headers: { authorization } })
const gone = await zettle.DELETE('/application-connections/self', { headers: { authorization } })
const refused = await zettle.GET('/users/self', { headers: { authorization } })
const lifetime: number | undefined = first.data?.expires_in
console.log(JSON.stringify({ lifetime, uuid: self.data?.uuid, gone: gone.response.status, refused: refused.response.status }))
`

test('a client generated from the description completes a flow', { timeout: patience(120_000) }, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'authdouble-generated-'))
  try {
    await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}')
    const installed = await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tools], { cwd: folder }).catch(
      (error: Error) => error,
    )
    if (installed instanceof Error) {
      if (process.env['CI'] === 'true') throw installed
      context.skip(`no registry to install the generator from: ${installed.message.slice(0, 200)}`)
    }
    await using double = await createServer()
    const named = [
      ...providers.map(({ id }) => [id, `${double.url()}/${id}/openapi.json`]),
      ['admin', `${double.url()}/__admin/openapi.json`],
    ]
    await writeFile(join(folder, 'generate.js'), generator)
    await run(process.execPath, ['generate.js', ...named.map((pair) => pair.join('='))], { cwd: folder })
    await writeFile(join(folder, 'globals.d.ts'), 'declare const process: { readonly argv: readonly string[] }\n')
    await writeFile(join(folder, 'program.ts'), program)
    const options = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2023,dom,dom.iterable',
      '--skipLibCheck',
      'false',
    ]
    const declared = named.map(([name]) => `${name}.d.ts`)
    const compiled = await run(join(folder, 'node_modules/.bin/tsc'), [...options, 'globals.d.ts', 'program.ts', ...declared], {
      cwd: folder,
    }).catch((error: { readonly stdout: string }) => error)
    expect(compiled.stdout).toBe('')
    const { baseUrl, clientId, clientSecret = '', redirectUri = '' } = double.provider('zettle')
    const { stdout } = await run(process.execPath, ['program.js', baseUrl, clientId, clientSecret, redirectUri], { cwd: folder })
    expect(JSON.parse(stdout)).toEqual({ lifetime: 7200, uuid: 'de305d54-75b4-431b-adb2-eb6b9e546014', gone: 204, refused: 401 })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
