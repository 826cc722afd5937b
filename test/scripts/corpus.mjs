// What the conformance suite says about every client of test/conformance/corpus: the broken ones must be found, the careful ones left alone.
// Each run is the built command in a process of its own with a time limit, for some of these clients end or block the process they are in.
//
//   npm run corpus -- [--provider zettle,ziina] [--only 'state-*,wipes-*'] [--broken] [--careful] [--limit 180] [--json file]
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const { values: flags } = parseArgs({
  options: {
    provider: { type: 'string' },
    only: { type: 'string' },
    broken: { type: 'boolean' },
    careful: { type: 'boolean' },
    limit: { type: 'string', default: '240' },
    jobs: { type: 'string', default: '4' },
    json: { type: 'string' },
  },
})

const folder = resolve('.authdouble/corpus')
const { brokenClients, carefulClients } = await import(join(folder, 'built/index.js'))
const { providers } = await import(resolve('dist/index.js'))
const known = providers.map(({ id }) => id)

const fits = (id, patterns) =>
  patterns === undefined ||
  patterns.split(',').some((pattern) => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(id))

/** A module whose default export is that client, as a user would hand one to `conform --module`. */
const moduleOf = (id) => {
  const file = join(folder, `${id}.mjs`)
  writeFileSync(file, `import { corpusClient } from './built/index.js'\n\nexport default corpusClient('${id}')\n`)
  return file
}

/** Runs the command; past the limit it is killed with all that it started. */
const conform = (provider, module, report, quirks) =>
  new Promise((settle) => {
    const argv = ['dist/cli/main.js', 'conform', '--provider', provider, '--module', module, '--seed', 'corpus', '--jobs', flags.jobs]
    const turned = quirks.flatMap((quirk) => ['--quirk', quirk])
    const child = spawn(process.execPath, [...argv, ...turned, '--report', `json=${report}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    let said = ''
    child.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-2000)
    })
    let late = false
    const timer = setTimeout(() => {
      late = true
      process.kill(-child.pid, 'SIGKILL')
    }, Number(flags.limit) * 1000)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      settle({ exit: late ? 'limit' : (code ?? signal), said })
    })
  })

const readReport = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

const verdicts = ['pass', 'fail', 'warn', 'not-applicable', 'not-exercised', 'error']

/** Found when a check failed and the run says so; whoever ends the runner is not found. */
const classOf = (exit, report) => {
  if (report === undefined) return exit === 'limit' ? 'hung' : 'no-report'
  if (exit === 1) return 'found'
  if (exit === 0 && report.summary.fail > 0) return 'masked'
  if (exit === 0) return report.summary.warn > 0 ? 'warned' : 'green'
  return report.summary.warn > 0 && report.summary['not-exercised'] + report.summary.error === 0 ? 'warned' : `exit-${exit}`
}

const measure = async (client, provider) => {
  const report = join(folder, `${client.id}.${provider}.json`)
  rmSync(report, { force: true })
  const began = performance.now()
  const { exit, said } = await conform(provider, moduleOf(client.id), report, client.quirks ?? [])
  const read = readReport(report)
  const checks = (read?.cases ?? []).flatMap((one) => one.checks.map((check) => ({ ...check, of: one.id })))
  const findings = (verdict) => [
    ...new Set(checks.filter((check) => check.verdict === verdict).map(({ of, id }) => `${of.split('/').slice(1).join('/')} ${id}`)),
  ]
  return {
    id: client.id,
    provider,
    exit,
    class: classOf(exit, read),
    summary: Object.fromEntries(verdicts.map((verdict) => [verdict, read?.summary[verdict] ?? 0])),
    fails: findings('fail'),
    warns: findings('warn'),
    errors: findings('error'),
    ...(read === undefined ? { said: said.trim().slice(-300) } : {}),
    seconds: Math.round((performance.now() - began) / 100) / 10,
  }
}

const line = ({ id, provider, exit, class: is, summary, fails, errors, warns, seconds }) => {
  const first = fails[0] ?? errors[0] ?? warns[0] ?? ''
  const counts = `${summary.pass} pass ${summary.fail} fail ${summary.warn} warn`
  return `${is.padEnd(9)} ${id.padEnd(44)} ${provider.padEnd(13)} exit ${String(exit).padEnd(5)} ${counts.padEnd(24)} ${seconds} s  ${first}`
}

const chosen = (clients, wanted) => (wanted ? clients.filter(({ id }) => fits(id, flags.only)) : [])
const both = !flags.broken && !flags.careful
const plan = [
  ...chosen(brokenClients, both || flags.broken).map((client) => ({ client, broken: true })),
  ...chosen(carefulClients, both || flags.careful).map((client) => ({ client, broken: false })),
].flatMap(({ client, broken }) => {
  const at = client.providers.filter((id) => known.includes(id))
  // Where nobody names a provider: a broken client at the first at which it matters, a careful one at all.
  const named = flags.provider?.split(',')
  return (named ? at.filter((id) => named.includes(id)) : broken ? at.slice(0, 1) : at).map((provider) => ({ client, broken, provider }))
})
if (plan.length === 0) {
  process.stderr.write('no client of the corpus fits\n')
  process.exit(2)
}

mkdirSync(folder, { recursive: true })
const results = []
for (const { client, broken, provider } of plan) {
  const result = { ...(await measure(client, provider)), broken, says: client.says, consequence: client.consequence }
  results.push(result)
  process.stdout.write(`${line(result)}\n`)
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(results, null, 2)}\n`)
}

const count = (list, is) => list.filter((one) => is.includes(one.class)).length
const broken = results.filter((one) => one.broken)
const careful = results.filter((one) => !one.broken)
process.stdout.write('\n')
if (broken.length > 0) {
  const found = count(broken, ['found'])
  const warned = count(broken, ['warned'])
  const green = count(broken, ['green'])
  process.stdout.write(
    `broken:  ${broken.length} runs, ${found} found, ${warned} warned, ${green} green, ${broken.length - found - warned - green} other\n`,
  )
  for (const is of [...new Set(broken.map((one) => one.consequence))])
    process.stdout.write(
      `         ${is}: ${count(
        broken.filter((one) => one.consequence === is),
        ['found'],
      )} of ${broken.filter((one) => one.consequence === is).length} found\n`,
    )
}
if (careful.length > 0)
  process.stdout.write(
    `careful: ${careful.length} runs, ${count(careful, ['green'])} green, ${careful.length - count(careful, ['green'])} not\n`,
  )
