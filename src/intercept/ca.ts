/** Keeps a certificate authority and a server certificate in a directory: made on first use, reused, renewed in time. */
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
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

const readBundle = async (file: string): Promise<Identity | undefined> => {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return ''
    throw new Error(`${file} cannot be read (${cause.code})`, { cause })
  })
  const cut = text.indexOf('-----BEGIN CERTIFICATE-----')
  return cut < 0 ? undefined : { key: text.slice(0, cut), cert: text.slice(cut) }
}

const inspect = (identity: Identity): X509Certificate | undefined => {
  try {
    const cert = new X509Certificate(identity.cert)
    return cert.checkPrivateKey(createPrivateKey(identity.key)) ? cert : undefined
  } catch {
    return undefined
  }
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
  const cert = kept && inspect(kept)
  return cert && fresh(cert, now) ? kept : undefined
}

const authorityIn = async (directory: string, now: Date): Promise<Identity> => {
  const file = join(directory, 'ca-key.pem')
  const kept = await freshBundle(file, now)
  if (kept) return kept
  const { makeAuthority } = await import('./x509.js')
  const made = await makeAuthority(now)
  await claim(file, bundle(made), 0o600)
  const claimed = await freshBundle(file, now)
  if (claimed) return claimed
  await replace(file, bundle(made), 0o600)
  return made
}

const settled = async (directory: string, now: Date) => {
  await mkdir(directory, { recursive: true, mode: 0o755 })
  const authority = await authorityIn(directory, now)
  const caFile = join(directory, 'ca.pem')
  if ((await readFile(caFile, 'utf8').catch(() => '')) !== authority.cert) await replace(caFile, authority.cert, 0o644)
  return { authority, caFile }
}

/** The path of the authority's certificate in that directory; makes the authority if there is none. */
export const ensureAuthority = async (directory: string, now = new Date()): Promise<string> => (await settled(directory, now)).caFile

/**
 * Gives a key and a certificate for all these host names and IP addresses, signed by the directory's own authority.
 *
 * The first call makes both (about half a second). Later calls reuse what lies there; the certificate is made anew
 * when a host is missing or it ends within a month, and the authority when it ends within a month. Keys are readable
 * by their owner only. Several processes may call this at once.
 *
 * @example
 * const { key, cert, caFile } = await certificatesFor('/tmp/state', ['oauth.example', 'localhost', '127.0.0.1'])
 */
export const certificatesFor = async (directory: string, hosts: readonly string[], now = new Date()): Promise<Certificates> => {
  const { authority, caFile } = await settled(directory, now)
  const file = join(directory, 'server-key.pem')
  const kept = await freshBundle(file, now)
  if (kept && serves(kept, authority, hosts)) return { ...kept, caFile }
  const { makeServerIdentity } = await import('./x509.js')
  const made = await makeServerIdentity(authority, hosts, now)
  await replace(file, bundle(made), 0o600)
  return { ...made, caFile }
}
