// Puts the command line, as compiled in dist, into a few files: most of its start would be the loading of a hundred modules.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const folder = 'dist/cli'

// What is shared with the library stands in the bundle once more; packages stay where npm puts them.
const bundle = await rolldown({ input: `./${folder}/main.js`, platform: 'node', external: /^[^./]/ })
const { dependencies, optionalDependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'))
const there = new Set(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
const packageOf = (name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')
const { output } = await bundle.generate({ format: 'esm', chunkFileNames: '[name]-[hash].js' })
const files = new Set(output.map(({ fileName }) => fileName))
const outside = output.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]).filter((name) => !files.has(name))
const missing = outside.filter((name) => !name.startsWith('node:') && !there.has(packageOf(name)))
if (missing.length > 0) throw new Error(`the bundle needs what would not be installed: ${missing.join(', ')}`)
for (const file of readdirSync(folder)) rmSync(join(folder, file))
for (const { fileName, code } of output) writeFileSync(join(folder, fileName), code)
await bundle.close()
