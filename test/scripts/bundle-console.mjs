// Puts the console into dist/console as one script and one style sheet: the server writes both into its page.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const source = 'src/console'
const folder = 'dist/console'
/** Bytes, compressed. */
const most = 60_000

const bundle = await rolldown({
  input: `./${source}/main.tsx`,
  platform: 'browser',
})
const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false })
await bundle.close()
const [{ code }] = output
const style = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.css'))
  .sort()
  .map((name) => readFileSync(join(source, name), 'utf8'))
  .join('\n')
  .replace(/\/\*[\s\S]*?\*\//g, '')
  .replace(/\n\s*/g, '\n')

// Both stand in a page as they are.
for (const text of [code, style])
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error('the console holds what would end its own element')
const size = gzipSync(code).length + gzipSync(style).length
if (size > most) throw new Error(`the console takes ${size} bytes compressed: ${most} are enough`)
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'console.js'), code)
writeFileSync(join(folder, 'console.css'), style)
console.log(`the console: ${size} bytes compressed`)
