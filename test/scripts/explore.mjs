// What the search finds in the clients of this repository: how many of the broken ones, after how many schedules, and that it
// leaves the careful ones alone. Each client has a process of its own with a time limit.
//
//   npm run explore:measure -- --set broken|careful|reference|mutants [--runs 500] [--provider id] [--only 'a-*,b'] [--limit 600] [--every 4] [--all] [--json file]
import { fork } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

const { values: flags } = parseArgs({
  options: {
    set: { type: 'string', default: 'broken' },
    runs: { type: 'string', default: '500' },
    provider: { type: 'string' },
    only: { type: 'string' },
    limit: { type: 'string', default: '600' },
    seed: { type: 'string', default: 'measure' },
    all: { type: 'boolean' },
    every: { type: 'string', default: '1' },
    json: { type: 'string' },
    child: { type: 'string' },
  },
})

const folder = resolve('.authdouble/explore')

/** The clients, compiled, so that they can be asked in this process. */
const build = async () => {
  const { rolldown } = await import('rolldown')
  const input = {
    corpus: 'test/conformance/corpus/index.ts',
    mutants: 'test/conformance/broken/index.ts',
    broken: 'test/conformance/broken/broken.ts',
    reference: 'test/conformance/reference.ts',
  }
  const bundle = await rolldown({ input, platform: 'node', external: /^[^./]/ })
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' })
  await bundle.close()
}

// The clients of the corpus keep Date.now when they are loaded: theirs is moved by the search, and nobody else's.
const real = Date.now
let ahead = 0
Date.now = () => real() + ahead

const load = async (name) => {
  const loaded = await import(resolve(folder, `${name}.mjs`))
  Date.now = real
  return loaded
}

const clientsOf = async (set) => {
  if (set === 'mutants') {
    const [{ brokenClients }, { brokenClient }] = [await load('mutants'), await load('broken')]
    return brokenClients.map((one) => ({ id: one.name, says: one.says, providers: one.providers, client: brokenClient(one) }))
  }
  if (set === 'reference') {
    const { clientOf } = await load('reference')
    return [
      {
        id: 'reference',
        says: 'does everything right',
        providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
        client: clientOf(),
      },
    ]
  }
  const { brokenClients, carefulClients } = await load('corpus')
  return (set === 'careful' ? carefulClients : brokenClients).map((one) => ({
    ...one,
    client: (given) => {
      one.atImport?.()
      return one.make(given)
    },
  }))
}

const withClock = (client) => async (given) => {
  ahead = given.now === undefined ? 0 : given.now * 1000 - real()
  const steps = await (typeof client === 'function' ? client(given) : client)
  const clock = ({ now }) => {
    ahead = now * 1000 - real()
  }
  return { ...steps, clock }
}

const measure = async (id, provider) => {
  const one = (await clientsOf(flags.set)).find((client) => client.id === id)
  const [{ openStage }, { search }, { clientDriver }, { providers }] = await Promise.all(
    ['dist/conformance/explore/stage.js', 'dist/conformance/explore/search.js', 'dist/conformance/drivers/module.js', 'dist/index.js'].map(
      (file) => import(resolve(file)),
    ),
  )
  const driver = clientDriver(withClock(one.client), [], 9000)
  const stage = await openStage({
    provider: providers.find((each) => each.id === provider),
    driver,
    seed: flags.seed,
    limit: 9000,
    // It sends what the provider takes, and does not document.
    tolerant: id === 'as-a-form',
  })
  const began = real()
  const { findings, unconfirmed, runs, met, failed } = await search(stage, {
    runs: Number(flags.runs),
    jobs: 1,
    ...(flags.all ? {} : { until: () => true }),
  })
  const found = findings.map(({ violation, schedule, after }) => ({
    invariant: violation.invariant,
    after,
    seen: violation.seen,
    story: schedule.story,
    turns: schedule.turns,
    rotates: schedule.rotates,
  }))
  const used = process.cpuUsage()
  process.send(
    {
      id,
      provider,
      runs,
      found,
      unconfirmed: unconfirmed.map(({ invariant, schedule }) => ({ invariant, story: schedule.story })),
      met: met.length,
      failed,
      seconds: (real() - began) / 1000,
      cpu: (used.user + used.system) / 1e6,
    },
    () => process.exit(0),
  )
}

if (flags.child) {
  const [id, provider] = flags.child.split('@')
  await measure(id, provider)
} else {
  mkdirSync(folder, { recursive: true })
  await build()
  const fits = (id) =>
    flags.only === undefined || flags.only.split(',').some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(id))
  const { providers } = await import(resolve('dist/index.js'))
  const known = providers.map(({ id }) => id)
  const plan = (await clientsOf(flags.set))
    .filter(({ id }) => fits(id))
    .flatMap((one) => {
      const at = one.providers.filter((id) => known.includes(id))
      return (flags.provider ? at.filter((id) => flags.provider.split(',').includes(id)) : at.slice(0, 1)).map((provider) => ({
        ...one,
        provider,
      }))
    })
  const every = Number(flags.every)
  const results = []
  for (const { id, says, provider, consequence } of plan.filter((_, at) => at % every === 0)) {
    const result = await new Promise((settle) => {
      const child = fork('test/scripts/explore.mjs', [...process.argv.slice(2), '--child', `${id}@${provider}`], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        detached: true,
      })
      let said = ''
      child.stderr.on('data', (chunk) => {
        said = `${said}${chunk}`.slice(-600)
      })
      const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), Number(flags.limit) * 1000)
      child.on('message', (message) => message && typeof message === 'object' && 'runs' in message && settle(message))
      child.on('exit', (code, signal) => {
        clearTimeout(timer)
        settle({ id, provider, runs: 0, found: [], unconfirmed: [], ended: code ?? signal, said })
      })
    })
    results.push({ ...result, says, consequence })
    const first = result.found[0]
    process.stdout.write(
      `${(first ? 'found' : result.ended !== undefined ? 'ended' : '-').padEnd(6)} ${id.padEnd(42)} ${provider.padEnd(13)} ${String(first?.after ?? result.runs).padStart(5)} ${first?.invariant ?? result.ended ?? ''} ${result.failed ?? ''} ${result.unconfirmed.length > 0 ? `(${result.unconfirmed.length} unconfirmed)` : ''} ${result.cpu?.toFixed(0)} s cpu\n`,
    )
    if (flags.json) writeFileSync(flags.json, `${JSON.stringify(results, null, 2)}\n`)
  }
  const found = results.filter((one) => one.found.length > 0)
  const counts = found.map((one) => one.found[0].after).sort((a, b) => a - b)
  process.stdout.write(
    `\n${found.length} of ${results.length} found; median ${counts[Math.floor(counts.length / 2)] ?? '-'} schedules; ${results.reduce((sum, one) => sum + one.runs, 0)} schedules in all\n`,
  )
}
