// Every real client at every provider: runs the conformance suite on each and writes down what came of it.
// fixtures/clients/results.json: the verdicts, from which docs/clients.md is printed (npm run tables).
// .authdouble/matrix/: the whole reports as JSON, and as one page with every exchange.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runConformance } from '../../dist/conformance/api.js'
import { html } from '../../dist/conformance/reports/html/page.js'

const list = 'fixtures/clients/clients.json'
const results = 'fixtures/clients/results.json'
const out = '.authdouble/matrix'

// Only these clients, and at these providers, where some are named: node test/scripts/matrix.mjs [--provider vcita] [client ...]
const { values: flags, positionals: wanted } = parseArgs({ allowPositionals: true, options: { provider: { type: 'string' } } })
const chosen = flags.provider?.split(',')

// Most libraries post a form, which this provider takes beside the JSON that it documents.
const tolerated = { vcita: { 'vcita/also-takes-form': true } }

const installed = ([command, ...rest]) => spawnSync(command, rest, { stdio: 'ignore' }).status === 0

const counted = ['pass', 'fail', 'warn', 'not-applicable', 'not-exercised', 'error']

const condensed = ({ run, cases, summary, outcome }) => ({
  provider: run.provider,
  outcome,
  ...Object.fromEntries(counted.map((verdict) => [verdict, summary[verdict]])),
  findings: cases
    .flatMap(({ topic, name, checks }) =>
      checks
        .filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable')
        .map(({ id, verdict, title, seen, why }) => ({ case: `${topic}/${name}`, check: id, verdict, title, seen: seen ?? why })),
    )
    .sort((a, b) => `${a.case} ${a.check}`.localeCompare(`${b.case} ${b.check}`)),
})

const read = () => {
  try {
    return JSON.parse(readFileSync(results, 'utf8'))
  } catch {
    return []
  }
}

// Read once: the file is written again after each client.
const known = read()

const reports = []
const rows = []
for (const client of JSON.parse(readFileSync(list, 'utf8'))) {
  const { id, argv, needs } = client
  const before = known.find((one) => one.id === id)
  if (wanted.length > 0 && !wanted.includes(id)) {
    if (before) rows.push(before)
    continue
  }
  if (!installed(client.installed)) {
    process.stderr.write(`${id}: not run, not installed${client.apt ? `: apt-get install ${client.apt.join(' ')}` : ''}\n`)
    rows.push(before ?? { id, client: id, notRun: 'not installed', at: [] })
    continue
  }
  const at = []
  let name = chosen ? (before?.client ?? id) : id
  for (const provider of Object.keys(needs)) {
    if (chosen && !chosen.includes(provider)) {
      at.push(...(before?.at.filter((one) => one.provider === provider) ?? []))
      continue
    }
    const report = await runConformance({ provider, client: { exec: argv }, seed: 'matrix', jobs: 4, quirks: tolerated[provider] ?? {} })
    reports.push(report)
    if (report.run.client !== 'unknown') name = report.run.client
    at.push(condensed(report))
    process.stderr.write(
      `${name} ${provider}: ${report.outcome}, ${report.summary.pass} passed, ${report.summary.fail} failed, ${(report.run.took / 1000).toFixed(0)} s\n`,
    )
  }
  rows.push({ id, client: name, at })
  const later = known.filter((one) => !rows.some((row) => row.id === one.id))
  writeFileSync(results, `${JSON.stringify([...rows, ...later], null, 2)}\n`)
}
mkdirSync(out, { recursive: true })
writeFileSync(results, `${JSON.stringify(rows, null, 2)}\n`)
writeFileSync(`${out}/reports.json`, JSON.stringify(reports))
writeFileSync(`${out}/index.html`, html(reports))
process.stderr.write(`${results} and ${out}/index.html written; npm run tables puts them into docs/clients.md\n`)
