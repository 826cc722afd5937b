/** A file system of 64 kB that a test can fill. Mounting takes a right that a container may lack: the test says so then. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export interface SmallDisk {
  readonly folder: string
  readonly fill: () => void
  readonly makeRoom: () => void
}

/** @returns undefined where mounting is not allowed @throws Error there under CI=true, which leaves nothing out */
export const smallDisk = (): SmallDisk | undefined => {
  const outer = mkdtempSync(join(tmpdir(), 'authdouble-full-'))
  const folder = join(outer, 'disk')
  mkdirSync(folder)
  const remove = (): void => rmSync(outer, { recursive: true, force: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    remove()
    if (process.env['CI'] === 'true') throw new Error('mount is not allowed here, and CI=true leaves nothing out')
    console.warn('not tested: mount is not allowed here')
    return undefined
  }
  afterAll(() => {
    execFileSync('umount', [folder])
    remove()
  })
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill: () => {
      writeFileSync(ballast, '')
      try {
        writeFileSync(ballast, Buffer.alloc(64 * 1024))
      } catch {
        // As much as fits is what was wanted.
      }
    },
    makeRoom: () => rmSync(ballast),
  }
}
