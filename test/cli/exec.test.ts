import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { authdouble } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'exec-'))
afterAll(() => rmSync(folder, { recursive: true }))

const script = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const curl = `
set -eu
reply=$(curl -sf "$AUTHDOUBLE_ZETTLE_TOKEN_URL" -d grant_type=refresh_token -d refresh_token=IZSEC07b0edfc-f557-4e52-a995-384288e2351e \\
  -d "client_id=$AUTHDOUBLE_ZETTLE_CLIENT_ID" -d "client_secret=$AUTHDOUBLE_ZETTLE_CLIENT_SECRET")
token=$(printf %s "$reply" | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
curl -sf -H "Authorization: Bearer $token" "$AUTHDOUBLE_ZETTLE_USERINFO_URL"
`

const python = `
import json, os, urllib.parse, urllib.request
env = os.environ
body = urllib.parse.urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id": env["AUTHDOUBLE_ZETTLE_CLIENT_ID"], "assertion": env["AUTHDOUBLE_ZETTLE_ASSERTION"]}).encode()
tokens = json.load(urllib.request.urlopen(env["AUTHDOUBLE_ZETTLE_TOKEN_URL"], body))
request = urllib.request.Request(env["AUTHDOUBLE_ZETTLE_USERINFO_URL"], headers={"Authorization": "Bearer " + tokens["access_token"]})
print(json.load(urllib.request.urlopen(request))["uuid"])
`

const there = (command: string): boolean => {
  try {
    execFileSync('which', [command])
    return true
  } catch {
    if (process.env['CI'] === 'true') throw new Error(`${command} is missing`)
    console.log(`not run: ${command} is not installed`)
    return false
  }
}

describe('authdouble exec', () => {
  it.runIf(there('curl'))('gives a shell script with curl all it needs, and says what it did', async () => {
    const { code, stdout, stderr } = await authdouble(['exec', '--', 'sh', script('client.sh', curl)]).ended
    expect(JSON.parse(stdout)).toMatchObject({ uuid: 'de305d54-75b4-431b-adb2-eb6b9e546014' })
    expect(stderr.trim()).toBe('authdouble: 2 requests. zettle: 1 refresh, 1 API call.')
    expect(code).toBe(0)
  })

  it.runIf(there('python3'))('gives a Python script with urllib the same', async () => {
    const { code, stdout, stderr } = await authdouble(['exec', '--', 'python3', script('client.py', python)]).ended
    expect(stdout.trim()).toBe('de305d54-75b4-431b-adb2-eb6b9e546014')
    expect(stderr).toContain('1 by other grants, 1 API call')
    expect(code).toBe(0)
  })

  it("ends with the command's code, and says when it asked for nothing", async () => {
    const { code, stderr } = await authdouble(['exec', '--', 'sh', '-c', 'exit 7']).ended
    expect(code).toBe(7)
    expect(stderr).toContain('no request came')
  })

  it('ends with 128 and the number when a signal ended the command', async () => {
    expect((await authdouble(['exec', '-q', '--', 'sh', '-c', 'kill -KILL $$']).ended).code).toBe(137)
  })

  it('passes signals on', async () => {
    const running = authdouble([
      'exec',
      '-q',
      '--',
      'sh',
      '-c',
      'trap "echo trapped; exit 9" TERM; echo ready; while :; do sleep 0.05; done',
    ])
    expect(await running.line).toBe('ready')
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ code: 9, stdout: 'ready\ntrapped\n' })
  })

  it('ends a command that does not heed a signal when it comes again, and leaves nothing behind', async () => {
    const deaf = "process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log(process.pid)"
    const running = authdouble(['exec', '-q', '--', process.execPath, '-e', deaf])
    const pid = Number(await running.line)
    running.child.kill('SIGTERM')
    await once(running.child.stdout, 'data')
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ code: 137 })
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('does not split or expand arguments', async () => {
    const { stdout } = await authdouble(['exec', '-q', '--', 'printf', '%s|', 'a b', '$HOME', '--port']).ended
    expect(stdout).toBe('a b|$HOME|--port|')
  })

  it.each([
    [['exec'], 'after --'],
    [['exec', 'ls'], 'after --'],
    [['exec', '--', 'no-such-command-anywhere'], 'no such command'],
  ])('refuses %j with 2', async (argv, said) => {
    expect(await authdouble(argv).ended).toMatchObject({ code: 2, stderr: expect.stringContaining(said) })
  })

  it.runIf(there('curl'))('leads a real host name to the double with --intercept, and nothing further', async () => {
    const line =
      'curl -s -o /dev/null -w "%{http_code} " https://oauth.zettle.com/users/self; curl -s -o /dev/null -w "%{http_code}" https://example.com/ || echo refused'
    const { stdout } = await authdouble(['exec', '-q', '--intercept', '--ca-dir', join(folder, 'ca'), '--', 'sh', '-c', line]).ended
    expect(stdout).toMatch(/^401 .*refused/s)
  })
})
