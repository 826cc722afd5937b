/** From the ready line to the variables of the environment, a line each, as GITHUB_ENV takes them. */
import { readFileSync } from 'node:fs'

const upper = (name) =>
  name
    .replaceAll('-', '_')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase()

const [ready] = readFileSync(process.argv[2], 'utf8').split('\n')
const { url, admin, providers } = JSON.parse(ready)
const variables = Object.entries(providers).flatMap(([id, members]) =>
  Object.entries(members).map(([name, value]) => [`AUTHDOUBLE_${upper(id)}_${upper(name)}`, value]),
)
for (const [name, value] of [['AUTHDOUBLE_URL', url], ['AUTHDOUBLE_ADMIN_URL', admin], ...variables]) {
  // A value of two lines would set a second variable.
  if (/[\r\n]/.test(value)) throw new Error(`${name} has more than one line`)
  console.log(`${name}=${value}`)
}
