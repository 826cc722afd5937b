import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

/** `npm run test:crash` kills 200 times. */
const kills = Number(process.env['AUTHDOUBLE_KILLS'] ?? 8)
const clients = 16
const folder = mkdtempSync(join(tmpdir(), 'authdouble-crash-'))
const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Address {
  readonly [member: string]: string
}
interface Server {
  readonly child: ChildProcess
  readonly url: string
  readonly providers: { readonly [id: string]: Address }
}

const start = (file: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const flags = ['--port', '0', '--json', '--log-level', 'silent', '--state', file]
    // Without these limits every token stands on its own, and what must work is known.
    const quirks = ['twenty-refresh-tokens', 'fifteen-access-tokens', 'ten-access-tokens-in-ten-minutes'].flatMap((name) => [
      '--quirk',
      `zoho-payments/${name}=false`,
    ])
    const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', ...flags, ...quirks], { stdio: ['ignore', 'pipe', 'pipe'] })
    children.add(child)
    let stdout = ''
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      if (stdout.includes('\n')) resolve({ child, ...JSON.parse(stdout) })
    })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${stderr}`)))
  })

const kill = async ({ child }: Server): Promise<void> => {
  const gone = new Promise((resolve) => child.on('exit', resolve))
  child.kill('SIGKILL')
  await gone
  children.delete(child)
}

/** What the clients know for certain. What was under way when the server died is in neither. */
interface Known {
  readonly access: Set<string>
  readonly refresh: Set<string>
  /** Rotated or revoked. */
  readonly ended: Set<string>
  readonly usedCodes: Set<string>
}

type Tokens = { readonly access_token?: string; readonly refresh_token?: string; readonly error?: string }

const ask = async (url: string, parameters: { readonly [name: string]: string }, headers: { readonly [name: string]: string } = {}) => {
  const reply = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(parameters) })
  return { status: reply.status, body: (await reply.json()) as Tokens }
}

const secretsOf = ({ clientId = '', clientSecret = '' }: Address) => ({ client_id: clientId, client_secret: clientSecret })

/** Zoho: the refresh token stays; revoking it ends its access tokens. */
const zoho = async ({ url, providers }: Server, known: Known): Promise<void> => {
  const address = providers['zoho-payments'] ?? {}
  const { tokenUrl = '' } = address
  const made = await fetch(`${url}/__admin/providers/zoho-payments/codes`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  const { code } = (await made.json()) as { code: string }
  const first = await ask(tokenUrl, { grant_type: 'authorization_code', code, ...secretsOf(address) })
  if (first.body.error !== undefined) throw new Error(`a fresh code was refused: ${first.body.error}`)
  const { access_token: access = '', refresh_token: refresh = '' } = first.body
  known.usedCodes.add(code)
  known.access.add(access)
  known.refresh.add(refresh)
  const second = await ask(tokenUrl, { grant_type: 'refresh_token', refresh_token: refresh, ...secretsOf(address) })
  if (second.body.access_token === undefined) throw new Error(`a fresh refresh token was refused: ${second.body.error}`)
  known.access.add(second.body.access_token)
  if (Math.random() < 0.5) return
  const mine = [access, second.body.access_token]
  for (const token of [...mine, refresh]) {
    known.access.delete(token)
    known.refresh.delete(token)
  }
  const revoked = await fetch(`${address['revokeUrl']}?token=${refresh}`, { method: 'POST' })
  if (revoked.status === 200) for (const token of [...mine, refresh]) known.ended.add(token)
}

const worksAtZoho = async ({ providers }: Server, token: string): Promise<boolean> => {
  const address = providers['zoho-payments'] ?? {}
  const reply = await fetch(address['resourceUrl'] ?? '', { headers: { authorization: `Zoho-oauthtoken ${token}` } })
  await reply.arrayBuffer()
  return reply.status !== 401
}
const refreshesAtZoho = async ({ providers }: Server, token: string): Promise<boolean> => {
  const address = providers['zoho-payments'] ?? {}
  return (
    (await ask(address['tokenUrl'] ?? '', { grant_type: 'refresh_token', refresh_token: token, ...secretsOf(address) })).body
      .access_token !== undefined
  )
}
const redeemsAtZoho = async ({ providers }: Server, code: string): Promise<boolean> => {
  const address = providers['zoho-payments'] ?? {}
  return (
    (await ask(address['tokenUrl'] ?? '', { grant_type: 'authorization_code', code, ...secretsOf(address) })).body.access_token !==
    undefined
  )
}

/** Ziina: the refresh token rotates. The answer is the newest one. */
const ziina = async ({ providers }: Server, held: string | undefined, ended: Set<string>): Promise<string> => {
  const { authorizeUrl = '', tokenUrl = '', clientId = '', username, password, redirectUri = '' } = providers['ziina'] ?? {}
  const basic = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  if (held === undefined) {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: 'offline_access read_account',
      prompt: 'consent',
      state: 's',
    })
    const reply = await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })
    const code = new URL(reply.headers.get('location') ?? '').searchParams.get('code') ?? ''
    const { body } = await ask(tokenUrl, { grant_type: 'authorization_code', code, redirect_uri: redirectUri }, basic)
    if (body.refresh_token === undefined) throw new Error(`a fresh code was refused: ${body.error}`)
    return body.refresh_token
  }
  const { body } = await ask(tokenUrl, { grant_type: 'refresh_token', refresh_token: held }, basic)
  if (body.refresh_token === undefined) throw new Error(`the newest refresh token was refused: ${body.error}`)
  if (body.refresh_token !== held) ended.add(held)
  return body.refresh_token
}

const inTurn = async (tokens: Iterable<string>, check: (token: string) => Promise<boolean>): Promise<readonly string[]> => {
  const wrong: string[] = []
  for (const token of tokens) if (!(await check(token))) wrong.push(token)
  return wrong
}

it(
  `keeps every promise through ${kills} kills under ${clients} clients`,
  async () => {
    let promises = 0
    /** Ziina's newest refresh token of each client; undefined when it is not known which one counts. */
    const held: (string | undefined)[] = []
    for (let round = 0; round < kills; round += 1) {
      // A file does not grow for ever: what is being tested is the kill.
      const file = join(folder, `${Math.floor(round / 10)}.json`)
      if (round % 10 === 0) held.fill(undefined)
      const server = await start(file)
      const known: Known = { access: new Set(), refresh: new Set(), ended: new Set(), usedCodes: new Set() }
      const rotated = new Set<string>()
      const wrong: string[] = []
      let dead = false
      let left = 5 + Math.floor(Math.random() * 60)
      let enough: () => void = () => {}
      const loaded = new Promise<void>((resolve) => {
        enough = resolve
      })
      const client = async (slot: number): Promise<void> => {
        while (!dead) {
          const before = held[slot]
          try {
            if (slot % 2 === 0) await zoho(server, known)
            else {
              held[slot] = undefined
              held[slot] = await ziina(server, before, rotated)
            }
            left -= 1
            if (left === 0) enough()
          } catch (error) {
            // The connection of a server that died is no finding; an answer that broke a promise is.
            if (!(error instanceof TypeError || error instanceof SyntaxError) && !dead) wrong.push(String(error))
            return
          }
        }
      }
      const all = Array.from({ length: clients }, (_, slot) => client(slot))
      await Promise.race([loaded, Promise.all(all)])
      await kill(server)
      dead = true
      await Promise.all(all)
      expect(wrong).toEqual([])

      const again = await start(file)
      try {
        expect(await inTurn(known.access, (token) => worksAtZoho(again, token))).toEqual([])
        expect(await inTurn(known.refresh, (token) => refreshesAtZoho(again, token))).toEqual([])
        expect(await inTurn(known.usedCodes, async (code) => !(await redeemsAtZoho(again, code)))).toEqual([])
        expect(
          await inTurn(known.ended, async (token) => !(await worksAtZoho(again, token)) && !(await refreshesAtZoho(again, token))),
        ).toEqual([])
        for (const [slot, token] of held.entries()) if (token !== undefined) held[slot] = await ziina(again, token, rotated)
        const { tokenUrl = '', username, password } = again.providers['ziina'] ?? {}
        const basic = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
        const replays = await inTurn([...rotated].slice(-5), async (token) => {
          return (await ask(tokenUrl, { grant_type: 'refresh_token', refresh_token: token }, basic)).body.access_token === undefined
        })
        expect(replays).toEqual([])
        // A replay may end the whole grant: start over.
        held.fill(undefined)
        promises += known.access.size + known.refresh.size + known.ended.size + known.usedCodes.size + rotated.size
        await kill(again)
      } catch (error) {
        await kill(again)
        throw error
      }
    }
    expect(promises).toBeGreaterThan(kills * 10)
    console.log(`${promises} promises kept through ${kills} kills`)
  },
  20_000 + kills * 6000,
)
