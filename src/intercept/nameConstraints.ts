/** The names that an authority may certify (RFC 5280 §4.2.1.10), written and read as DER: no library at hand does both. */

import { isIP, isIPv6 } from 'node:net'

/** At most 65,535 bytes: some thousand names. */
const element = (tag: number, content: Buffer): Buffer => {
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const groupsOf = (address: string): readonly number[] => {
  const hostname = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = hostname.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...middle, ...right].map((group) => Number.parseInt(group, 16))
}

const bytesOf = (address: string): Buffer =>
  isIPv6(address)
    ? Buffer.from(groupsOf(address).flatMap((group) => [group >> 8, group & 0xff]))
    : Buffer.from(address.split('.').map(Number))

const dnsName = 0x82
const ipAddress = 0x87

/** One host: its name (and, as the standard has it, names below it), or its address with a mask of ones. */
const subtree = (host: string): Buffer => {
  const address = isIP(host) ? bytesOf(host) : undefined
  const name = address
    ? element(ipAddress, Buffer.concat([address, Buffer.alloc(address.length, 0xff)]))
    : element(dnsName, Buffer.from(host, 'latin1'))
  return element(0x30, name)
}

/** The value of the extension. */
export const nameConstraints = (hosts: readonly string[]): Buffer =>
  element(0x30, element(0xa0, Buffer.concat(hosts.map((host) => subtree(host)))))

export const nameConstraintsId = '2.5.29.30'

/** Its object identifier, and that it is critical. */
const marker = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1e, 0x01, 0x01, 0xff, 0x04])

const contentAt = (der: Buffer, at: number): { readonly from: number; readonly to: number } => {
  const first = der[at + 1] ?? 0
  const more = first < 0x80 ? 0 : first & 0x7f
  const length = more === 0 ? first : der.readUIntBE(at + 2, more)
  const to = at + 2 + more + length
  if (to > der.length) throw new RangeError('the certificate is cut off')
  return { from: at + 2 + more, to }
}

const addressOf = (bytes: Buffer): string =>
  bytes.length === 8
    ? [...bytes.subarray(0, 4)].join('.')
    : new URL(`http://[${Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(':')}]`).hostname.slice(1, -1)

/** The hosts that a certificate of an authority of ours permits; undefined when it is not limited, or not as ours are. */
export const permittedHosts = (der: Buffer): readonly string[] | undefined => {
  const found = der.indexOf(marker)
  if (found < 0) return undefined
  try {
    const octets = contentAt(der, found + marker.length - 1)
    const permitted = contentAt(der, contentAt(der, octets.from).from)
    const hosts: string[] = []
    for (let at = permitted.from; at < permitted.to; ) {
      const one = contentAt(der, at)
      const name = contentAt(der, one.from)
      const bytes = der.subarray(name.from, name.to)
      hosts.push(der[one.from] === ipAddress ? addressOf(bytes) : bytes.toString('latin1'))
      at = one.to
    }
    return hosts
  } catch {
    return undefined
  }
}
