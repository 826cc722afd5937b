// Puts the command line, as compiled in dist, into a few files: most of its start would be the loading of a hundred modules.
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const folder = 'dist/cli'

// What is shared with the library stands in the bundle once more; packages stay where npm puts them.
const bundle = await rolldown({ input: `./${folder}/main.js`, platform: 'node', external: /^[^./]/ })
const { output } = await bundle.generate({ format: 'esm', chunkFileNames: '[name]-[hash].js' })
for (const file of readdirSync(folder)) rmSync(join(folder, file))
for (const { fileName, code } of output) writeFileSync(join(folder, fileName), code)
await bundle.close()
