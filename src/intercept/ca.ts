/** Keeps a certificate authority and a server certificate in a directory: made on first use, reused, renewed in time. */
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { link, mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { permittedHosts } from './nameConstraints.js'
import type { Identity } from './x509.js'

/** What a TLS server needs, and where a client finds the authority to trust. PEM text, and a path. */
export interface Certificates extends Identity {
  readonly caFile: string
}

const month = 30 * 24 * 60 * 60 * 1000

/** Where the authority is kept by default: `$AUTHDOUBLE_CA_DIR`, else the user's state directory. */
export const certificateDirectory = (env: NodeJS.ProcessEnv): string =>
  env['AUTHDOUBLE_CA_DIR'] !== undefined && env['AUTHDOUBLE_CA_DIR'] !== ''
    ? resolve(env['AUTHDOUBLE_CA_DIR'])
    : join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'authdouble')

const bundle = ({ key, cert }: Identity): string => key + cert

/** The authority cannot be used as it lies there. The message says why, and the command that mends it. */
export class AuthorityProblem extends Error {}

/** Windows keeps rights of its own. */
const ownersOnly = process.platform !== 'win32'

const readBundle = async (file: string): Promise<Identity | undefined> => {
  let text: string
  try {
    const others = ownersOnly && (await stat(file)).mode & 0o077
    if (others) throw new AuthorityProblem(`other users can get at ${file}, and it is a private key: chmod 600 ${quoted(file)}`)
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
  const cut = text.indexOf('-----BEGIN CERTIFICATE-----')
  return cut < 0 ? { key: text, cert: '' } : { key: text.slice(0, cut), cert: text.slice(cut) }
}

/** As a shell takes it. */
const quoted = (file: string): string => (/^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`)

/** @throws AuthorityProblem when it is not a key and its certificate */
const inspect = (file: string, identity: Identity): X509Certificate => {
  try {
    const cert = new X509Certificate(identity.cert)
    if (cert.checkPrivateKey(createPrivateKey(identity.key))) return cert
  } catch {
    // What is wrong with it does not help whoever has to replace it.
  }
  throw new AuthorityProblem(`${file} is damaged: it holds no key with its certificate. To have it made anew: rm ${quoted(file)}`)
}

const fresh = (cert: X509Certificate, now: Date): boolean =>
  Date.parse(cert.validFrom) <= now.getTime() && Date.parse(cert.validTo) - now.getTime() > month

const serves = (kept: Identity, authority: Identity, hosts: readonly string[]): boolean => {
  const cert = new X509Certificate(kept.cert)
  const named = (host: string) => (isIP(host) ? cert.checkIP(host) : cert.checkHost(host, { wildcards: false })) !== undefined
  return cert.verify(new X509Certificate(authority.cert).publicKey) && hosts.every(named)
}

/** Written beside and moved into place, so that no reader ever sees half a file. */
const replace = async (file: string, text: string, mode: number): Promise<void> => {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, text, { mode, flag: 'wx' })
  await rename(draft, file)
}

/** As `replace`, but the first of several processes wins and the others find what it wrote. */
const claim = async (file: string, text: string, mode: number): Promise<void> => {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, text, { mode, flag: 'wx' })
  try {
    await link(draft, file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
  } finally {
    await unlink(draft)
  }
}

const freshBundle = async (file: string, now: Date): Promise<Identity | undefined> => {
  const kept = await readBundle(file)
  return kept && fresh(inspect(file, kept), now) ? kept : undefined
}

const permitted = (authority: Identity): readonly string[] | undefined => permittedHosts(new X509Certificate(authority.cert).raw)

const authorityIn = async (directory: string, hosts: readonly string[], now: Date): Promise<Identity> => {
  const file = join(directory, 'ca-key.pem')
  const fits = async (): Promise<Identity | undefined> => {
    const kept = await freshBundle(file, now)
    const permits = kept && permitted(kept)
    return permits && hosts.every((host) => permits.includes(host)) ? kept : undefined
  }
  const kept = await fits()
  if (kept) return kept
  const { makeAuthority } = await import('./x509.js')
  const before = await freshBundle(file, now)
  const known = before && permitted(before)
  // One without limits is not followed: whoever trusts it would go on trusting it for every host.
  const made = await makeAuthority(now, [...new Set([...(known ?? []), ...hosts])].sort(), known && before)
  await claim(file, bundle(made), 0o600)
  const claimed = await fits()
  if (claimed) return claimed
  await replace(file, bundle(made), 0o600)
  return made
}

/** Node's own recursive `mkdir` never ends where a file system takes no folders (/proc). */
const makeFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { mode: 0o755 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if ((await stat(path).catch(() => undefined))?.isDirectory()) return
    if (code !== 'ENOENT' || dirname(path) === path || (await stat(dirname(path)).catch(() => undefined))) throw error
    await makeFolder(dirname(path))
    await makeFolder(path)
  }
}

const reasons: { readonly [code: string]: string } = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOENT: 'no folder can be made there',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'it is a file',
}

const settled = async (directory: string, hosts: readonly string[], now: Date) => {
  try {
    await makeFolder(directory)
    const authority = await authorityIn(directory, hosts, now)
    const caFile = join(directory, 'ca.pem')
    if ((await readFile(caFile, 'utf8').catch(() => '')) !== authority.cert) await replace(caFile, authority.cert, 0o644)
    return { authority, caFile }
  } catch (cause) {
    if (cause instanceof AuthorityProblem) throw cause
    const { code = '', message } = cause as NodeJS.ErrnoException
    throw new AuthorityProblem(`the certificate authority cannot be kept in ${directory}: ${reasons[code] ?? message}`, { cause })
  }
}

const local = ['localhost', '127.0.0.1', '::1']

/** The path of the authority's certificate in that directory; makes the authority if there is none. @throws AuthorityProblem */
export const ensureAuthority = async (directory: string, hosts: readonly string[], now = new Date()): Promise<string> =>
  (await settled(directory, [...new Set([...local, ...hosts])], now)).caFile

/**
 * Gives a key and a certificate for all these host names and IP addresses, signed by the directory's own authority.
 *
 * The first call makes both (about half a second). Later calls reuse what lies there; the certificate is made anew
 * when a host is missing or it ends within a month, and the authority when it ends within a month. The authority may
 * certify the hosts alone that it was ever asked for; one more gives it a new certificate with the same key. Keys are
 * readable by their owner only. Several processes may call this at once.
 *
 * @throws AuthorityProblem when the directory cannot be written, or a key in it is damaged or open to others
 * @example
 * const { key, cert, caFile } = await certificatesFor('/tmp/state', ['oauth.example', 'localhost', '127.0.0.1'])
 */
export const certificatesFor = async (directory: string, named: readonly string[], now = new Date()): Promise<Certificates> => {
  const hosts = [...new Set([...local, ...named])]
  const { authority, caFile } = await settled(directory, hosts, now)
  const file = join(directory, 'server-key.pem')
  const kept = await freshBundle(file, now)
  if (kept && serves(kept, authority, hosts)) return { ...kept, caFile }
  const { makeServerIdentity } = await import('./x509.js')
  const made = await makeServerIdentity(authority, hosts, now)
  await replace(file, bundle(made), 0o600)
  return { ...made, caFile }
}
