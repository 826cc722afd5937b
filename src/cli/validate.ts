/** `authdouble validate`: checks a config file. */

import type { Command } from './args.js'
import { UsageError } from './args.js'
import { configFile, configIn, configNames } from './config.js'

export const validate: Command = {
  name: 'validate',
  usage: 'authdouble validate [file]',
  help: `Checks a config file and names the file, line and field of each mistake. Without a file, checks ${configNames.join(', ')}.`,
  flags: {},
  run: async (given) => {
    const [named, ...more] = given.positionals
    if (more.length > 0) throw new UsageError('validate takes one file')
    const file = configFile(named)
    if (file === undefined) throw new UsageError(`this folder has no ${configNames.join(', ')}`)
    await configIn(file)
    process.stdout.write(`${file} is fine\n`)
    return 0
  },
}
