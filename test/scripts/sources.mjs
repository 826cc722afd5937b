// Looks up what the sources quote in text files of yours: the providers' pages, saved as text.
// `npm run sources -- <folder>... [--provider zettle,vcita]`
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { providers } from '../../dist/index.js'
import { factsOf } from '../../dist/provider/facts.js'
import { quirksOf } from '../../dist/provider/quirk.js'

const { values, positionals: folders } = parseArgs({ allowPositionals: true, options: { provider: { type: 'string' } } })
const ids = values.provider?.split(',') ?? providers.map(({ id }) => id)
const unknown = ids.find((id) => !providers.some((provider) => provider.id === id))
if (folders.length === 0 || unknown !== undefined) {
  if (unknown !== undefined) console.error(`there is no provider ${unknown}`)
  console.error('usage: npm run sources -- <folder with text files>... [--provider <id>,<id>]')
  process.exit(2)
}

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile())

/** The JSON inside the JWTs of a text: what they say of themselves is a text too. */
const decoded = (text) =>
  (text.match(/eyJ[\w-]{8,}(?:\.[\w-]+)*/g) ?? []).flatMap((token) =>
    token.split('.').map((part) => Buffer.from(part, 'base64url').toString()),
  )

/** Spaces, line ends, markup and typographic marks are no part of what is said: a page that was saved as text has others. */
const plainly = (text) =>
  text
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[`*\\\s]/g, '')
    .toLowerCase()

const texts = folders.flatMap(filesBelow).map((path) => {
  const text = readFileSync(path, 'utf8')
  return plainly([text, ...decoded(text)].join('\n'))
})

/** `…` stands for what is left out. */
const isFound = (quote) => {
  const parts = plainly(quote).split('…')
  return texts.some((text) => {
    let at = 0
    return parts.every((part) => {
      const found = text.indexOf(part, at)
      at = found + part.length
      return found >= 0
    })
  })
}

const requirementsOf = (id) =>
  parse(readFileSync(new URL(`../../fixtures/${id}/requirements.yaml`, import.meta.url), 'utf8')).requirements.map((row) => ({
    name: `requirement ${row.id}`,
    source: { where: row.section, quote: row.quote },
  }))

const sources = providers
  .filter(({ id }) => ids.includes(id))
  .flatMap(({ id, settings }) =>
    [
      ...quirksOf(settings).map(({ quirk }) => ({ name: `quirk ${quirk.name}`, source: quirk.source })),
      ...factsOf(settings).map(({ path, source }) => ({ name: `fact ${path}`, source })),
      ...requirementsOf(id),
    ].map((one) => ({ id, ...one })),
  )

const quoted = sources.filter(({ source }) => source.quote !== undefined)
const missing = quoted.filter(({ source }) => !isFound(source.quote))
for (const { id, name, source } of missing) console.log(`${id}: ${name}: ${source.where}: “${source.quote}”`)
console.log(`${quoted.length - missing.length} of ${quoted.length} quotations are in the ${texts.length} files`)
process.exit(missing.length > 0 ? 1 : 0)
