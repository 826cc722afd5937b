// Attacks the built double with as many requests as are asked for: npm run test:fuzz -- --requests 100000 --seed 7
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { requests: { type: 'string', default: '20000' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } } })
for (const [name, value] of Object.entries(values))
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    process.stderr.write(`--${name} is a whole number from 1 up, not ${JSON.stringify(value)}\n`)
    process.exit(2)
  }
const env = { ...process.env, AUTHDOUBLE_FUZZ_REQUESTS: values.requests, AUTHDOUBLE_FUZZ_SEED: values.seed }
process.exit(spawnSync('npx', ['vitest', 'run', 'test/fuzz', '--maxWorkers=1'], { env, stdio: 'inherit' }).status ?? 1)
