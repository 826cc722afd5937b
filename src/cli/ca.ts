/** `authdouble ca`: where the certificate authority is that clients have to trust. */

import { resolve } from 'node:path'
import { AuthorityProblem, certificateDirectory, ensureAuthority } from '../intercept/ca.js'
import { settle } from '../provider/quirk.js'
import type { Settings } from '../provider/settings.js'
import { providers } from '../providers/index.js'
import { hostsOf } from '../sandbox/sandboxRegistry.js'
import type { Command } from './args.js'
import { string, UsageError } from './args.js'

export const ca: Command = {
  name: 'ca',
  usage: 'authdouble ca [--ca-dir <path>]',
  help: [
    'Prints the path of the certificate of the authority, for NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE or curl --cacert.',
    'Creates the certificate authority if there is none yet.',
  ].join('\n'),
  flags: { 'ca-dir': { type: 'string', value: 'path', help: 'the folder of the certificate authority (AUTHDOUBLE_CA_DIR)' } },
  run: async (given) => {
    if (given.positionals.length > 0) throw new UsageError(`ca takes no ${JSON.stringify(given.positionals[0])}`)
    const directory = string(given, 'ca-dir')
    if (directory === '') throw new UsageError('--ca-dir is empty')
    // A placeholder is no name that a certificate could have.
    const hosts = [...hostsOf(providers, ({ settings }) => settle<Settings>(settings, {})).keys()].filter((one) => !one.includes('{'))
    try {
      const caFile = await ensureAuthority(directory ? resolve(directory) : certificateDirectory(process.env), hosts)
      process.stdout.write(`${caFile}\n`)
      return 0
    } catch (error) {
      throw error instanceof AuthorityProblem ? new UsageError(error.message) : error
    }
  },
}
