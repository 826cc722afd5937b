import { it } from 'vitest'
import { search } from '../../../src/conformance/explore/search.js'
import { brokenClient } from '../broken/broken.js'
import { brokenClients } from '../broken/index.js'
import { clientOf } from '../reference.js'
import { stageFor } from './stage.js'

const runs = Number(process.env['RUNS'] ?? 40)
const provider = process.env['PROVIDER'] ?? 'zettle'
const wanted = process.env['CLIENT']
it('searches', async () => {
  const broken = brokenClients.find(({ name }) => name === wanted)
  const stage = await stageFor(provider, broken ? brokenClient(broken) : clientOf())
  const cpu = process.cpuUsage()
  const began = performance.now()
  const r = await search(stage, { runs, bail: process.env['BAIL'] !== undefined })
  const used = process.cpuUsage(cpu)
  console.log('cpu ms each', (used.user + used.system) / 1000 / r.runs, 'per s', (1000 * r.runs) / (performance.now() - began))
  for (const f of r.findings)
    console.log(f.after, f.violation.invariant, '\n', f.schedule.story?.join('\n '), JSON.stringify(f.schedule.turns))
  for (const f of r.unconfirmed)
    console.log('UNCONFIRMED', f.invariant, '\n', f.schedule.story?.join('\n '), JSON.stringify(f.schedule.turns))
  console.log(r.met.length, r.unmet.map((c) => c.target + ' ' + c.fault).join(', '), r.failed)
}, 600000)
