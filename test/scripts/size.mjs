/** Prints what installing authdouble costs: packages, bytes, files. `npm run size` */
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const run = (directory, ...command) => execFileSync('npm', command, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

const walk = (path) => {
  const stat = lstatSync(path)
  if (!stat.isDirectory()) return { bytes: stat.size, files: 1 }
  return readdirSync(path)
    .map((name) => walk(join(path, name)))
    .reduce((sum, one) => ({ bytes: sum.bytes + one.bytes, files: sum.files + one.files }), { bytes: 0, files: 0 })
}

const folder = mkdtempSync(join(tmpdir(), 'authdouble-size-'))
try {
  const [packed] = JSON.parse(run(process.cwd(), 'pack', '--ignore-scripts', '--json', '--pack-destination', folder))
  run(folder, 'init', '--yes')
  run(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', join(folder, packed.filename))
  const lock = JSON.parse(execFileSync('cat', [join(folder, 'package-lock.json')], { encoding: 'utf8' }))
  const names = Object.keys(lock.packages).filter((path) => path.startsWith('node_modules/'))
  const { bytes, files } = walk(join(folder, 'node_modules'))
  console.log(
    `authdouble ${packed.version}: ${megabytes(packed.size)} packed, ${megabytes(packed.unpackedSize)} unpacked, ${packed.entryCount} files`,
  )
  console.log(`installed: ${names.length} packages, ${megabytes(bytes)}, ${files} files`)
  const own = names.filter((path) => path.split('node_modules/').length === 2)
  const sizes = own.map((path) => ({ name: path.slice('node_modules/'.length), ...walk(join(folder, path)) }))
  for (const { name, bytes: size } of sizes.sort((a, b) => b.bytes - a.bytes).slice(0, 8))
    console.log(`  ${megabytes(size).padStart(8)}  ${name}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
