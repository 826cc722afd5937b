// What the search finds in the real clients of fixtures/clients, each at the first providers with refresh tokens that it can do.
// fixtures/clients/explored.json: the findings with their schedules, from which docs/clients.md is printed (npm run tables).
//
//   npm run explore:clients -- [--runs 60] [--providers 1] [--limit 240] [client ...]
//   npm run explore:clients -- --again [client ...]   plays the schedules of the list once more, and keeps what still breaks
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { execDriver } from '../../dist/conformance/drivers/exec.js'
import { createNeutral } from '../../dist/conformance/explore/neutral.js'
import { playTurns } from '../../dist/conformance/explore/play.js'
import { search } from '../../dist/conformance/explore/search.js'
import { openStage } from '../../dist/conformance/explore/stage.js'
import { tell } from '../../dist/conformance/explore/tell.js'
import { providers } from '../../dist/index.js'

const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '60' },
    providers: { type: 'string', default: '1' },
    limit: { type: 'string', default: '240' },
    again: { type: 'boolean' },
  },
})

const file = 'fixtures/clients/explored.json'
const refreshing = ['zettle', 'ziina', 'zoho-payments']

const installed = ([command, ...rest]) => spawnSync(command, rest, { stdio: 'ignore' }).status === 0

const read = () => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return []
  }
}

const limit = 8000

const stageFor = ({ argv }, provider) => openStage({ provider, driver: execDriver(argv, limit), seed: 'clients', limit })

const explore = async (client, provider) => {
  const stage = await stageFor(client, provider)
  try {
    return await search(stage, { runs: Number(flags.runs), jobs: 2, time: Number(flags.limit) * 1000 })
  } finally {
    await stage.close()
  }
}

/** A finding as it comes about now; undefined when it does not. */
const replayed = async (stage, finding) => {
  const { turns, ...ground } = finding.schedule
  const played = await playTurns(stage, ground, turns)
  const violation = played.violations.find(({ invariant }) => invariant === finding.invariant)
  return violation && { ...finding, story: tell(played, violation).map(createNeutral(played).text) }
}

const write = (rows) => writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`)

const playAgain = async (client) => {
  for (const row of read().filter(({ id }) => id === client.id)) {
    const stage = await stageFor(
      client,
      providers.find(({ id }) => id === row.provider),
    )
    const findings = []
    for (const finding of row.findings) {
      const now = await replayed(stage, finding)
      if (now) findings.push(now)
      else process.stderr.write(`${row.client} ${row.provider}: ${finding.invariant} does not come about any more\n`)
    }
    await stage.close()
    write(read().map((one) => (one.id === row.id && one.provider === row.provider ? { ...row, findings } : one)))
  }
}

const clients = JSON.parse(readFileSync('fixtures/clients/clients.json', 'utf8'))
for (const client of clients) {
  if (wanted.length > 0 && !wanted.includes(client.id)) continue
  if (!installed(client.installed)) {
    process.stderr.write(`${client.id}: not installed\n`)
    continue
  }
  if (flags.again) {
    await playAgain(client)
    continue
  }
  for (const id of refreshing.filter((one) => one in client.needs).slice(0, Number(flags.providers))) {
    const provider = providers.find((one) => one.id === id)
    const { findings, runs, hello, connected, failed } = await explore(client, provider)
    const row = {
      id: client.id,
      client: hello.client ?? client.id,
      provider: id,
      runs,
      ...(connected ? {} : { connected }),
      ...(failed === undefined ? {} : { failed }),
      findings: findings.map(({ violation, schedule, after }) => ({
        invariant: violation.invariant,
        consequence: violation.consequence,
        after,
        story: schedule.story,
        schedule: { rotates: schedule.rotates === true, longTokens: schedule.longTokens === true, turns: schedule.turns },
      })),
    }
    const others = read().filter((one) => one.id !== client.id || one.provider !== id)
    const order = (one) => clients.findIndex((each) => each.id === one.id)
    write([...others, row].sort((a, b) => order(a) - order(b)))
    process.stderr.write(
      `${row.client} ${id}: ${runs} schedules, ${findings.map(({ violation }) => violation.invariant).join(', ') || 'nothing'}\n`,
    )
  }
}
