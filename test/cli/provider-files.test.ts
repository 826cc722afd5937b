import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { playing } from '../kit.js'
import { authdouble } from './command.js'

const cwd = mkdtempSync(join(tmpdir(), 'authdouble-files-'))
afterAll(() => rmSync(cwd, { recursive: true }))
const run = (argv: readonly string[]) => authdouble(argv, { cwd })

it('init provider writes a file that is fine as it stands, with and without what is commented out', { timeout: 60_000 }, async () => {
  expect(await run(['init', 'provider', 'acme']).ended).toMatchObject({ code: 0 })
  expect(await run(['validate', 'acme.yaml']).ended).toMatchObject({ code: 0, stdout: 'acme.yaml is fine\n' })
  expect(await run(['init', 'provider', 'acme']).ended).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') })
  expect(await run(['init', 'provider', 'Acme!']).ended).toMatchObject({ code: 2 })
  const everything = readFileSync(join(cwd, 'acme.yaml'), 'utf8')
    .split('\n')
    .map((line) => (/^# (Try|Ten|Begin|How|Clients|yaml)/.test(line) ? '' : line.replace(/^#(?= {2})|^# /, '')))
    .join('\n')
    .replace('    things:', '    revoke: { operation: revoke, path: /oauth/revoke }\n    things:')
  writeFileSync(join(cwd, 'whole.yaml'), everything)
  expect(await run(['validate', 'whole.yaml']).ended).toMatchObject({ code: 0, stderr: '' })
})

it('providers, openapi, exec and conform take a file where they take an id; a wrong one is exit 2 with its line', {
  timeout: 60_000,
}, async () => {
  writeFileSync(join(cwd, 'own.yaml'), 'extends: plain\nid: own\nname: Own\n')
  writeFileSync(join(cwd, 'wrong.yaml'), 'extends: plain\nsettings:\n  devise: {}\n')
  const print = 'console.log(process.env.AUTHDOUBLE_OWN_TOKEN_URL)'
  const [listed, described, ran, cases, wrong, served] = await Promise.all([
    run(['providers', './own.yaml', '--json']).ended,
    run(['openapi', './own.yaml', '--json']).ended,
    run(['exec', '--provider', './own.yaml', '--quiet', '--', process.execPath, '-e', print]).ended,
    run(['conform', '--provider', './own.yaml', '--list']).ended,
    run(['validate', 'wrong.yaml']).ended,
    run(['serve', '--provider', './wrong.yaml', '--port', '0']).ended,
  ])
  expect(JSON.parse(listed.stdout)).toMatchObject({ id: 'own', name: 'Own' })
  expect(Object.keys(JSON.parse(described.stdout).paths)).toContain('/token')
  expect(ran.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/own\/token\n$/)
  expect(cases.stdout).toContain('own/exchange/redeems-the-code')
  for (const one of [wrong, served])
    expect(one).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('wrong.yaml:3: settings.devise: unknown setting; did you mean device?'),
    })
})

it('a config file names provider files beside ids, and their quirks', { timeout: 60_000 }, async () => {
  writeFileSync(join(cwd, 'own.yaml'), 'extends: zettle\nid: own\n')
  writeFileSync(join(cwd, 'c.yaml'), 'providers: [zettle, ./own.yaml]\nquirks:\n  own/no-token-type: false\n')
  expect(await run(['validate', 'c.yaml']).ended).toMatchObject({ code: 0 })
  const print = 'console.log(process.env.AUTHDOUBLE_OWN_BASE_URL, process.env.AUTHDOUBLE_ZETTLE_BASE_URL)'
  const ran = await run(['exec', '--config', 'c.yaml', '--quiet', '--', process.execPath, '-e', print]).ended
  expect(ran.stdout).toMatch(/\/own http:.*\/zettle\n$/)
})

it('a config file gives clients and users to a provider of a file, and --watch follows the file and what it extends', {
  timeout: 60_000,
}, async () => {
  writeFileSync(join(cwd, 'base.yaml'), 'extends: plain\nid: base\n')
  writeFileSync(join(cwd, 'mine.yaml'), 'extends: ./base.yaml\nid: mine\n')
  const clients = 'clients:\n  - { provider: mine, clientId: my-app, clientSecret: s, redirectUris: ["https://app.example/cb"] }\n'
  writeFileSync(join(cwd, 'm.yaml'), `providers: [./mine.yaml]\n${clients}users:\n  - { provider: mine, id: kim }\n`)
  writeFileSync(join(cwd, 'stranger.yaml'), clients.replace('mine', 'mime'))
  writeFileSync(join(cwd, 'nearly.yaml'), `providers: [./mine.yaml]\n${clients.replace('mine', 'mime')}`)
  const [stranger, nearly] = await Promise.all([run(['validate', 'stranger.yaml']).ended, run(['validate', 'nearly.yaml']).ended])
  expect(stranger).toMatchObject({ code: 2, stderr: expect.stringContaining('stranger.yaml:2: clients[0].provider: is one of plain, ') })
  expect(nearly.stderr).toContain('nearly.yaml:3: clients[0].provider: is one of plain, ziina')
  expect(nearly.stderr).toContain('did you mean mine?')
  const server = run(['serve', '--config', 'm.yaml', '--port', '0', '--json', '--watch', '--log-level', 'silent'])
  let heard = ''
  server.child.stderr.on('data', (chunk: Buffer) => {
    heard += chunk
  })
  const { url, providers } = JSON.parse(await server.line) as {
    url: string
    providers: { mine: { authorizeUrl: string; clientId: string; redirectUri: string } }
  }
  expect(providers.mine).toMatchObject({ clientId: 'my-app', redirectUri: 'https://app.example/cb' })
  const ofFile = await run(['env', './mine.yaml', '--url', url]).ended
  expect(ofFile).toMatchObject({ code: 0, stdout: expect.stringContaining('AUTHDOUBLE_MINE_CLIENT_ID=my-app\n') })
  writeFileSync(join(cwd, 'base.yaml'), 'extends: plain\nid: base\nsettings:\n  authorize: { status: 303 }\n')
  while (!heard.includes('reloaded mine')) await once(server.child.stderr, 'data')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'my-app',
    redirect_uri: 'https://app.example/cb',
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  const answer = await fetch(`${providers.mine.authorizeUrl}?${query}`, { redirect: 'manual' })
  expect([answer.status, new URL(answer.headers.get('location') ?? '').host]).toEqual([303, 'app.example'])
  server.child.kill('SIGTERM')
  await server.ended
  const chosen = await run(['exec', '--config', 'm.yaml', '--provider', 'mine', '--quiet', '--', 'printenv', 'AUTHDOUBLE_MINE_CLIENT_ID'])
    .ended
  expect(chosen).toMatchObject({ code: 0, stdout: 'my-app\n' })
  const unknown = await run(['exec', '--config', 'm.yaml', '--provider', 'mien', '--quiet', '--', 'true']).ended
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('or a file such as ./acme.yaml, not "mien"') })
})

it('--watch reads a changed file again, keeps what was issued, and keeps the old one where the new is wrong', {
  timeout: 60_000,
}, async () => {
  const file = join(cwd, 'live.yaml')
  writeFileSync(file, 'extends: plain\nid: live\n')
  const server = run(['serve', '--provider', './live.yaml', '--port', '0', '--json', '--watch', '--log-level', 'silent'])
  let heard = ''
  server.child.stderr.on('data', (chunk: Buffer) => {
    heard += chunk
  })
  const { providers, admin } = JSON.parse(await server.line) as {
    providers: { live: { baseUrl: string; resourceUrl: string } }
    admin: string
  }
  const { baseUrl } = providers.live
  const minted = await fetch(`${admin}/tokens/mint`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'live' }),
  })
  const { accessToken } = (await minted.json()) as { accessToken: string }
  const call = (path: string) => fetch(`${baseUrl}${path}`, { headers: { authorization: `Bearer ${accessToken}` } })
  expect((await call('/resource')).status).toBe(200)
  const said = async (text: string): Promise<void> => {
    while (!heard.includes(text)) await once(server.child.stderr, 'data')
  }
  writeFileSync(file, 'extends: plain\nid: live\nsettings:\n  endpoints:\n    resource: { path: /moved }\n')
  await said('reloaded live')
  expect([(await call('/moved')).status, (await call('/resource')).status]).toEqual([200, 404])
  writeFileSync(file, 'extends: plain\nid: live\nsettings:\n  endpoint: {}\n')
  await said('live.yaml:4: settings.endpoint: unknown setting; did you mean endpoints?')
  expect((await call('/moved')).status).toBe(200)
  server.child.kill('SIGTERM')
  await server.ended
})

it('learn prints a file from a recording, says what it could not learn, and refuses what is none', { timeout: 60_000 }, async () => {
  await using double = await createServer({ providers: ['zettle'], host: '127.0.0.1' })
  const play = playing(double, 'zettle')
  await play.call((await play.connect()).access)
  writeFileSync(join(cwd, 'Traffic of today.har'), (await play.admin('/journal?format=har')).text)
  writeFileSync(join(cwd, 'none.har'), '{}')
  const [learned, none, missing] = await Promise.all([
    run(['learn', 'Traffic of today.har']).ended,
    run(['learn', 'none.har']).ended,
    run(['learn', 'no.har']).ended,
  ])
  expect(learned).toMatchObject({ code: 0, stderr: expect.stringContaining('not learned: no refresh was recorded') })
  expect(learned.stdout).toContain('grade: observed')
  writeFileSync(join(cwd, 'learned.yaml'), learned.stdout)
  expect(await run(['validate', 'learned.yaml']).ended).toMatchObject({ code: 0 })
  const rows = await run(['providers', './learned.yaml', '--json']).ended
  expect(JSON.parse(rows.stdout)).toMatchObject({
    id: 'traffic-of-today',
    quirks: expect.arrayContaining([expect.objectContaining({ grade: 'observed' })]),
  })
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('neither a HAR') })
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOENT') })
})
