import { X509Certificate } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { certificateDirectory, certificatesFor } from '../../src/intercept/ca.js'
import { directory } from './ground.js'

const read = async (pem: string) => new X509Certificate(pem)
const years = (count: number) => new Date(Date.now() + count * 365 * 24 * 3600 * 1000)

test('one certificate is good for every host and address it was asked for', async () => {
  await using state = await directory()
  const { cert, caFile } = await certificatesFor(state.path, ['oauth.example.com', 'localhost', '127.0.0.1', '::1'])
  const made = await read(cert)
  expect(made.checkHost('oauth.example.com')).toBeDefined()
  expect(made.checkHost('other.example.com')).toBeUndefined()
  expect(made.checkIP('127.0.0.1')).toBeDefined()
  expect(made.checkIP('::1')).toBeDefined()
  const authority = await read(await readFile(caFile, 'utf8'))
  expect(made.verify(authority.publicKey)).toBe(true)
  expect(authority.ca).toBe(true)
  expect(made.ca).toBe(false)
})

test('certificates are made once and then reused', async () => {
  await using state = await directory()
  const first = await certificatesFor(state.path, ['a.example'])
  expect(await certificatesFor(state.path, ['a.example'])).toEqual(first)
})

test('another host gets a new certificate from the same authority, which clients trust already', async () => {
  await using state = await directory()
  const first = await certificatesFor(state.path, ['a.example'])
  const trusted = await readFile(first.caFile, 'utf8')
  const second = await certificatesFor(state.path, ['a.example', 'b.example'])
  expect(second.cert).not.toBe(first.cert)
  expect(await readFile(second.caFile, 'utf8')).toBe(trusted)
})

test('a certificate that ends within a month is renewed, and so is the authority', async () => {
  await using state = await directory()
  const first = await certificatesFor(state.path, ['a.example'])
  const trusted = await readFile(first.caFile, 'utf8')
  const ends = Date.parse((await read(first.cert)).validTo)
  const renewed = await certificatesFor(state.path, ['a.example'], new Date(ends - 29 * 24 * 3600 * 1000))
  expect(Date.parse((await read(renewed.cert)).validTo)).toBeGreaterThan(ends)
  expect(await readFile(first.caFile, 'utf8')).toBe(trusted)
  const later = await certificatesFor(state.path, ['a.example'], years(10))
  const authority = await readFile(first.caFile, 'utf8')
  expect(authority).not.toBe(trusted)
  expect((await read(later.cert)).verify((await read(authority)).publicKey)).toBe(true)
})

test('keys are readable by their owner only, and no drafts stay behind', async () => {
  await using state = await directory()
  const inner = join(state.path, 'state')
  await certificatesFor(inner, ['a.example'])
  expect((await readdir(inner)).sort()).toEqual(['ca-key.pem', 'ca.pem', 'server-key.pem'])
  expect((await stat(inner)).mode & 0o777 & 0o022).toBe(0)
  expect((await stat(join(inner, 'ca-key.pem'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(inner, 'server-key.pem'))).mode & 0o777).toBe(0o600)
  expect(await readFile(join(inner, 'ca.pem'), 'utf8')).not.toContain('PRIVATE KEY')
})

test('several first uses at once agree on one authority', async () => {
  await using state = await directory()
  const all = await Promise.all([1, 2, 3].map(() => certificatesFor(state.path, ['a.example'])))
  const authority = await read(await readFile(join(state.path, 'ca.pem'), 'utf8'))
  for (const { cert } of all) expect((await read(cert)).verify(authority.publicKey)).toBe(true)
})

test('a key file that was damaged is replaced', async () => {
  await using state = await directory()
  await certificatesFor(state.path, ['a.example'])
  await writeFile(join(state.path, 'server-key.pem'), 'not a key')
  const { cert } = await certificatesFor(state.path, ['a.example'])
  expect((await read(cert)).checkHost('a.example')).toBeDefined()
  await writeFile(join(state.path, 'ca-key.pem'), 'not a key')
  const again = await certificatesFor(state.path, ['a.example'])
  const authority = await read(await readFile(again.caFile, 'utf8'))
  expect((await read(again.cert)).verify(authority.publicKey)).toBe(true)
})

test("the directory is the one that was named, else the user's state directory", () => {
  expect(certificateDirectory({ AUTHDOUBLE_CA_DIR: '/somewhere' })).toBe('/somewhere')
  expect(certificateDirectory({ XDG_STATE_HOME: '/state' })).toBe('/state/authdouble')
  expect(certificateDirectory({})).toMatch(/\.local\/state\/authdouble$/)
})
