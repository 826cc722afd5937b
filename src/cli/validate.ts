/** `authdouble validate`: checks a config file, or a provider file. */

import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { readDocument } from '../provider-files/document.js'
import { isObject } from '../validation/schema.js'
import type { Command } from './args.js'
import { UsageError } from './args.js'
import { configFile, configIn, configNames } from './config.js'
import { namedProvider } from './namedProvider.js'

/** Modules are providers; of data, what has a member that no config file has, and what says nothing and is not named like one. */
const isProviderFile = async (file: string): Promise<boolean> => {
  if (['.mjs', '.js', '.ts', '.mts'].includes(extname(file))) return true
  if (configNames.some((name) => file.endsWith(name))) return false
  const document = await readDocument(await readFile(file, 'utf8').catch(() => ''))
  if ('unreadable' in document) return false
  const { content } = document
  if (!isObject(content)) return content === null || content === undefined
  return ['id', 'name', 'docs', 'extends', 'settings', 'errors'].some((member) => member in content)
}

export const validate: Command = {
  name: 'validate',
  usage: 'authdouble validate [file]',
  help: `Checks a config file or a provider file and names the file, line and field of each mistake. Without a file, checks ${configNames.join(', ')}.`,
  flags: {},
  run: async (given) => {
    const [named, ...more] = given.positionals
    if (more.length > 0) throw new UsageError('validate takes one file')
    const file = configFile(named)
    if (file === undefined) throw new UsageError(`this folder has no ${configNames.join(', ')}`)
    if (await isProviderFile(file)) await namedProvider(file)
    else await configIn(file)
    process.stdout.write(`${file} is fine\n`)
    return 0
  },
}
