import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withoutBrowser } from '../browser/browser.js'
import { sampleOf } from '../runners/page.js'
import type { Project } from './project.js'
import { compile, emptyProject } from './project.js'

const run = promisify(execFile)

let project: Project
let folder = ''

const { devDependencies } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly devDependencies: Record<string, string> }
const wanted = ['jest', '@jest/globals', '@playwright/test', 'vitest'].map((name) => `${name}@${devDependencies[name]}`)

/** A project whose files are CommonJS, as most are that run Jest: each runner's current version beside the package. */
beforeAll(async () => {
  project = await emptyProject({}, wanted)
  folder = project.folder
  await cp('test/package/runners', folder, { recursive: true })
}, 180_000)

afterAll(() => project?.remove())

/** Without what this test's own runner and flags would tell them. */
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_|VITEST|AUTHDOUBLE_)/.test(name)))

/** What a command printed, with any exit code. */
const output = async (command: string, argv: readonly string[], cwd = folder): Promise<string> => {
  const { stdout, stderr } = await run(command, argv, { cwd, env: clean }).catch((failed) => failed)
  return `${stdout}${stderr}`
}

test('the library can be required', async () => {
  const program =
    "require('authdouble').createServer({ state: 'state.json' }).then(async (double) => { console.log((await fetch(double.url() + '/healthz')).status); await double.close() })"
  expect(await output(process.execPath, ['-e', program])).toBe('200\n')
})

test('what is only in the package in part has its licence with it', async () => {
  const files = project.files.filter((path) => path.endsWith('.cjs'))
  const texts = await Promise.all(files.map((path) => readFile(join(folder, 'node_modules/authdouble', path), 'utf8')))
  const inlined = texts.flatMap((text) =>
    [...text.matchAll(/^\s*\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)/gm)].map(([, name]) => ({ name, text })),
  )
  expect(inlined.length).toBeGreaterThan(0)
  expect(inlined.filter(({ name, text }) => !text.includes(`/*! ${name}\n\n`)).map(({ name }) => name)).toEqual([])
})

test('Jest, without flags: a sandbox for each test, and the matchers', { timeout: 120_000 }, async () => {
  const said = await output(process.execPath, [
    'node_modules/jest/bin/jest.js',
    '--ci',
    '--json',
    '--testMatch',
    '**/jest.cjs',
    '--outputFile',
    'jest.json',
  ])
  const { testResults } = JSON.parse(await readFile(join(folder, 'jest.json'), 'utf8').catch(() => Promise.reject(new Error(said))))
  const [{ assertionResults }] = testResults
  const results = assertionResults.map(({ title, status }: { title: string; status: string }) => `${status} ${title}`)
  expect(results).toEqual([
    'passed has a sandbox whose journal the matchers read',
    'passed has another in the next test',
    'passed loses a reply',
    'passed is called with a row and a double: zettle',
    'passed is called with a row and a double: ziina',
    'passed is called with a value and a double: vcita',
    'passed fails',
    'pending is skipped',
    'todo is to be done',
    'passed takes providers and quirks',
    'passed has the control API, which is loaded when it is asked',
    'passed starts servers of its own',
    'failed red',
  ])
  const [message] = assertionResults.at(-1).failureMessages
  expect(message).toMatch(/expected the client to have refreshed once: it asked for 1 and was granted 0\s+r1 {2}zettle POST .*was refused/)
})

test('node:test: a sandbox for each test, and the matchers', async () => {
  const said = await output(process.execPath, ['--test', '--test-reporter', 'tap', 'node-test.mjs'])
  const results = [...said.matchAll(/^ *((?:not )?ok) \d+ - (.*)$/gm)].map(([, status, title]) => `${status} ${title}`)
  expect(results, said).toEqual([
    'ok and is still a test context',
    'ok has a sandbox whose journal the matchers read',
    'ok has another in the next test',
    'ok throws assertion errors',
    'ok is skipped # SKIP',
    'not ok is to be done # TODO',
    'ok takes providers and quirks',
    'not ok red',
  ])
  expect(said).toMatch(/expected the client to have refreshed once: it asked for 1 and was granted 0\s+r1 {2}zettle POST .*was refused/)
})

test('Vitest: the whole file that the page shows asserts its title', { timeout: 120_000 }, async () => {
  const place = join(folder, 'whole')
  await mkdir(place, { recursive: true })
  await writeFile(join(place, 'package.json'), JSON.stringify({ type: 'module' }))
  const sample = await sampleOf('Vitest', 1)
  const file = join(place, /^\/\/ (\S+)\n/.exec(sample)?.[1] ?? '')
  const vitest = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run']
  await writeFile(file, sample)
  expect(await output(process.execPath, vitest, place)).toMatch(/1 passed/)
  // A client that goes on with the old token, and one that gives up.
  const loops = sample.replace(
    /^ *await fetch\(`/m,
    (found) => `    await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(refresh) })\n${found}`,
  )
  await writeFile(file, loops)
  expect(await output(process.execPath, vitest, place)).toMatch(/presented an older one/)
  await writeFile(file, sample.replace('if (reply?.ok) return', 'return'))
  expect(await output(process.execPath, vitest, place)).toMatch(/to have asked for authorization/)
})

interface Attachment {
  readonly name: string
  readonly contentType: string
  readonly body?: string
}

interface Spec {
  readonly title: string
  readonly tests: readonly [{ readonly results: readonly [Result] }]
}

interface Result {
  readonly status: string
  readonly errors: readonly { readonly message: string }[]
  readonly stdout: readonly { readonly text: string }[]
  readonly attachments: readonly Attachment[]
}

const attached = ({ attachments }: Result, name: string): string =>
  Buffer.from(attachments.find((one) => one.name === name)?.body ?? '', 'base64').toString()

test.skipIf(withoutBrowser)('Playwright: the pages are driven, and a failure has the journal beside it', { timeout: 180_000 }, async () => {
  const said = await output(process.execPath, ['node_modules/@playwright/test/cli.js', 'test', '--config', 'playwright.config.cjs'])
  const report = JSON.parse(await readFile(join(folder, 'playwright.json'), 'utf8').catch(() => Promise.reject(new Error(said))))
  const specs: readonly Spec[] = report.suites[0].specs
  const results = specs.map(
    ({
      title,
      tests: [
        {
          results: [result],
        },
      ],
    }) => ({ title, result }),
  )
  const failed = results.filter(({ result }) => result.status !== 'passed')
  expect(failed.map(({ title }) => title)).toEqual([
    'red: a request that is refused',
    'red: a person whom nobody knows',
    'red: a code that is no secret in the report',
  ])
  expect(results).toHaveLength(11)
  const messages = failed.map(({ result }) => result.errors[0]?.message ?? '')
  expect(messages[0]).toMatch(/asks for no consent\. Something is wrong.*authorize_client_unknown/)
  expect(messages[1]).toMatch(/asks for no consent\. Nobody has this e-mail address/)
  expect(messages[2]).toMatch(/expected the client to have refreshed once: it asked for 0/)
  for (const { result } of failed) {
    expect(attached(result, 'authdouble journal')).toMatch(/^ {2}r1 {2}zettle GET/)
    const har = JSON.parse(attached(result, 'authdouble.har'))
    expect(har.log.entries.length).toBeGreaterThan(0)
  }
  const [, , last] = failed
  const code =
    last?.result.stdout
      .map(({ text }) => text)
      .join('')
      .match(/code (\S+)/)?.[1] ?? ''
  expect(code).toMatch(/.{16}/)
  expect(JSON.stringify(last?.result.attachments.map(({ name }) => attached(last.result, name)))).not.toContain(code)
  expect(results.filter(({ result }) => result.status === 'passed').flatMap(({ result }) => result.attachments)).toEqual([])
})

const samples = [
  { heading: 'Vitest', type: 'module', file: 'sample.test.js', argv: ['vitest/vitest.mjs', 'run'], green: /1 passed/, red: /1 failed/ },
  {
    heading: 'Jest',
    type: 'commonjs',
    file: 'sample.test.js',
    argv: ['jest/bin/jest.js', '--ci', '--rootDir', '.'],
    green: /1 passed/,
    red: /1 failed/,
  },
  {
    heading: 'node:test',
    type: 'module',
    file: 'sample.test.js',
    argv: ['--test', '--test-reporter', 'tap'],
    green: /^# pass 1$/m,
    red: /^# fail 1$/m,
  },
  {
    heading: 'Playwright',
    type: 'commonjs',
    file: 'sample.spec.js',
    argv: ['@playwright/test/cli.js', 'test', '--config', 'playwright.config.cjs', '--reporter', 'line'],
    green: /1 passed/,
    red: /1 failed/,
  },
] as const

test.each(samples)(
  'the page shows $heading, and what it shows works',
  { timeout: 120_000 },
  async ({ heading, type, file, argv, green, red }) => {
    if (heading === 'Playwright' && withoutBrowser) return
    const place = join(folder, 'samples', heading.replace(':', '-'))
    await mkdir(place, { recursive: true })
    const write = (name: string, text: string): Promise<void> => writeFile(join(place, name), text)
    const asModule = (text: string): string => (type === 'module' ? text.replace('module.exports =', 'export') : text)
    await write('package.json', JSON.stringify({ type }))
    await write('client.js', asModule(await readFile(join(folder, 'client.cjs'), 'utf8')))
    await write('app.js', await readFile(join(folder, 'app.cjs'), 'utf8'))
    await cp(join(folder, 'playwright.config.cjs'), join(place, 'playwright.config.cjs'))
    const sample = await sampleOf(heading)
    expect(sample.trim().split('\n').length).toBeLessThanOrEqual(11)
    const [program = '', ...rest] = argv
    const command = program.startsWith('--') ? argv : [join(folder, 'node_modules', program), ...rest]
    await write(file, sample)
    expect(await output(process.execPath, command, place)).toMatch(green)
    // Nothing to refresh, or nobody who approves: the test can fail.
    await write(
      file,
      sample.replace("'2h'", "'1s'").replace('double.approve', 'double.deny').replace('toBeVisible()', 'toBeVisible({ timeout: 500 })'),
    )
    expect(await output(process.execPath, command, place)).toMatch(red)
  },
)

const types = (runner: 'jest' | 'node-test' | 'playwright'): string => `
import type { Double, JournalEntry, Provider } from 'authdouble'
import { createServer } from 'authdouble'
import { expect, test, testWith } from 'authdouble/${runner}'
const entry: JournalEntry | undefined = undefined
export const own: Promise<Double<\`zettle/\${string}\`>> = createServer({ providers: ['zettle'] as const })
export const other = (provider: Provider) => testWith({ providers: [provider] }, { ttl: 5 })
test('a title', async ({ double }) => {
  const { tokenUrl }: { readonly tokenUrl?: string } = double.provider('zettle')
  expect(double).toHaveUsedLatestRefreshToken({ retriesLost: true })
  expect(double.journal).not.toHaveAskedForAuthorization({ provider: 'zettle', since: 'r3' })
  // @ts-expect-error: there is no such matcher
  expect(double).toHaveUsedAnyRefreshToken()
  // @ts-expect-error: there is no such way
  expect(double).toHaveAuthenticatedWith('bsic')
  // @ts-expect-error: there is no such member
  expect(double).toHaveRefreshedOnce({ providr: 'zettle' })
  console.log(tokenUrl, entry)
})
test.skip('another', () => {})
`

const more = {
  jest: `test.each([[1, 'a']] as const)('row %i', (one, a, { double }) => { const both: [1, 'a'] = [one, a]; console.log(both, double.url()) })
test.each([1, 2])('value %i', (one, { double }) => { console.log(one.toFixed(), double.url()) })
expect(1).toBe(1)`,
  'node-test': `test('with options', { timeout: 1 }, async (t) => { await t.test('sub', () => {}); console.log(t.double.url()) })
// @ts-expect-error: only doubles and journals
expect(1)`,
  playwright: `test('in a browser', async ({ page, double, doubleServer }) => {
  await double.approve(page, { email: 'a@b.example' })
  await double.deny(page)
  await expect(page.getByText('done')).toBeVisible()
  console.log(doubleServer.url())
  // @ts-expect-error: a page is needed
  await double.approve({ deny: true })
})`,
}

const programs = (ending: string): { readonly [name: string]: string } =>
  Object.fromEntries(
    (['jest', 'node-test', 'playwright'] as const).map((runner) => [`${runner}-types${ending}`, `${types(runner)}${more[runner]}`]),
  )

test('all have their types, in ES modules', { timeout: 60_000 }, () => compile(project, programs('.mts')))
test('and in CommonJS', { timeout: 60_000 }, () => compile(project, programs('.cts')))
test('and where resolution is left to a bundler', { timeout: 60_000 }, () => compile(project, programs('.ts'), 'bundler'))
