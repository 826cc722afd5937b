import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { AccessToken } from '../../src/protocol/records.js'
import { openFile } from '../../src/store/file.js'
import { CannotOpen, Unavailable } from '../../src/store/store.js'
import { describeStore } from './suite.js'

const folder = mkdtempSync(join(tmpdir(), 'authdouble-file-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let number = 0
const fresh = (): string => {
  number += 1
  return join(folder, `${number}.json`)
}
const record = (from: string): AccessToken => ({
  client: 'c',
  user: 'u',
  scope: 'a b',
  connection: 'x',
  generation: 0,
  expires: null,
  from,
})
const open = async (path: string) => (await openFile(path)).store(() => 1000)
const tokensIn = (path: string): readonly string[] => Object.keys(JSON.parse(readFileSync(path, 'utf8')).records.s?.access ?? {})
const put = async (store: Awaited<ReturnType<typeof open>>, id: string): Promise<void> =>
  store.transact('s', (tx) => tx.put('access', id, record(id)))

describeStore(
  'the file store',
  async (now) => {
    const store = (await openFile(fresh())).store(now)
    return { store, others: [], close: () => store.close() }
  },
  10,
)

it('a record is there until its time is over, and gone when the file is opened later', async () => {
  const path = fresh()
  const first = await open(path)
  await first.transact('s', (tx) => tx.put('access', 'a', { ...record('a'), until: 1003 }))
  await first.close()
  const at = async (time: number) => {
    const store = (await openFile(path)).store(() => time)
    const kept = Object.keys(await store.list('s', 'access'))
    await store.close()
    return kept
  }
  expect([await at(1003), await at(1003.5)]).toEqual([['a'], []])
})

/** Mounting takes a right that a container may lack: then the test says so, and fails where nothing may be left out. */
const mount = (...args: string[]): boolean => {
  try {
    execFileSync('mount', args, { stdio: 'ignore' })
    return true
  } catch {
    if (process.env['CI'] === 'true') throw new Error('mount is not allowed here, and CI=true leaves nothing out')
    console.warn('not tested: mount is not allowed here')
    return false
  }
}

describe('the state file', () => {
  it('holds what was promised once the promise is given', async () => {
    const path = fresh()
    const store = await open(path)
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await put(store, `t${i}`)
        expect(tokensIn(path)).toContain(`t${i}`)
      }),
    )
    await store.close()
    const again = await open(path)
    expect(await again.transact('s', (tx) => tx.get('access', 't7'))).toEqual(record('t7'))
    await again.close()
  })

  it('tells of nothing that is not in it yet', async () => {
    const path = fresh()
    const store = await open(path)
    const writing = put(store, 'a')
    const seen = store.transact('s', (tx) => tx.get('access', 'a')?.from)
    const other = store.transact('s', (tx) => tx.get('access', 'elsewhere'))
    expect(seen).toBeInstanceOf(Promise)
    expect(other).toBeUndefined()
    expect(await seen).toBe('a')
    expect(tokensIn(path)).toEqual(['a'])
    await writing
    await store.close()
  })

  it('is JSON with a version, one record to a line, that a person can edit', async () => {
    const path = fresh()
    const store = await open(path)
    await put(store, 'a')
    await store.close()
    const text = readFileSync(path, 'utf8')
    expect(JSON.parse(text)).toMatchObject({ format: 'authdouble', version: 1, records: { s: { access: { a: { from: 'a' } } } } })
    expect(text.split('\n').filter((line) => line.trim().startsWith('"a": {'))).toHaveLength(1)
    writeFileSync(path, JSON.stringify({ ...JSON.parse(text), records: { s: { access: { edited: record('by hand') } } } }, null, 4))
    const again = await open(path)
    expect(await again.transact('s', (tx) => [tx.get('access', 'edited')?.from, tx.get('access', 'a')])).toEqual(['by hand', undefined])
    await again.close()
  })

  it.each([
    ['torn', '{"format":"authdouble","version":1,"records":{"s":{'],
    ['of another program', '{"name":"package","version":"1.0.0"}'],
    ['of a later version', '{"format":"authdouble","version":99,"records":{}}'],
    ['edited into nonsense', '{"format":"authdouble","version":1,"records":{"s":{"access":{"a":7}}}}'],
    ['of records that are none', '{"format":"authdouble","version":1,"records":{"s":{"access":{"a":{"client":"c"}}}}}'],
  ])('is refused and left alone when it is %s', async (_, text) => {
    const path = fresh()
    writeFileSync(path, text)
    const before = statSync(path)
    await expect(openFile(path)).rejects.toThrow(CannotOpen)
    await expect(openFile(path)).rejects.toThrow('left as it is')
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(statSync(path).ino).toBe(before.ino)
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('is refused with a reason where its folder is missing or it is a folder itself', async () => {
    await expect(openFile(join(folder, 'none/state.json'))).rejects.toThrow('its folder does not exist')
    const path = fresh()
    mkdirSync(path)
    await expect(openFile(path)).rejects.toThrow('it is a folder')
  })

  it('stays a link when it is reached by one', async () => {
    const path = fresh()
    const link = fresh()
    symlinkSync(path, link)
    writeFileSync(path, '')
    const store = await open(link)
    await put(store, 'a')
    await store.close()
    expect(tokensIn(path)).toEqual(['a'])
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('belongs to one process: a second one exits with 2 and says which', async () => {
    const path = fresh()
    const store = await open(path)
    const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', '--port', '0', '--state', path], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    const code = await new Promise((resolve) => child.on('exit', resolve))
    expect(code).toBe(2)
    expect(said).toContain(`in use by another authdouble (process ${process.pid} `)
    await put(store, 'still mine')
    await store.close()
    const next = await open(path)
    await next.close()
  })

  it('is taken over from a process that was killed', async () => {
    const path = fresh()
    const gone = spawn('true')
    await new Promise((resolve) => gone.on('exit', resolve))
    const { hostname } = await import('node:os')
    writeFileSync(`${path}.lock`, JSON.stringify({ pid: gone.pid, host: hostname() }))
    const store = await open(path)
    await store.close()
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('is left to the process that took it over meanwhile', async () => {
    const path = fresh()
    const store = await open(path)
    const theirs = JSON.stringify({ pid: process.pid, host: 'elsewhere', token: 'theirs' })
    writeFileSync(`${path}.lock`, theirs)
    await store.close()
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe(theirs)
  })

  it('keeps no caller waiting while many others write', async () => {
    const path = fresh()
    const store = await open(path)
    await store.transact('s', (tx) => {
      for (let i = 0; i < 10_000; i += 1) tx.put('access', `old ${i}`, record('seed'))
    })
    const written = (): bigint => statSync(path, { bigint: true }).mtimeNs
    const writes = new Set([written()])
    let waiting = true
    const asked = [
      put(store, 'first').then(() => {
        waiting = false
      }),
    ]
    // Whoever asks rides on the write after the one under way, however many come behind.
    while (waiting && writes.size <= 3) {
      asked.push(put(store, `behind ${asked.length}`))
      await setImmediate()
      writes.add(written())
    }
    expect(asked.length).toBeGreaterThan(2)
    expect(writes.size).toBeLessThanOrEqual(3)
    await Promise.all(asked)
    await store.close()
  })

  it('loses nothing when the disk is full, and goes on when it is not', async () => {
    const small = join(folder, 'small')
    mkdirSync(small)
    if (!mount('-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small)) return
    try {
      const path = join(small, 'state.json')
      const store = await open(path)
      await put(store, 'promised')
      writeFileSync(join(small, 'ballast'), Buffer.alloc(120_000))
      const many = async (): Promise<void> =>
        store.transact('s', (tx) => {
          tx.delete('access', 'promised')
          for (let i = 0; i < 4000; i += 1) tx.put('access', `too many ${i}`, record('x'))
        })
      const both = await Promise.allSettled([many(), put(store, 'beside')])
      expect(both[0]).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) })
      expect(both[1]).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) })
      expect(tokensIn(path)).toEqual(['promised'])
      expect(Object.keys(await store.list('s', 'access'))).toEqual(['promised'])
      rmSync(join(small, 'ballast'))
      await put(store, 'later')
      expect(tokensIn(path)).toEqual(['promised', 'later'])
      await store.close()
    } finally {
      execFileSync('umount', [small])
    }
  })

  it('says what to mount when it is a mount itself', async () => {
    const path = fresh()
    const other = fresh()
    writeFileSync(path, '')
    writeFileSync(other, '')
    if (!mount('--bind', other, path)) return
    try {
      await expect(openFile(path)).rejects.toThrow('mount its folder instead')
    } finally {
      execFileSync('umount', [path])
    }
  })
})
