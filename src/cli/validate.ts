/** `authdouble validate`: checks a config file. */

import type { Command } from './args.js'
import { UsageError } from './args.js'
import { configFile, configIn, configNames } from './config.js'

export const validate: Command = {
  name: 'validate',
  usage: 'authdouble validate [file]',
  help: `Checks a config file (${configNames.join(', ')} unless named) and says file, line and field of all that is wrong.`,
  flags: {},
  run: async (given) => {
    const [named, ...more] = given.positionals
    if (more.length > 0) throw new UsageError('validate takes one file')
    const file = configFile(named)
    if (file === undefined) throw new UsageError(`there is no ${configNames.join(', ')} here`)
    await configIn(file)
    process.stdout.write(`${file} is fine\n`)
    return 0
  },
}
