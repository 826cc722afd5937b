/** Removes, when all is over, what the recorder left. */

import { rmSync } from 'node:fs'

export const teardown = (): void => {
  rmSync(process.env['AUTHDOUBLE_TEST_EXCHANGES'] ?? '', { recursive: true, force: true })
}
