/**
 * Looks at every package that installing authdouble brings along: `npm run audit:deps [-- --age] [--json]`
 *
 * From package-lock.json and node_modules: a licence that lets anybody use it, a SHA-512 hash, no script at installation,
 * and a version that is the one in the lock. With `--age` it also asks the registry when each version was published:
 * one younger than a week may be an attack that nobody has seen yet, and a deprecated one has no future.
 * Ends with 1 if there is a finding.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

const licences = new Set(['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'])
const installScripts = ['preinstall', 'install', 'postinstall']
const week = 7 * 24 * 60 * 60 * 1000

const read = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** Where Node finds a package that is needed by the one at `path`. */
const resolve = (packages, path, name) => {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const candidate = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (packages[candidate]) return candidate
    if (at === '') return undefined
  }
}

/** The paths of all that the root depends on when it is installed, directly or not. */
const production = (packages) => {
  const found = new Set()
  const visit = (path) => {
    const { dependencies = {}, optionalDependencies = {} } = packages[path]
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const next = resolve(packages, path, name)
      if (next === undefined || found.has(next)) continue
      found.add(next)
      visit(next)
    }
  }
  visit('')
  return [...found].sort()
}

/** `(BSD-3-Clause OR GPL-2.0)` leaves the choice to us; `MIT AND ISC` asks for both. */
const free = (licence) =>
  typeof licence === 'string' &&
  licence
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => licences.has(one.trim())))

const findingsOf = (path, locked, installed) => {
  const own = read(`${path}/package.json`)
  const scripts = installScripts.filter((name) => own.scripts?.[name] !== undefined)
  return [
    free(own.license) ? [] : [`its licence is ${JSON.stringify(own.license)}`],
    locked.integrity?.startsWith('sha512-') ? [] : ['the lock has no SHA-512 hash of it'],
    installed?.integrity === locked.integrity ? [] : ['what is installed has another hash than the lock'],
    own.version === locked.version ? [] : [`${own.version} is installed, the lock has ${locked.version}`],
    scripts.length === 0 && locked.hasInstallScript !== true ? [] : [`runs ${scripts.join(', ') || 'a script'} at installation`],
  ].flat()
}

/** When the registry says that this version was published, and whether it is deprecated. */
const publishing = async ({ name, version }) => {
  const { stdout } = await run('npm', ['view', `${name}@${version}`, 'version', 'time', 'deprecated', '--json'])
  const { time = {}, deprecated } = JSON.parse(stdout)
  const published = time[version]
  const findings = [
    published === undefined ? ['the registry does not say when it was published'] : [],
    Date.now() - Date.parse(published) < week ? [`it was published less than a week ago, at ${published}`] : [],
    deprecated ? [`it is deprecated: ${deprecated}`] : [],
  ].flat()
  return { published: published?.slice(0, 10), findings }
}

/** Several at a time: each is a process of npm. */
const inTurns = async (items, task) => {
  const results = []
  const next = [...items.entries()]
  const worker = async () => {
    for (let item = next.shift(); item; item = next.shift()) results[item[0]] = await task(item[1])
  }
  await Promise.all(Array.from({ length: 4 }, worker))
  return results
}

const { packages } = read('package-lock.json')
const { packages: installed } = read('node_modules/.package-lock.json')
const rows = production(packages)
  // An optional package for another platform is in the lock, and nowhere else.
  .filter((path) => installed[path] || !packages[path].optional)
  .map((path) => {
    const { version, license: licence } = packages[path]
    return {
      name: path.slice(path.lastIndexOf('node_modules/') + 13),
      version,
      licence,
      findings: findingsOf(path, packages[path], installed[path]),
    }
  })

const audited = process.argv.includes('--age')
  ? (await inTurns(rows, publishing)).map(({ published, findings }, index) => ({
      ...rows[index],
      published,
      findings: [...rows[index].findings, ...findings],
    }))
  : rows
const bad = audited.filter(({ findings }) => findings.length > 0)

if (process.argv.includes('--json')) console.log(JSON.stringify(audited))
else {
  for (const { name, version, licence, published = '' } of audited)
    console.log(`${`${name} ${version}`.padEnd(40)} ${licence.padEnd(14)} ${published}`.trimEnd())
  console.log(`${audited.length} packages, ${bad.length} with findings`)
}
for (const { name, version, findings } of bad) console.error(`${name} ${version}: ${findings.join('; ')}`)
process.exitCode = bad.length > 0 ? 1 : 0
