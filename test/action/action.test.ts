import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { environmentOf } from '../../src/cli/environment.js'
import { createServer } from '../../src/index.js'
import { actionPath, job, readAction } from './runner.js'

/** A project that has authdouble installed: the build of this tree. */
const project = async () => {
  const path = await mkdtemp(join(tmpdir(), 'authdouble project-'))
  await mkdir(join(path, 'node_modules', '.bin'), { recursive: true })
  const command = `#!/bin/sh\nexec '${process.execPath}' '${resolve('dist/cli/main.js')}' "$@"\n`
  await writeFile(join(path, 'node_modules', '.bin', 'authdouble'), command, { mode: 0o755 })
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('no input becomes part of a command: they reach the steps as environment variables, and no script evaluates text', async () => {
  const { runs, inputs } = await readAction()
  const scripts = (await readdir(actionPath)).filter((name) => name.endsWith('.sh'))
  expect(scripts.length).toBeGreaterThan(0)
  for (const step of runs.steps) {
    expect(step.run).not.toContain('${{')
    expect(step.shell).toBe('bash')
  }
  for (const name of scripts) expect(await readFile(join(actionPath, name), 'utf8')).not.toMatch(/\beval\b|\bbash -c\b|\bsh -c\b/)
  const used = JSON.stringify(runs.steps)
  for (const name of Object.keys(inputs)) expect(used).toContain(`inputs.${name}`)
})

test('it starts the double, exports its environment, and stops it', async () => {
  await using own = await project()
  await using work = await job()
  const started = await work.uses({ 'working-directory': own.path, provider: 'zettle' })
  expect(started).toMatchObject({ code: 0, ran: ['Find or install authdouble', 'Start, and wait until it is ready'] })
  const pid = Number(await readFile(join(work.temporary, 'authdouble', 'pid'), 'utf8'))
  try {
    expect(started.outputs['url']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(work.environment['AUTHDOUBLE_URL']).toBe(started.outputs['url'])
    expect((await fetch(`${work.environment['AUTHDOUBLE_URL']}/healthz`)).status).toBe(200)
    expect(work.environment['AUTHDOUBLE_ZETTLE_TOKEN_URL']).toBe(`${started.outputs['url']}/zettle/token`)
    const credentials = `${work.environment['AUTHDOUBLE_ZETTLE_CLIENT_ID']} ${work.environment['AUTHDOUBLE_ZETTLE_CLIENT_SECRET']}`
    expect(credentials).toMatch(/^[^"'\s]+ [^"'\s]+$/)
    const ready = JSON.parse(await readFile(join(work.temporary, 'authdouble', 'ready.json'), 'utf8'))
    expect(work.environment).toEqual(environmentOf(ready))
  } finally {
    expect(await work.uses({ command: 'stop' })).toMatchObject({ code: 0, ran: ['Stop'] })
  }
  expect(alive(pid)).toBe(false)
  expect(await work.uses({ command: 'stop' })).toMatchObject({ code: 0, log: 'authdouble was not started\n' })
})

test('arguments are taken as they are, a line each, whatever a shell would make of them', async () => {
  await using own = await project()
  await using work = await job()
  const given = { 'working-directory': own.path, provider: 'zettle', arguments: '--log-level\n$(touch pwned) `touch pwned`; touch pwned' }
  const started = await work.uses(given)
  await work.uses({ command: 'stop' })
  expect(await readdir(own.path)).toEqual(['node_modules'])
  expect(started.code).not.toBe(0)
})

test('a double that cannot start fails the step and says why', async () => {
  await using own = await project()
  await using work = await job()
  const started = await work.uses({ 'working-directory': own.path, provider: 'nobody-knows-this' })
  expect(started.code).toBe(1)
  expect(started.log).toContain('::error::authdouble did not become ready')
  expect(started.log).toContain('nobody-knows-this')
  expect(await work.uses({ command: 'stop' })).toMatchObject({ code: 0, log: 'authdouble was not started\n' })
})

test('a port that is taken is named in the annotation', async () => {
  await using own = await project()
  await using work = await job()
  await using taken = await createServer({ providers: ['zettle'] })
  const { port } = new URL(taken.url())
  const started = await work.uses({ 'working-directory': own.path, provider: 'zettle', port })
  expect(started.code).toBe(1)
  expect(started.log).toMatch(new RegExp(`^::error::authdouble did not become ready: .*port ${port} is in use`, 'm'))
})

test('where neither the project nor its inputs name a version, it installs the release that the action belongs to', async () => {
  const own = await mkdtemp(join(tmpdir(), 'authdouble without-'))
  await using work = await job()
  // An npm that only says what it was asked: what is published is no matter of this test.
  await writeFile(join(own, 'npm'), '#!/bin/sh\necho "npm $*"\nexit 1\n', { mode: 0o755 })
  work.environment['PATH'] = `${own}:${process.env['PATH']}`
  const { version } = JSON.parse(await readFile('package.json', 'utf8'))
  const pinned = await work.uses({ 'working-directory': own })
  const told = await work.uses({ 'working-directory': own, version: 'latest' })
  await rm(own, { recursive: true })
  expect(pinned).toMatchObject({ code: 1, log: expect.stringContaining(`-- authdouble@${version}\n`) })
  expect(told).toMatchObject({ code: 1, log: expect.stringContaining('-- authdouble@latest\n') })
})

test('a second start before a stop is refused, and leaves the first one running', async () => {
  await using own = await project()
  await using work = await job()
  const given = { 'working-directory': own.path, provider: 'zettle' }
  const first = await work.uses(given)
  const second = await work.uses(given)
  const answer = await fetch(`${first.outputs['url']}/healthz`)
  await work.uses({ command: 'stop' })
  expect(answer.status).toBe(200)
  expect(second).toMatchObject({ code: 1, log: expect.stringContaining('::error::authdouble runs already') })
})

test('a command that is none and a directory that is not there fail before anything is installed', async () => {
  await using own = await project()
  await using work = await job()
  const mistyped = await work.uses({ command: 'strat', 'working-directory': own.path })
  expect(mistyped).toMatchObject({ code: 1, log: "::error::authdouble has no command 'strat': start, stop or conform\n" })
  const lost = await work.uses({ 'working-directory': join(own.path, 'nowhere') })
  expect(lost).toMatchObject({ code: 1, log: '::error::working-directory is no directory\n' })
})

test("no line of the double's log reaches the runner as a command", async () => {
  await using own = await project()
  await using work = await job()
  await work.uses({ 'working-directory': own.path, provider: 'zettle' })
  await writeFile(join(work.temporary, 'authdouble', 'log.txt'), '::error::not of ours\n')
  const { log } = await work.uses({ command: 'stop' })
  const [, token = ''] = /^::stop-commands::([0-9a-f-]{36})$/m.exec(log) ?? []
  expect(log).toContain(`::stop-commands::${token}\n::error::not of ours\n::${token}::\n`)
})

test('findings of an earlier run are not taken for those of this one', async () => {
  await using own = await project()
  await using work = await job()
  await writeFile(join(own.path, 'authdouble.sarif'), '{}')
  const { code, outputs } = await work.uses({ command: 'conform', 'working-directory': own.path, provider: 'nobody', exec: 'true' })
  expect([code, outputs['sarif']]).toEqual([2, ''])
})

const conform = async (client: string, wanted: string) => {
  await using own = await project()
  await using work = await job()
  const given = {
    command: 'conform',
    'working-directory': own.path,
    provider: 'zettle',
    arguments: `--case\n${wanted}`,
    exec: `${process.execPath}\n${resolve('fixtures/clients', client)}`,
  }
  const { code, outputs, summary, ran } = await work.uses(given)
  const sarif = JSON.parse(await readFile(outputs['sarif'] ?? '', 'utf8'))
  return {
    code,
    ran,
    summary,
    file: outputs['sarif'] === join(await realpath(own.path), 'authdouble.sarif'),
    results: sarif.runs[0].results,
  }
}

test('a client that does well passes the conformance suite, and the summary says so', async () => {
  expect(await conform('simple-oauth2.mjs', 'zettle/exchange/redeems-the-code')).toEqual({
    code: 0,
    ran: ['Find or install authdouble', 'Run the conformance suite'],
    summary: expect.stringContaining('passed'),
    file: true,
    results: [],
  })
})

test('findings fail the step, stand in the summary, and are there as SARIF all the same', async () => {
  const { code, summary, results } = await conform('simple-oauth2.mjs', 'zettle/exchange/sends-no-code-twice')
  expect(code).toBe(1)
  expect(summary).toContain('sends-no-code-twice')
  expect(results).toContainEqual(expect.objectContaining({ ruleId: expect.any(String), level: 'error' }))
})
