// Makes the CommonJS half of the package: whatever package.json exports to `require`, in dist/cjs. Jest without flags loads nothing else.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { rolldown } from 'rolldown'

const { dependencies, optionalDependencies, peerDependencies, exports } = JSON.parse(readFileSync('package.json', 'utf8'))

/** There is no other way to get these into Jest: they are ES modules only. Their licences come with them. */
const included = ['jose', 'lowdb']
const installed = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).filter((name) => !included.includes(name))
const packageOf = (id) => id.split('/', id.startsWith('@') ? 2 : 1).join('/')

const doors = Object.values(exports).filter(({ require }) => require)
const nameOf = (door) => basename(door.require.default, '.cjs')
const folder = 'dist/cjs'
// One level below dist, as every file of the library: what it reads beside itself stands two levels up.
if (doors.some(({ require }) => join(require.default, '..') !== folder)) throw new Error(`what is required stands in ${folder}`)

const bundle = await rolldown({
  input: Object.fromEntries(doors.map((door) => [nameOf(door), door.import.default])),
  platform: 'node',
  external: (id) => /^[^./]/.test(id) && !included.includes(packageOf(id)),
})

const licences = ({ moduleIds }) => {
  const found = included.filter((name) => moduleIds.some((id) => id.includes(`/node_modules/${name}/`)))
  return found
    .map((name) => {
      const file = ['LICENSE', 'LICENSE.md', 'license'].map((one) => join('node_modules', name, one)).find((one) => existsSync(one))
      return `/*! ${name}\n\n${readFileSync(file, 'utf8').trim()}\n*/`
    })
    .join('\n')
}

const { output } = await bundle.generate({
  format: 'cjs',
  dynamicImportInCjs: false,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  banner: licences,
})
await bundle.close()

const files = new Set(output.map(({ fileName }) => fileName))
const outside = output.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]).filter((name) => !files.has(name))
const missing = outside.filter((name) => !name.startsWith('node:') && !installed.includes(packageOf(name)))
if (missing.length > 0) throw new Error(`dist/cjs needs what would not be installed: ${missing.join(', ')}`)

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
for (const { fileName, code } of output) writeFileSync(join(folder, fileName), code)

/** The types are those of the ES module: nothing is declared twice. */
for (const door of doors) {
  const from = `'../${door.import.types.replace('./dist/', '').replace(/\.d\.ts$/, '.js')}'`
  const { exports: values } = output.find(({ fileName }) => fileName === `${nameOf(door)}.cjs`)
  const module = `typeof import(${from}, { with: { 'resolution-mode': 'import' } })`
  const lines = values.sort().map((name) => `export declare const ${name}: (${module})['${name}']`)
  const text = `export type * from ${from} with { 'resolution-mode': 'import' }\n${lines.join('\n')}\n`
  writeFileSync(join(folder, `${nameOf(door)}.d.cts`), text)
}
