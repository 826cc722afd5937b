import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { present } from '../intercept/ground.js'
import { authdouble } from './command.js'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'authdouble-intercept-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** `exec --intercept` with a client that has the host in its source. */
const exec = (...command: readonly string[]) =>
  authdouble(['exec', '--quiet', '--intercept', '--ca-dir', directory, '--provider', 'zettle', '--', ...command]).ended

const refusal = /"error":\s?"(invalid_request|invalid_client|unsupported_grant_type)"/

describe('authdouble exec --intercept', () => {
  it.runIf(present('curl'))('brings curl to the double under the real name', async () => {
    const { stdout, code } = await exec('curl', '-sS', '-d', 'grant_type=x', 'https://oauth.zettle.com/token')
    expect(stdout).toMatch(refusal)
    expect(code).toBe(0)
  })

  it.runIf(present('python3'))("brings Python's urllib there", async () => {
    const program = [
      'import urllib.request, urllib.error',
      'try: urllib.request.urlopen("https://oauth.zettle.com/token", b"grant_type=x")',
      'except urllib.error.HTTPError as error: print(error.code, error.read().decode())',
    ].join('\n')
    expect((await exec('python3', '-c', program)).stdout).toMatch(refusal)
  })

  it("brings Node's fetch there", async () => {
    const program = "fetch('https://oauth.zettle.com/token', { method: 'POST' }).then(async (answer) => console.log(await answer.text()))"
    expect((await exec(process.execPath, '-e', program)).stdout).toMatch(refusal)
  })

  it('brings a Node client there that opens connections of its own', async () => {
    const program = [
      "const { Agent, request } = require('undici')",
      "const post = { method: 'POST', dispatcher: new Agent() }",
      "request('https://oauth.zettle.com/token', post).then(async ({ body }) => console.log(await body.text()))",
    ].join('\n')
    expect((await exec(process.execPath, '-e', program)).stdout).toMatch(refusal)
  })

  it.runIf(present('go'))("brings Go's net/http there", async () => {
    const source = join(directory, 'client.go')
    const program = [
      'package main',
      'import ("fmt"; "io"; "net/http"; "strings")',
      'func main() {',
      '  answer, failed := http.Post("https://oauth.zettle.com/token", "application/x-www-form-urlencoded", strings.NewReader("grant_type=x"))',
      '  if failed != nil { panic(failed) }',
      '  text, _ := io.ReadAll(answer.Body)',
      '  fmt.Println(string(text))',
      '}',
    ].join('\n')
    await writeFile(source, program)
    execFileSync('go', ['build', '-o', join(directory, 'client'), source])
    expect((await exec(join(directory, 'client'))).stdout).toMatch(refusal)
  })

  it.runIf(present('ruby'))("brings Ruby's net/http there", async () => {
    const program = "require 'net/http'; puts Net::HTTP.post_form(URI('https://oauth.zettle.com/token'), 'grant_type' => 'x').body"
    expect((await exec('ruby', '-e', program)).stdout).toMatch(refusal)
  })

  it.runIf(present('curl'))('lets nothing else leave the machine, and leaves what is on it alone', async () => {
    expect(await exec('curl', '-sS', 'https://www.zettle.com/')).toMatchObject({ code: 56, stdout: '' })
    expect((await exec('sh', '-c', 'curl -sS "$AUTHDOUBLE_URL/healthz"')).stdout).toContain('"status":"ok"')
  })
})
