// Plays every case many times with clients that do right: what is said of them must not depend on how busy the machine is.
//
//   npm run test:steady -- [--times 20] [--provider zettle,ziina] [--case 'refresh/*'] [--client careful,class] [--jobs 12] [--seed text]
//
// On one core and under load: taskset -c 0 npm run test:steady, with something else running beside it.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const { values: flags } = parseArgs({
  options: {
    times: { type: 'string', default: '20' },
    provider: { type: 'string' },
    case: { type: 'string', multiple: true, default: [] },
    client: { type: 'string' },
    jobs: { type: 'string', default: '12' },
    seed: { type: 'string', default: 'steady' },
  },
})

const { runConformance } = await import(resolve('dist/conformance/api.js'))
const { carefulClients, corpusClient } = await import(join(resolve('.authdouble/corpus'), 'built/index.js'))

const wanted = flags.client?.split(',')
const clients = [
  { id: 'careful', providers: [...new Set(carefulClients.flatMap(({ providers }) => providers))], make: corpusClient('careful') },
]
  .concat(carefulClients)
  .filter(({ id }, at, all) => all.findIndex((one) => one.id === id) === at && (wanted === undefined || wanted.includes(id)))
const chosen = flags.provider?.split(',')

/** What a run said of each check. */
const verdictsOf = ({ cases }) =>
  new Map(
    cases.flatMap(({ id, checks }) =>
      checks.map((check) => [`${id} ${check.id}`, { verdict: check.verdict, words: check.seen ?? check.why }]),
    ),
  )

let unsteady = 0
let runs = 0
for (const { id, providers, make, quirks = [] } of clients)
  for (const provider of providers.filter((one) => chosen === undefined || chosen.includes(one))) {
    let first
    for (let turn = 0; turn < Number(flags.times); turn += 1) {
      const report = await runConformance({
        provider,
        client: { steps: make },
        only: flags.case,
        jobs: Number(flags.jobs),
        // Another order each time: cases must not lean on one another.
        seed: `${flags.seed} ${turn}`,
        quirks: Object.fromEntries(quirks.map((quirk) => [quirk, true])),
      })
      runs += 1
      const said = verdictsOf(report)
      first ??= said
      for (const [check, { verdict, words }] of said) {
        const before = first.get(check)?.verdict
        if (verdict === before && verdict !== 'fail' && verdict !== 'error') continue
        unsteady += 1
        process.stdout.write(`${id} at ${check}, run ${turn + 1}: ${verdict}${verdict === before ? '' : `, before ${before}`}: ${words}\n`)
      }
    }
    process.stdout.write(`${id} at ${provider}: ${flags.times} runs of ${first?.size ?? 0} checks\n`)
  }
process.stdout.write(`${runs} runs, ${unsteady} verdicts that failed or were not the same every time\n`)
process.exit(unsteady > 0 ? 1 : 0)
