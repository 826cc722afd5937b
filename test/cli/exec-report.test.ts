import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { recordExchanges } from '../../src/cli/exchanges.js'
import { createServer } from '../../src/index.js'
import { sampleOf } from '../runners/page.js'
import { authdouble } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'exec-report-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A client in a sandbox that it throws away, as tests do. */
const client = join(folder, 'client.mjs')
writeFileSync(
  client,
  `
const { AUTHDOUBLE_ADMIN_URL: admin } = process.env
const control = async (method, url, body) => {
  const answer = await fetch(url, { method, headers: { 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) })
  return answer.status === 204 ? undefined : answer.json()
}
const sandbox = await control('POST', admin + '/sandboxes', {})
const { tokenUrl, userinfoUrl, authorizeUrl, clientId, clientSecret, redirectUri } = sandbox.providers.zettle
const tokens = await control('POST', sandbox.admin + '/tokens/mint', { provider: 'zettle' })
const refresh = (token) => fetch(tokenUrl, { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: clientId, client_secret: clientSecret }) }).catch(() => {})
const steps = {
  refreshes: () => refresh(tokens.refreshToken),
  'sends a token that is none': () => refresh('IZSEC|<b>none</b>'),
  'meets a fault': async () => {
    await control('POST', sandbox.admin + '/faults', { operation: 'token', kind: 'refuse', reason: 'refresh_token_revoked' })
    await refresh(tokens.refreshToken)
  },
  'is late': async () => {
    await control('POST', sandbox.admin + '/clock', { advance: '3h' })
    await fetch(userinfoUrl, { headers: { authorization: 'Bearer ' + tokens.accessToken } })
  },
  'is denied': async () => {
    await control('PUT', sandbox.admin + '/approvals', { deny: true })
    await fetch(authorizeUrl + '?' + new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, state: 's' }), { redirect: 'manual' })
  },
  'goes astray': () => fetch(sandbox.url + '/zettle/tokn?secret=s3cret', { method: 'POST' }),
  'ends with 7': () => { process.exitCode = 7 },
}
for (const step of process.argv.slice(2)) await steps[step]()
await control('DELETE', admin + '/sandboxes/' + sandbox.name)
`,
)

const exec = (flags: readonly string[], ...steps: readonly string[]) =>
  authdouble(['exec', ...flags, '--', process.execPath, client, ...steps]).ended

describe('authdouble exec', () => {
  it('says what was done in sandboxes that are gone', async () => {
    const { code, stderr } = await exec([], 'refreshes', 'sends a token that is none')
    expect(stderr.trim()).toBe('authdouble: 2 requests. zettle: 1 refresh, 1 refused (refresh_token_unknown).')
    expect(code).toBe(0)
  })

  it('ends with 1 for a refusal that nobody brought about, and says which', async () => {
    const { code, stderr } = await exec(['--fail-on', 'refused'], 'refreshes', 'sends a token that is none', 'sends a token that is none')
    expect(stderr).toMatch(
      /refused, though no fault.*--allow <reason>.*\n {2}zettle POST \/zettle\/token was refused with 400: no such refresh token was issued \(refresh_token_unknown\).* \(2 times\)\n$/,
    )
    expect(code).toBe(1)
  })

  it('does so when it is to be quiet, too', async () => {
    const { code, stderr } = await exec(['-q', '--fail-on', 'refused'], 'sends a token that is none')
    expect(stderr).toMatch(/^authdouble: refused, though/)
    expect(code).toBe(1)
  })

  it.each([
    [[], ['refreshes']],
    [[], ['meets a fault']],
    [[], ['is late']],
    [[], ['is denied']],
    [['--allow', 'code_used', '--allow', 'refresh_token_unknown'], ['sends a token that is none']],
  ])('ends with 0 with %j when the client %j', async (allow, steps) => {
    const { code, stderr } = await exec(['--fail-on', 'refused', ...allow], ...steps)
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('though') })
  })

  it("keeps the command's own code", async () => {
    expect((await exec(['-q', '--fail-on', 'refused'], 'sends a token that is none', 'ends with 7')).code).toBe(7)
  })

  it('writes what was done as JSON', async () => {
    const file = join(folder, 'report.json')
    await exec(['--report', `json=${file}`], 'refreshes', 'sends a token that is none', 'meets a fault', 'goes astray')
    const report = JSON.parse(readFileSync(file, 'utf8'))
    expect(report).toMatchObject({
      authdouble: expect.stringMatching(/^\d+\.\d+\.\d+/),
      exitCode: 0,
      requests: 4,
      providers: [{ provider: 'zettle', refreshes: 1, codeExchanges: 0, refused: expect.any(Number) }],
      refused: [
        { provider: 'zettle', operation: 'token', reason: 'refresh_token_unknown', status: 400, unexpected: true, count: 1 },
        { reason: 'refresh_token_revoked', unexpected: false },
      ],
      unknown: ['/zettle/tokn'],
    })
    expect(report.refused[0]).toMatchObject({
      explained: expect.stringMatching(/^zettle POST .zettle.token was refused with 400/),
      quirks: expect.any(Array),
    })
    expect(readFileSync(file, 'utf8')).not.toMatch(/IZSEC|s3cret|~[0-9a-f]/)
  })

  it('writes it as Markdown for the summary of a CI run, the unexpected first', async () => {
    const file = join(folder, 'report.md')
    await exec(
      ['--fail-on', 'refused', '--report', `markdown=${file}`],
      'refreshes',
      'is denied',
      'sends a token that is none',
      'goes astray',
    )
    const [title, , head, , row, , , , ...rest] = readFileSync(file, 'utf8').split('\n')
    expect(title).toBe('## ❌ authdouble: 4 requests, 1 refused unexpectedly')
    expect(head).toBe('| provider | requests | authorizations | codes | refreshes | other grants | API calls | revocations | refused |')
    expect(row).toBe('| zettle | 3 | 1 | 0 | 1 | 0 | 0 | 0 | 2 |')
    expect(rest[0]).toMatch(/^- ❌ zettle POST \/zettle\/token was refused with 400: .*refresh\\_token\\_unknown/)
    expect(rest[1]).toMatch(/^- ☑️ zettle GET \/zettle\/authorize was refused with 302/)
    expect(rest.join('\n')).toMatch(/### At paths that no provider serves\n\n- \/zettle\/tokn\n$/)
  })

  it('writes to stdout where no file is named, behind what the command wrote', async () => {
    const { stdout } = await authdouble(['exec', '-q', '--report', 'markdown', '--', 'echo', 'from the command']).ended
    expect(stdout).toMatch(/^from the command\n## ✅ authdouble: 0 requests, 0 refused unexpectedly\n\nNo request came/)
  })

  it.each([
    [['--report', 'yaml'], 'markdown or json'],
    [['--report', 'json', '--report', 'markdown'], 'only one report can go to stdout'],
    [['--report', `json=${folder}/no/such/folder/report.json`], 'cannot write the report'],
    [['--report', 'json='], 'cannot write the report'],
    [['--fail-on', 'refusal'], '--fail-on takes refused'],
    [['--allow', 'code_usd'], 'did you mean code_used?'],
  ])('refuses %j with 2, before the command runs', async (flags, said) => {
    const { code, stdout, stderr } = await authdouble(['exec', ...flags, '--', 'echo', 'ran']).ended
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(said) })
  })
})

describe('what is kept of very many exchanges', () => {
  it('is the newest for the summary, and every refusal', async () => {
    await using double = await createServer({ providers: ['zettle'] })
    const exchanges = recordExchanges([], 4)
    for (let i = 0; i < 9; i += 1) await double.fetch('/zettle/token', { method: 'POST' })
    exchanges.stop()
    await double.fetch('/zettle/token', { method: 'POST' })
    expect(exchanges.requests()).toBe(9)
    expect(exchanges.seen().length).toBeLessThanOrEqual(4)
    expect(exchanges.refusals()).toMatchObject([{ reason: 'client_credentials_missing', count: 9, unexpected: true }])
  })
})

it('docs/in-your-tests.md shows a command that writes a report', async () => {
  const line = (await sampleOf('Any other command')).trim()
  const [npx, command, ...argv] = line.split(' ')
  expect([npx, command, argv.slice(-3)]).toEqual(['npx', 'authdouble', ['--', 'npm', 'test']])
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ scripts: { test: 'curl -s $AUTHDOUBLE_ZETTLE_TOKEN_URL -d grant_type=nothing' } }),
  )
  const { code } = await authdouble(argv, { cwd: folder }).ended
  expect(code).toBe(1)
  expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('client\\_credentials\\_missing')
})
