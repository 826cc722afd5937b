import { X509Certificate } from 'node:crypto'
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { certificateDirectory, certificatesFor } from '../../src/intercept/ca.js'
import { permittedHosts } from '../../src/intercept/nameConstraints.js'
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

test('another host gets a new certificate, and the authority, with its own key, one that permits both', async () => {
  await using state = await directory()
  const first = await certificatesFor(state.path, ['a.example'])
  const before = await read(await readFile(first.caFile, 'utf8'))
  const second = await certificatesFor(state.path, ['b.example'])
  const after = await read(await readFile(second.caFile, 'utf8'))
  expect(second.cert).not.toBe(first.cert)
  expect(permittedHosts(before.raw)).toEqual(['127.0.0.1', '::1', 'a.example', 'localhost'])
  expect(permittedHosts(after.raw)).toEqual(['127.0.0.1', '::1', 'a.example', 'b.example', 'localhost'])
  expect(after.publicKey.equals(before.publicKey)).toBe(true)
  expect((await read(first.cert)).verify(after.publicKey)).toBe(true)
  await certificatesFor(state.path, ['a.example'])
  expect(await readFile(second.caFile, 'utf8')).toBe(after.toString())
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

test.each(['server-key.pem', 'ca-key.pem'])('%s that was damaged is told, and never replaced silently', async (name) => {
  await using state = await directory()
  const file = join(state.path, name)
  await certificatesFor(state.path, ['a.example'])
  for (const damage of ['', 'not a key', (await readFile(file, 'utf8')).replace(/[A-Za-z0-9+/]{64}\n/, '')]) {
    await writeFile(file, damage)
    await expect(certificatesFor(state.path, ['a.example'])).rejects.toThrow(
      `is damaged: it holds no key with its certificate. To have it made anew: rm ${file}`,
    )
    expect(await readFile(file, 'utf8')).toBe(damage)
  }
  await rm(file)
  await certificatesFor(state.path, ['a.example'])
})

test.each(['server-key.pem', 'ca-key.pem'])('%s that others can read is refused with the command that mends it', async (name) => {
  await using state = await directory()
  const file = join(state.path, name)
  const first = await certificatesFor(state.path, ['a.example'])
  await chmod(file, 0o644)
  await expect(certificatesFor(state.path, ['a.example'])).rejects.toThrow(`chmod 600 ${file}`)
  await chmod(file, 0o600)
  expect(await certificatesFor(state.path, ['a.example'])).toEqual(first)
})

test('an authority without limits, as older versions made them, is not gone on with', async () => {
  await using state = await directory()
  const { default: forge } = await import('node-forge')
  const limited = await certificatesFor(state.path, ['a.example'])
  const bundle = await readFile(join(state.path, 'ca-key.pem'), 'utf8')
  const cert = forge.pki.certificateFromPem(await readFile(limited.caFile, 'utf8'))
  cert.setExtensions(cert.extensions.filter(({ id }: { id: string }) => id !== '2.5.29.30'))
  cert.sign(forge.pki.privateKeyFromPem(bundle), forge.md.sha256.create())
  const unlimited = forge.pki.certificateToPem(cert)
  await writeFile(join(state.path, 'ca-key.pem'), bundle.slice(0, bundle.indexOf('-----BEGIN CERTIFICATE')) + unlimited)
  const again = await certificatesFor(state.path, ['a.example'])
  const authority = await read(await readFile(again.caFile, 'utf8'))
  expect(permittedHosts(authority.raw)).toContain('a.example')
  expect(authority.publicKey.equals((await read(unlimited)).publicKey)).toBe(false)
})

test("the directory is the one that was named, else the user's state directory", () => {
  expect(certificateDirectory({ AUTHDOUBLE_CA_DIR: '/somewhere' })).toBe('/somewhere')
  expect(certificateDirectory({ XDG_STATE_HOME: '/state' })).toBe('/state/authdouble')
  expect(certificateDirectory({})).toMatch(/\.local\/state\/authdouble$/)
})
