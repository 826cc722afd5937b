/** Where the program is that a module under test runs in: compiled, whoever asks, for it is started by Node alone. */

import { fileURLToPath } from 'node:url'

export const clientHostFile = fileURLToPath(new URL('../../dist/conformance/clientHost.js', import.meta.url))
