import { afterAll, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'
import { authdouble } from './command.js'

const double = await createServer({ providers: ['zettle'] })
afterAll(() => double.close())

const client = 'test/conformance/clients/module.mjs'

it('conform --ui sends the run to the console of a server that is there, and ends as it would', { timeout: 60_000 }, async () => {
  const argv = ['conform', '--provider', 'zettle', '--module', client, '--case', 'exchange/redeems-the-code', '--ui']
  const { code, stderr, stdout } = await authdouble(argv, { env: { AUTHDOUBLE_URL: double.url() } }).ended
  const [, id = ''] = /follow this run at http:\S+\/__admin\/ui#\/verdicts\?report=(run-[0-9a-f]{8})\n/.exec(stderr) ?? []
  const report = (await (await fetch(`${double.url()}/__admin/reports/${id}`)).json()) as {
    readonly exitCode: number
    readonly cases: readonly { readonly id: string }[]
  }
  expect(report.cases.map((one) => one.id)).toEqual(['zettle/exchange/redeems-the-code'])
  expect(code).toBe(report.exitCode)
  expect(stdout).not.toContain('follow')
})

it('with no server there, it starts one for the run, which is gone with it', { timeout: 60_000 }, async () => {
  const argv = ['conform', '--provider', 'zettle', '--module', client, '--case', 'exchange/redeems-the-code', '--ui']
  const { stderr } = await authdouble(argv, { env: { AUTHDOUBLE_URL: 'http://127.0.0.1:1' } }).ended
  const [, url = ''] = /follow this run at (http:\/\/[^/]+)\//.exec(stderr) ?? []
  expect(url).not.toContain(':1/')
  await expect(fetch(url)).rejects.toThrow()
})

it('explore --ui sends the search to the console, the table of what was searched included', { timeout: 120_000 }, async () => {
  const argv = ['explore', '--provider', 'zettle', '--module', client, '--runs', '3', '--seed', '1', '--ui', '--report', 'json']
  const { code, stderr, stdout } = await authdouble(argv, { env: { AUTHDOUBLE_URL: double.url() } }).ended
  const [, id = ''] = /follow this search at http:\S+\/__admin\/ui#\/verdicts\?report=(run-[0-9a-f]{8})\n/.exec(stderr) ?? []
  const report = (await (await fetch(`${double.url()}/__admin/reports/${id}`)).json()) as {
    readonly exploration: { readonly runs: number }
  }
  expect(report.exploration.runs).toBe(3)
  expect(report).toEqual(JSON.parse(stdout))
  expect(code).toBe(1)
})

it('exec --ui says where the console is', { timeout: 60_000 }, async () => {
  const program =
    "fetch(process.env.AUTHDOUBLE_URL + '/__admin/ui').then(async (answer) => console.log(answer.status, (await answer.text()).includes('console')))"
  const { stdout, stderr } = await authdouble(['exec', '--ui', '--provider', 'zettle', '--', process.execPath, '-e', program]).ended
  expect(stderr).toMatch(/^authdouble: console at http:\/\/127\.0\.0\.1:\d+\/__admin\/ui\n/)
  expect(stdout).toBe('200 true\n')
})
