/** Whoever steals the authority's key can pass for nobody but the hosts that are emulated: each client refuses the rest. */

import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { certificatesFor } from '../../src/intercept/ca.js'
import { nameConstraints, permittedHosts } from '../../src/intercept/nameConstraints.js'
import { makeServerIdentity } from '../../src/intercept/x509.js'
import { directory, present, run } from './ground.js'

/** A certificate for another host, signed with the authority's own key. */
const stolen = async (path: string) => {
  const { caFile } = await certificatesFor(path, ['oauth.example.com', '192.0.2.7', '2001:db8::5'])
  const bundle = await readFile(join(path, 'ca-key.pem'), 'utf8')
  const cut = bundle.indexOf('-----BEGIN CERTIFICATE-----')
  const authority = { key: bundle.slice(0, cut), cert: bundle.slice(cut) }
  const identity = (host: string) => makeServerIdentity(authority, [host], new Date())
  return { caFile, identity }
}

test.runIf(present('openssl'))('openssl verify takes a certificate for an emulated host, and none for any other', async () => {
  await using state = await directory()
  const { caFile, identity } = await stolen(state.path)
  const { stdout } = await run('openssl', ['x509', '-in', caFile, '-noout', '-ext', 'nameConstraints'], {})
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/^X509v3 Name Constraints: critical Permitted: IP:127\.0\.0\.1\/255\.255\.255\.255 /)
  expect(stdout).toContain('DNS:oauth.example.com')
  const verdict = async (host: string) => {
    const file = join(state.path, 'leaf.pem')
    await writeFile(file, (await identity(host)).cert)
    const { code, stderr } = await run('openssl', ['verify', '-purpose', 'sslserver', '-CAfile', caFile, file], {})
    return code === 0 ? 'good' : /permitted subtree violation/.test(stderr) ? 'not permitted' : stderr
  }
  for (const host of ['oauth.example.com', 'localhost', '127.0.0.1', '::1', '192.0.2.7', '2001:db8::5'])
    expect(await verdict(host)).toBe('good')
  for (const host of ['example.com', 'accounts.example.org', '127.0.0.2', '2001:db8::6']) expect(await verdict(host)).toBe('not permitted')
})

test('Node trusts it for an emulated host, and for no other', async () => {
  await using state = await directory()
  const { caFile, identity } = await stolen(state.path)
  const ca = await readFile(caFile)
  const attempt = async (host: string) => {
    const server = createServer(await identity(host)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', servername: host, ca })
    const [error] = await Promise.race([once(socket, 'secureConnect'), once(socket, 'error')]).catch((thrown: unknown) => [thrown])
    socket.destroy()
    server.close()
    return error === undefined ? 'trusted' : (error as Error).message
  }
  expect(await attempt('oauth.example.com')).toBe('trusted')
  expect(await attempt('accounts.example.org')).toBe('permitted subtree violation')
})

test.runIf(present('curl'))('curl trusts it for an emulated host, and for no other', async () => {
  await using state = await directory()
  const { caFile, identity } = await stolen(state.path)
  const attempt = async (host: string) => {
    const server = createServer(await identity(host), (_, response) => response.end('ok')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { code, stderr } = await run('curl', ['-sS', '--connect-to', `::127.0.0.1:${port}`, `https://${host}/`], {
      CURL_CA_BUNDLE: caFile,
    })
    server.close()
    return { code, refused: /permitted subtree violation/.test(stderr) }
  }
  expect(await attempt('oauth.example.com')).toEqual({ code: 0, refused: false })
  expect(await attempt('accounts.example.org')).toMatchObject({ code: 60 })
})

test('what is written can be read again, however many hosts and whatever the address', async () => {
  const hosts = ['a', ...Array.from({ length: 300 }, (_, i) => `h${i}.example`), '::', '::ffff:1.2.3.4', 'fe80::1:0:0:2', '255.0.255.0']
  const value = nameConstraints(hosts)
  const der = Buffer.concat([Buffer.from('00550603551d1e0101ff0482', 'hex'), Buffer.from([value.length >> 8, value.length & 0xff]), value])
  expect(permittedHosts(der)).toEqual(hosts.map((host) => (host === '::ffff:1.2.3.4' ? '::ffff:102:304' : host)))
  expect(permittedHosts(Buffer.from('nothing of the kind'))).toBeUndefined()
  expect(permittedHosts(der.subarray(0, 40))).toBeUndefined()
  await using state = await directory()
  const { cert } = await certificatesFor(state.path, ['a.example'])
  expect(permittedHosts(new X509Certificate(cert).raw)).toBeUndefined()
})
