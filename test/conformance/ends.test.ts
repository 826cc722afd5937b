import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { ClientEnvironment, Driver } from '../../src/conformance/drivers/driver.js'
import { execDriver } from '../../src/conformance/drivers/exec.js'
import { moduleDriver } from '../../src/conformance/drivers/moduleProcess.js'
import { runConformance } from '../../src/conformance/runner/run.js'

const file = (name: string): string => fileURLToPath(new URL(`./clients/ends/${name}.mjs`, import.meta.url))

const given = (): ClientEnvironment => ({
  provider: 'zettle',
  issuer: 'issuer',
  stateDir: mkdtempSync(join(tmpdir(), 'authdouble-ends-')),
  baseUrl: 'http://127.0.0.1:1',
  clientId: 'id',
  redirectUri: 'http://127.0.0.1:1/callback',
  tokenUrl: 'http://127.0.0.1:1/token',
})

const started = async (driver: Driver, told = given()) => {
  const session = await driver.start(told)
  return { session, told, hello: await session.ask({ step: 'hello' }) }
}

const doing = async (deed: string, limit = 5000) => {
  process.env['SEVERAL'] = deed
  return started(await moduleDriver(file('several'), limit))
}

const isAlive = (pid: number): boolean => {
  try {
    // A process that nobody has asked for its exit code is no process any more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

afterEach(() => {
  delete process.env['SEVERAL']
})

describe('A module that', () => {
  it('ends the process at its import is refused by name', async () => {
    await expect(moduleDriver(file('exits-at-import'))).rejects.toThrow('ended with exit code 0 during its import')
  })

  it('is never imported to its end is refused in time', async () => {
    await expect(moduleDriver(file('never-loads'), 300)).rejects.toThrow('was not loaded within 0.3 s')
  })

  it('ends the process in a step has ended early, and did not go on', async () => {
    const { session } = await doing('exits')
    expect(await session.ask({ step: 'call' })).toEqual({ state: 'ended', note: 'ended with exit code 0 during call' })
    expect(await session.ask({ step: 'call' })).toMatchObject({ state: 'ended' })
    expect(await session.leave()).toEqual({ how: 'early', code: 0 })
  })

  it('leaves a rejection unhandled has ended with exit code 1, and is told by what', async () => {
    const { session } = await doing('rejects')
    expect(await session.ask({ step: 'call' })).toEqual({
      state: 'ended',
      note: 'ended with exit code 1 during call, after an unhandled rejection: Error: nobody waits for this',
    })
    expect(await session.leave()).toEqual({ how: 'exit-code', code: 1 })
    expect(session.stderr()).toContain('nobody waits for this')
  })

  it('never lets go of its thread is silent, and ended', async () => {
    const { session } = await doing('loops', 500)
    expect(await session.ask({ step: 'call' })).toEqual({ state: 'silent', note: 'no answer to call within 0.5 s' })
    expect(await session.leave()).toEqual({ how: 'timeout' })
  })

  it('sets an exit code as it ends has that exit code, and the runner has its own', async () => {
    const { session } = await doing('fails-at-exit')
    expect(await session.ask({ step: 'call' })).toEqual({ state: 'ok' })
    expect(await session.leave()).toEqual({ how: 'exit-code', code: 7 })
    expect(process.exitCode).toBeUndefined()
  })

  it.runIf(process.platform === 'linux')('leaves a detached daemon leaves none, although it holds the output', async () => {
    const { session, told } = await doing('leaves-a-daemon')
    expect(await session.ask({ step: 'call' })).toEqual({ state: 'ok' })
    const pid = Number(readFileSync(join(told.stateDir, 'pid'), 'utf8'))
    expect(isAlive(pid)).toBe(true)
    await session.kill()
    expect(isAlive(pid)).toBe(false)
  })

  it('returns an object of its own from call is told so, and gets no verdict', async () => {
    const { session } = await doing('object')
    expect(await session.ask({ step: 'call' })).toEqual({
      state: 'harness',
      note: "call returned { state: 'fine' }: it returns a number, a Response, { status } or nothing",
    })
    await session.leave()
    const report = await runConformance({
      provider: 'zettle',
      driver: await moduleDriver(file('several')),
      only: ['exchange/redeems-the-code'],
    })
    expect(report.exitCode).toBe(4)
    expect(report.cases[0]?.checks[0]?.why).toContain('call returned { state:')
  })

  it.each(['status', 'response'])('returns %s has said its status', async (deed) => {
    const { session } = await doing(deed)
    expect(await session.ask({ step: 'call' })).toEqual({ state: 'ok', status: 200 })
    expect(await session.leave()).toEqual({ how: 'own', code: 0 })
  })

  it('writes is not misunderstood, and what it wrote is kept with the case in which it did', async () => {
    const { session } = await doing('prints')
    expect(await session.ask({ step: 'call' })).toEqual({ state: 'ok' })
    await session.leave()
    expect(session.written()).toEqual({ stdout: '{"id":1,"ok":true}\n', stderr: 'a complaint\n' })
  })

  it('is killed answers no more until it is started again, with its storage', async () => {
    const { session } = await doing('loops')
    const asked = session.ask({ step: 'call' })
    await session.kill()
    expect(await asked).toEqual({ state: 'killed', note: 'killed during call' })
    expect(await session.restart()).toMatchObject({ state: 'ok', client: 'several 1.0' })
    await session.kill()
  })

  it('asks for the time is told the one that the case sets', async () => {
    const { session, hello } = await doing('tells')
    expect(hello.steps).toContain('clock')
    await session.ask({ step: 'clock', now: 2_000_000_000 })
    await session.ask({ step: 'call' })
    await session.leave()
    expect(session.written().stdout).toContain('2033-05-18T03:33')
  })
})

describe('The process of a module', () => {
  const cases = async (): Promise<readonly (string | undefined)[]> => {
    const driver = await moduleDriver(file('counts'))
    const names: (string | undefined)[] = []
    for (const _ of [1, 2]) {
      const { session, hello } = await started(driver)
      names.push(hello.client)
      await session.ask({ step: 'call' })
      await session.leave()
    }
    return names
  }

  it('serves the next case too when nothing of the last is left in it', async () => {
    const [first, second] = await cases()
    expect(second).toBe(first)
  })

  it('is ended when a timer is left in it', async () => {
    process.env['COUNTS'] = 'timer'
    const [first, second] = await cases().finally(() => delete process.env['COUNTS'])
    expect(second).not.toBe(first)
  })
})

describe('A program that', () => {
  const answering = (script: string, limit = 5000) => started(execDriver([process.execPath, '-e', script], limit))

  it('repeats what it hears is told what was expected', async () => {
    const { hello, session } = await started(execDriver(['cat']))
    expect(hello.state).toBe('junk')
    expect(hello.note).toContain('where {"id":1,"ok":true,"client":"name version"')
    expect(hello.note).toContain('printed "{\\"id\\":1,\\"step\\":\\"hello\\"}"')
    expect(await session.leave()).toEqual({ how: 'timeout' })
  })

  it('says "true" for true has not answered', async () => {
    const { hello } = await answering(`console.log(JSON.stringify({ id: 1, ok: 'true' }))`)
    expect(hello).toMatchObject({ state: 'junk', note: expect.stringContaining('ok\\":\\"true') })
  })

  it('says nothing is told what was expected', async () => {
    const { hello } = await answering('process.stdin.resume()', 300)
    expect(hello).toMatchObject({ state: 'silent', note: expect.stringContaining('within 0.3 s: expected {"id":1,"ok":true') })
  })

  it('ends in the middle of a line is told what was expected and what came', async () => {
    const { hello } = await answering(`process.stdout.write('{"id":1,"ok":tr', () => process.exit(3))`)
    expect(hello).toMatchObject({
      state: 'ended',
      note: expect.stringMatching(/exit code 3 during hello: expected \{"id":1,.*where "\{.*tr" without the end of its line was seen last/),
    })
  })

  it('writes a line without end is stopped before the line fills the memory', async () => {
    const { hello } = await answering(`const more = () => process.stdout.write('x'.repeat(65536), more); more()`)
    expect(hello).toMatchObject({ state: 'junk', note: expect.stringMatching(/^printed "x{120}" and \d+ more characters on stdout/) })
  })

  it.each([
    [{}, 'no steps'],
    [{ steps: 'authorize' }, "the steps 'authorize'"],
    [{ steps: ['authorize', 'cal'] }, "the step 'cal'"],
  ])('answers hello with %j is told the steps that there are', async (said, told) => {
    const line = JSON.stringify({ id: 1, ok: true, ...said })
    const { hello, session } = await answering(`console.log('${line}'); process.stdin.resume()`)
    expect(hello).toMatchObject({ state: 'harness', note: expect.stringContaining(`with ${told}: steps is a list of authorize, callback`) })
    await session.kill()
  })

  it('names abilities that nobody asks for is heard: another version may ask for them', async () => {
    const steps = ['authorize', 'callback', 'call', 'restart', 'kill', 'disconnect', 'introspect']
    const line = JSON.stringify({ id: 1, ok: true, steps })
    const { hello, session } = await answering(`console.log('${line}'); process.stdin.resume()`)
    expect(hello).toMatchObject({ state: 'ok', steps })
    await session.kill()
  })

  it('gives an authorization URL that is none gets no verdict', async () => {
    const lines = [
      { id: 1, ok: true, steps: ['authorize'] },
      { id: 2, ok: true, url: '/authorize?state=1' },
    ].map((line) => JSON.stringify(line))
    const { session } = await answering(
      `const lines = ${JSON.stringify(lines)}; process.stdin.on('data', () => console.log(lines.shift()))`,
    )
    expect(await session.ask({ step: 'authorize' })).toMatchObject({
      state: 'harness',
      note: "authorize returned '/authorize?state=1': it returns the authorization URL",
    })
    await session.kill()
  })

  it('does not answer its goodbye had to be stopped', async () => {
    const line = JSON.stringify({ id: 1, ok: true, steps: ['call'] })
    const { session } = await answering(`console.log('${line}'); process.stdin.resume(); setInterval(() => {}, 1000)`, 1000)
    expect(await session.leave()).toEqual({ how: 'timeout' })
  })

  it('ends well before it was told to has ended early', async () => {
    const line = JSON.stringify({ id: 1, ok: true, client: 'x', steps: ['call'] })
    const { hello, session } = await answering(
      `console.log('${line}'); process.stdin.once('data', () => setTimeout(() => process.exit(0), 200))`,
    )
    expect(hello.state).toBe('ok')
    expect(await session.ask({ step: 'call' })).toMatchObject({ state: 'ended' })
    expect(await session.leave()).toEqual({ how: 'early', code: 0 })
  })

  it('gives a status that is no number gets no verdict', async () => {
    const lines = [
      { id: 1, ok: true, steps: ['call'] },
      { id: 2, ok: true, status: '200' },
    ].map((line) => JSON.stringify(line))
    const { session } = await answering(
      `const lines = ${JSON.stringify(lines)}; process.stdin.on('data', () => console.log(lines.shift()))`,
    )
    expect(await session.ask({ step: 'call' })).toMatchObject({
      state: 'harness',
      note: expect.stringContaining("call returned { status: '200' }"),
    })
    await session.kill()
  })

  it.runIf(process.platform === 'linux')('starts a daemon that holds its output holds nobody up, and leaves none', async () => {
    const line = JSON.stringify({ id: 1, ok: true, steps: ['call'] })
    const script = `const { pid } = require('node:child_process').spawn('sleep', ['600'], { detached: true, stdio: 'inherit' }); console.error(pid); console.log('${line}'); process.stdin.once('end', () => process.exit(0)); process.stdin.on('data', (text) => text.includes('bye') && console.log(JSON.stringify({ id: 2, ok: true })))`
    const { session } = await answering(script)
    expect(await session.leave()).toEqual({ how: 'own', code: 0 })
    expect(isAlive(Number(session.stderr()))).toBe(false)
  })
})
