/** Issues certificates: a certificate authority of our own, and one certificate that is good for many host names. */
import { generateKeyPair, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import type { pki } from 'node-forge'
import { nameConstraints, nameConstraintsId } from './nameConstraints.js'

/** A private key and the certificate that goes with it, both as PEM text. */
export interface Identity {
  readonly key: string
  readonly cert: string
}

const day = 24 * 60 * 60 * 1000

/** Clients on machines whose clocks are a little behind must find a certificate valid already. */
const skew = day

const authorityLife = 3650 * day

/** Some platforms refuse a server's certificate that lives longer than 398 days. */
const serverLife = 397 * day

/** RSA, for every client in every language takes it. Made by Node: node-forge's own generator takes seconds. */
const makeKey = async (): Promise<string> => {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
  })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Positive and never zero, as RFC 5280 §4.1.2.2 asks. */
const serialNumber = (): string => `01${randomBytes(15).toString('hex')}`

/** node-forge ends lines as Windows does. */
const pem = (text: string): string => text.replaceAll('\r\n', '\n')

const addressOrName = (host: string): Record<string, unknown> => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host })

interface Draft {
  readonly publicKey: pki.PublicKey
  readonly subject: readonly pki.CertificateField[]
  readonly life: number
  readonly now: Date
}

const draft = (forge: typeof import('node-forge'), { publicKey, subject, life, now }: Draft): pki.Certificate => {
  const cert = forge.pki.createCertificate()
  cert.publicKey = publicKey
  cert.serialNumber = serialNumber()
  cert.validity.notBefore = new Date(now.getTime() - skew)
  cert.validity.notAfter = new Date(now.getTime() + life)
  cert.setSubject([...subject])
  return cert
}

/** A name of its own for each authority: browsers and OpenSSL look issuers up by name, and two of one name are confused. */
const authorityName = () => [
  { name: 'organizationName', value: 'authdouble' },
  { name: 'commonName', value: `authdouble test CA ${randomBytes(4).toString('hex')}` },
]

/**
 * Makes a certificate authority that is valid for ten years and may certify these hosts alone: whoever got hold of its key
 * could pass for no other.
 *
 * @param before the authority that it follows, with its key and name: what it signed stays good
 */
export const makeAuthority = async (now: Date, hosts: readonly string[], before?: Identity): Promise<Identity> => {
  const { default: forge } = await import('node-forge')
  const key = before?.key ?? (await makeKey())
  const privateKey = forge.pki.privateKeyFromPem(key)
  const subject = before ? forge.pki.certificateFromPem(before.cert).subject.attributes : authorityName()
  const cert = draft(forge, {
    publicKey: forge.pki.setRsaPublicKey(privateKey.n, privateKey.e),
    subject,
    life: authorityLife,
    now,
  })
  cert.setIssuer(subject)
  cert.setExtensions([
    {
      name: 'basicConstraints',
      critical: true,
      cA: true,
      pathLenConstraint: 0,
    },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
    { id: nameConstraintsId, critical: true, value: nameConstraints(hosts).toString('latin1') },
  ])
  cert.sign(privateKey, forge.md.sha256.create())
  return { key, cert: pem(forge.pki.certificateToPem(cert)) }
}

/** Makes one certificate for all these host names and addresses, signed by the authority. */
export const makeServerIdentity = async (authority: Identity, hosts: readonly string[], now: Date): Promise<Identity> => {
  const { default: forge } = await import('node-forge')
  const key = await makeKey()
  const own = forge.pki.privateKeyFromPem(key)
  const issuer = forge.pki.certificateFromPem(authority.cert)
  const publicKey = forge.pki.setRsaPublicKey(own.n, own.e)
  const cert = draft(forge, {
    publicKey,
    subject: [{ name: 'commonName', value: 'authdouble' }],
    life: serverLife,
    now,
  })
  cert.setIssuer(issuer.subject.attributes)
  cert.setExtensions([
    { name: 'basicConstraints', critical: true, cA: false },
    {
      name: 'keyUsage',
      critical: true,
      digitalSignature: true,
      keyEncipherment: true,
    },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectKeyIdentifier' },
    {
      name: 'authorityKeyIdentifier',
      keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
    },
    { name: 'subjectAltName', altNames: hosts.map(addressOrName) },
  ])
  cert.sign(forge.pki.privateKeyFromPem(authority.key), forge.md.sha256.create())
  return { key, cert: pem(forge.pki.certificateToPem(cert)) }
}
