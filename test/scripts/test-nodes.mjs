/** Runs the test suite under each major version of Node we support, with binaries from npm. `npm run test:nodes [22 24 ...] [-- vitest arguments]` */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const given = process.argv.slice(2)
const cut = given.findIndex((argument) => !/^\d+$/.test(argument))
const majors = cut === 0 || given.length === 0 ? ['20', '22', '24'] : given.slice(0, cut < 0 ? undefined : cut)
const vitest = cut < 0 ? [] : given.slice(cut).filter((argument) => argument !== '--')

const folder = mkdtempSync(join(tmpdir(), 'authdouble-nodes-'))
const failed = []
try {
  for (const major of majors) {
    const home = join(folder, major)
    const bin = join(home, 'bin')
    mkdirSync(bin, { recursive: true })
    const package_ = `node-${platform()}-${arch()}`
    execFileSync('npm', ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', '--silent', `${package_}@${major}`], {
      stdio: 'inherit',
    })
    const node = join(home, 'node_modules', package_, 'bin', 'node')
    symlinkSync(node, join(bin, 'node'))
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
    console.log(`\n== Node ${version}`)
    // First on the path, so that programs which the tests start run on it too.
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
    const { status } = spawnSync(node, ['node_modules/vitest/vitest.mjs', 'run', ...vitest], { stdio: 'inherit', env })
    if (status !== 0) failed.push(version)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (failed.length > 0) console.error(`failed under Node ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0
