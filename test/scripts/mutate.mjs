/**
 * Breaks one line at a time and says which breaks no test noticed.
 *
 *     npm run mutate -- [--rooms protocol,store,faults,judges] [--count 60] [--seed 1] [--files src/protocol/code.ts,...]
 *
 * It works on a copy, so the checkout stays as it is. Takes about half a minute for each change.
 */

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: 'protocol,store,faults,judges' },
    count: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    files: { type: 'string', default: '' },
  },
})

/** The folders of each room, and the tests that should notice. */
const rooms = {
  protocol: {
    sources: ['src/protocol', 'src/clock'],
    tests: [
      'test/providers',
      'test/server',
      'test/clock',
      'test/control',
      'test/laws/properties',
      'test/laws/metadata',
      'test/model',
      'test/library',
    ],
  },
  store: {
    sources: ['src/store', 'src/sandbox/mint.ts'],
    tests: ['test/store', 'test/provider-files', 'test/laws/properties', 'test/cluster', 'test/server', 'test/control'],
  },
  faults: { sources: ['src/faults'], tests: ['test/faults', 'test/control', 'test/library', 'test/server'] },
  judges: {
    sources: ['src/conformance/cases', 'src/conformance/invariants'],
    tests: [
      'test/conformance/reference',
      'test/conformance/explore',
      'test/conformance/corpus',
      'test/conformance/killed',
      'test/conformance/rules',
    ],
  },
}

/** What is written, and what is written instead. */
const changes = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ <= /g, ' < '],
  [/ >= /g, ' > '],
  [/ < (?=[\w(])/g, ' <= '],
  [/ > (?=[\w(])/g, ' >= '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ \?\? /g, ' && '],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
  [/\.some\(/g, '.every('],
  [/\.every\(/g, '.some('],
  [/(?<=\bif \()(?=[^)])/g, 'false && '],
  [/^( +)(?:await )?[a-z]\w*(?:\.\w+)+\(.*\)$/g, '$1void 0'],
  [/(?<=[\w)] )- (?=\w)/g, '+ '],
]

const filesOf = (path) =>
  statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(path, file))

const code = (line) => !/^\s*(?:\/?\*|\/\/|import\b|export \*|export type|type |interface |readonly |description|title|fix)/.test(line)

/** Each place of a file where something can be written instead. */
const placesIn = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, at) =>
      code(line)
        ? changes.flatMap(([written, instead]) =>
            [...line.matchAll(written)].map((match) => {
              const [all, indent = ''] = match
              const put = instead.replace('$1', indent)
              return { file, at, line, mutant: `${line.slice(0, match.index)}${put}${line.slice(match.index + all.length)}` }
            }),
          )
        : [],
    )
    .filter(({ line, mutant }) => line !== mutant)

const rank = (place) => createHash('sha256').update(`${values.seed} ${place.file} ${place.line} ${place.mutant}`).digest('hex')

const copy = mkdtempSync(join(tmpdir(), 'authdouble-mutate-'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
process.on('SIGINT', () => process.exit(130))
for (const name of ['src', 'test', 'fixtures', 'openapi', 'docs', 'dist', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'README.md'])
  cpSync(name, join(copy, name), { recursive: true })
symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'))

const run = (command, args) =>
  spawnSync(command, args, { cwd: copy, encoding: 'utf8', timeout: 900_000, env: { ...process.env, FORCE_COLOR: '0' }, maxBuffer: 1e8 })

const testsPass = (room) => run('npx', ['vitest', 'run', '--project', 'all', '--bail', '1', ...rooms[room].tests])

const names = values.rooms.split(',')
const wanted = Math.ceil(Number(values.count) / names.length)
const only = values.files === '' ? undefined : values.files.split(',')
const survivors = []
const told = { tests: 0, types: 0, survived: 0 }
for (const room of names) {
  const files = rooms[room].sources.flatMap(filesOf).filter((file) => !only || only.includes(file))
  const places = files
    .flatMap(placesIn)
    .sort((a, b) => rank(a).localeCompare(rank(b)))
    .slice(0, wanted)
  const clean = testsPass(room)
  if (clean.status !== 0) throw new Error(`the tests of ${room} fail before anything is broken:\n${clean.stdout.slice(-3000)}`)
  for (const place of places) {
    const path = join(copy, place.file)
    const before = readFileSync(path, 'utf8')
    writeFileSync(path, before.split('\n').with(place.at, place.mutant).join('\n'))
    const caught = testsPass(room).status !== 0 ? 'tests' : run('npx', ['tsc', '--noEmit']).status !== 0 ? 'types' : 'survived'
    writeFileSync(path, before)
    told[caught] += 1
    if (caught === 'survived') survivors.push(place)
    process.stdout.write(`${caught.padEnd(8)} ${place.file}:${place.at + 1}  ${place.line.trim()}  ->  ${place.mutant.trim()}\n`)
  }
}
const all = told.tests + told.types + told.survived
process.stdout.write(
  `\n${all} changes: ${told.tests} caught by tests, ${told.types} by the types, ${told.survived} by nothing (seed ${values.seed}).\n`,
)
for (const { file, at, line, mutant } of survivors) process.stdout.write(`${file}:${at + 1}\n  - ${line.trim()}\n  + ${mutant.trim()}\n`)
