/** `authdouble learn`: writes a provider file out of recorded traffic. */

import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { learn as learnFrom } from '../provider-files/learn/learn.js'
import { readTraffic } from '../provider-files/learn/traffic.js'
import { writeLearned } from '../provider-files/learn/write.js'
import type { Command } from './args.js'
import { string, UsageError } from './args.js'

const idOf = (file: string): string => {
  const name = basename(file, extname(file))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
  return name === '' ? 'learned' : name
}

export const learn: Command = {
  name: 'learn',
  usage: 'authdouble learn <traffic.har> [--id <name>] > acme.yaml',
  help: 'Reads recorded traffic of a provider, a HAR or our journal, and prints a provider file. Each setting names the entry that it was seen in. Secrets are replaced. What could not be learned is listed on stderr.',
  flags: { id: { type: 'string', value: 'name', help: 'the id of the provider (the name of the file)' } },
  run: async (given) => {
    const [file, ...more] = given.positionals
    if (file === undefined || more.length > 0) throw new UsageError('learn takes one file of recorded traffic')
    const id = string(given, 'id') ?? idOf(file)
    if (!/^[a-z][a-z0-9-]*$/.test(id)) throw new UsageError(`--id is lower-case words joined by hyphens, not ${JSON.stringify(id)}`)
    const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`cannot read ${file}: ${error.code}`)
    })
    try {
      const learned = learnFrom(readTraffic(content))
      if (learned.leaves.size === 0) throw new Error('it has no exchange of an OAuth server')
      process.stdout.write(await writeLearned(learned, id))
      for (const one of learned.unlearned) process.stderr.write(`not learned: ${one}\n`)
      return 0
    } catch (error) {
      throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`)
    }
  },
}
