// The `npx` of a reader: it knows one package, this one, as it is built. A command that would serve for ever ends when it is ready.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const [name, ...argv] = process.argv.slice(2)
if (name !== 'authdouble') throw new Error(`a reader of the documentation has no ${name}`)

const serves = (argv[0] === undefined || argv[0] === 'serve' || /^--?(?!help|version|h$)/.test(argv[0])) && !argv.includes('--help')
const free = ['--port', '0', ...(argv.includes('--tls') ? ['--tls-port', '0'] : []), '--json']
const child = spawn(process.execPath, [main, ...argv, ...(serves ? free : [])], {
  stdio: ['inherit', serves ? 'pipe' : 'inherit', 'inherit'],
})
child.on('exit', (code, signal) => {
  process.exitCode = serves && signal === null && code === 143 ? 0 : (code ?? 1)
})
child.stdout?.once('data', () => child.kill())
