/** Stand-ins for the programs that open a browser, so that command-line tools can be driven without one. */

import { chmod, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { makeFolder, removeFolder } from './folders.js'

/** What tools call to open a page: macOS, freedesktop, Debian, and what libraries try in turn. */
const openers = ['open', 'xdg-open', 'sensible-browser', 'x-www-browser', 'www-browser', 'gnome-open', 'kde-open', 'wslview']

export interface Shims {
  /** `BROWSER` and a `PATH` that has the stand-ins first. */
  readonly environment: { readonly [name: string]: string }
  /** Resolves once a page was opened. */
  readonly opened: () => Promise<{ readonly url: string }>
  /** Stops waiting. */
  readonly forget: () => void
  readonly close: () => Promise<void>
}

const pause = 20

export const createShims = async (): Promise<Shims> => {
  const folder = makeFolder('authdouble-browser-')
  const record = join(folder, 'opened')
  // The last argument is the page: openers take options before it.
  const script = `#!/bin/sh\nfor page in "$@"; do :; done\nprintf '%s\\n' "$page" >>'${record}'\n`
  await Promise.all(
    openers.map(async (name) => {
      await writeFile(join(folder, name), script)
      await chmod(join(folder, name), 0o755)
    }),
  )
  let seen = 0
  let timer: NodeJS.Timeout | undefined
  let waiting = 0
  const forget = (): void => {
    waiting += 1
    clearTimeout(timer)
  }
  const opened = (): Promise<{ readonly url: string }> =>
    new Promise((resolve) => {
      const turn = waiting
      const look = async (): Promise<void> => {
        const lines = (await readFile(record, 'utf8').catch(() => '')).split('\n').filter((line) => /^https?:/.test(line))
        // Forgotten while it was reading: nobody waits any more.
        if (turn !== waiting) return
        const url = lines[seen]
        if (url === undefined) {
          timer = setTimeout(() => void look(), pause)
          return
        }
        seen += 1
        resolve({ url })
      }
      timer = setTimeout(() => void look(), pause)
    })
  return {
    environment: { BROWSER: join(folder, 'xdg-open'), PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
    opened,
    forget,
    close: async () => {
      forget()
      await removeFolder(folder)
    },
  }
}
