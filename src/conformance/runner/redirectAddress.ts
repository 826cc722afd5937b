/** A redirect address for each case, so that clients which listen there do not get in each other's way. */

import { createServer } from 'node:net'

/** The port of the first case; the others follow it. */
const first = 4741

/** Where to look when somebody else has a port. */
const step = 512

const free = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/**
 * The registered redirect URI with a port of its own, where any loopback address is as good.
 *
 * @param registered as the provider has it
 * @param place the place of the case among all of its provider: the same case has the same address in every run
 */
export const redirectAddressOf = async (registered: string, place: number): Promise<string> => {
  const url = new URL(registered)
  if (url.hostname !== '127.0.0.1' || Number(url.port) !== first) return registered
  for (let port = first + place; port < 65_000; port += step) {
    if (!(await free(port))) continue
    url.port = String(port)
    return url.href
  }
  return registered
}
