/** What an attacker may send: requests that are almost right, wrong in one place or many, or no requests at all. */

import type { Random } from './random.js'

/** What the double serves. */
export interface Ground {
  /** Paths of its providers, with the provider in front. */
  readonly paths: readonly string[]
  /** Paths of its control API, with names in braces. */
  readonly control: readonly string[]
  /** Real host names. */
  readonly hosts: readonly string[]
  /** What a request can be right with: ids, secrets, codes, tokens. */
  readonly known: readonly string[]
  readonly quirks: readonly string[]
}

/** One thing to send, and where. */
export interface Shot {
  readonly to: 'plain' | 'tls' | 'proxy'
  readonly bytes: Buffer
  /** The host of a tunnel or of SNI. */
  readonly host: string
  /** As far as HTTP goes nothing is wrong with it: it has to be answered. */
  readonly whole: boolean
}

const junk = [
  '',
  '0',
  '-1',
  '1e400',
  'NaN',
  'null',
  '__proto__',
  'constructor',
  'toString',
  '{user.id}',
  '{__proto__}',
  '%',
  '%zz',
  '%00',
  '%ud800',
  '%ED%A0%80',
  '%0d%0aset-cookie:x=y',
  '"><script>',
  "'--",
  '../../etc/passwd',
  'https://evil.example/',
  '\u00fc',
  '\u{1f600}',
  '\\ud800',
  '\0',
  ' ',
  'a b',
  '[]',
  '{}',
  '[[[[',
  'a'.repeat(9000),
  '=&=&',
  'true',
]

const names =
  'grant_type code redirect_uri client_id client_secret refresh_token scope state prompt response_type response_mode code_challenge code_challenge_method code_verifier assertion token token_type_hint subject_token subject_token_type actor_token resource audience request request_uri nonce claims acr_values max_age id_token_hint login_hint device_code user_code client_assertion client_assertion_type access_token account_id soid email path action choice proof dpop_jkt post_logout_redirect_uri name scopes oauth_redirect_uris __proto__'.split(
    ' ',
  )
const words =
  'authorization_code refresh_token client_credentials urn:ietf:params:oauth:grant-type:jwt-bearer urn:ietf:params:oauth:grant-type:device_code urn:ietf:params:oauth:grant-type:token-exchange urn:ietf:params:oauth:client-assertion-type:jwt-bearer code token S256 plain consent none login query fragment form_post openid offline_access'.split(
    ' ',
  )
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'get', 'PROPFIND']
const types = [
  'application/x-www-form-urlencoded',
  'application/json',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'text/plain',
  'application/jwt',
  '',
]
const admin =
  'provider clientId redirectUris kind operation status headers body times when probability for pause limit advance advanceTo freeze run reset skew as deny ask error once scope user lifetime name ttl seed quirks clock select id format version records faults approvals set remove after by parameter how reason email claims'.split(
    ' ',
  )

/** Some of these would stop the run for a while, and none would find anything more. */
const faultKinds = ['status', 'refuse', 'rate-limit', 'reset', 'lose', 'truncate', 'wrong-length', 'garble', 'gateway-page', 'say', 'tamper']

const value = (random: Random, ground: Ground): string =>
  random.chance(0.4) ? random.pick(ground.known) : random.chance(0.5) ? random.pick(words) : random.pick(junk)

const encoded = (random: Random, text: string): string => (random.chance(0.85) ? encodeURIComponent(text.toWellFormed()) : text)

const parameters = (random: Random, ground: Ground): string =>
  random.many(9, () => `${random.pick(names)}=${encoded(random, value(random, ground))}`).join('&')

const jsonValue = (random: Random, ground: Ground, depth = 0): unknown => {
  if (depth > 3 || random.chance(0.5)) return random.chance(0.7) ? value(random, ground) : random.pick([null, true, 0, -1, 1e21, 0.1, 2 ** 53])
  if (random.chance(0.4)) return random.many(4, () => jsonValue(random, ground, depth + 1))
  return Object.fromEntries(random.many(5, () => [random.pick(random.chance(0.5) ? admin : names), jsonValue(random, ground, depth + 1)]))
}

const multipart = (random: Random, ground: Ground): string =>
  `${random.many(4, () => `--x\r\nContent-Disposition: form-data; name="${random.pick(names)}"\r\n\r\n${value(random, ground)}\r\n`).join('')}--x--`

const bodyOf = (random: Random, ground: Ground): string => {
  const kind = random.number(5)
  if (kind === 0) return JSON.stringify(jsonValue(random, ground))
  if (kind === 1) return multipart(random, ground)
  if (kind === 2) return `{"grant_type":"authorization_code","code":"\\ud800${random.pick(words)}"}`
  if (kind === 3) return `${'['.repeat(random.number(3000))}`
  return parameters(random, ground)
}

/** A call of the control API that may well be right: what it changes is there while all else is sent. */
const controlCall = (random: Random, ground: Ground): { readonly method: string; readonly path: string; readonly body: string } => {
  const provider = random.pick(ground.paths).split('/')[1] ?? ''
  const call = (method: string, path: string, body: unknown = undefined) => ({ method, path: `/__admin${path}`, body: JSON.stringify(body) ?? '' })
  const sandbox = `s${random.number(6)}`
  return random.pick([
    () => call('POST', '/faults', { kind: random.pick(faultKinds), provider, operation: random.pick(['token', 'authorize', 'resource', undefined]), reason: 'code_expired', parameter: 'code', how: 'wrong', times: 1 + random.number(3) }),
    () => call('DELETE', '/faults'),
    () => call('POST', '/clock', random.pick([{ advance: '1h' }, { freeze: true }, { run: true }, { reset: true }, { advance: '30d' }, { skew: 60 }])),
    () => call('PUT', '/quirks', { [random.pick(ground.quirks)]: random.pick([true, false, 1, null, 'x']) }),
    () => call('PUT', '/approvals', random.pick([{ deny: true }, { ask: true }, { error: 'server_error', once: true }, { as: 'nobody' }])),
    () => call('DELETE', '/approvals'),
    () => call('POST', '/sandboxes', { name: sandbox, ttl: random.pick(['1s', '1h', 16.1, '36500d', 0]) }),
    () => call('DELETE', `/sandboxes/${sandbox}`),
    () => call('POST', '/reset'),
    () => call('POST', `/providers/${provider}/codes`, {}),
    () => call('POST', `/providers/${provider}/tokens`, {}),
    () => call('POST', `/providers/${provider}/clients`, { provider, redirectUris: [random.pick(junk)] }),
    () => call('GET', `/journal?format=har`),
    () => call('GET', '/state'),
    () => {
      const path = random.pick(ground.control).replaceAll(/\{[^}]+\}/g, () => encodeURIComponent(value(random, ground).toWellFormed()))
      // Whoever waits for an entry of the journal, or follows it, would wait here.
      if (/await|stream|events|live|exchange\b/.test(path)) return call('GET', '/status')
      return { method: random.pick(methods.slice(0, 5)), path: `/__admin${path}?${parameters(random, ground)}`, body: bodyOf(random, ground) }
    },
  ])()
}

const authorization = (random: Random, ground: Ground): string => {
  const basic = () => `Basic ${Buffer.from(`${value(random, ground)}:${value(random, ground)}`).toString('base64')}`
  return random.pick([() => `Bearer ${value(random, ground)}`, basic, () => `DPoP ${value(random, ground)}`, () => 'Basic =', () => value(random, ground)])()
}

/** A header that could be sent: what has line ends would be two. */
const line = (name: string, text: string): string => `${name}: ${text.replaceAll(/[\r\n\0]/g, '')}\r\n`

const mutated = (random: Random, bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  for (let i = 0; i <= random.number(4); i += 1) if (copy.length > 0) copy[random.number(copy.length)] = random.number(256)
  return random.chance(0.3) ? copy.subarray(0, random.number(copy.length + 1)) : copy
}

export const shot = (random: Random, ground: Ground): Shot => {
  const to = random.pick(['plain', 'plain', 'plain', 'plain', 'tls', 'proxy'] as const)
  const host = random.pick([...ground.hosts, 'elsewhere.example', 'localhost'])
  if (random.chance(0.04))
    return { to, host, whole: false, bytes: Buffer.from(random.many(200, () => random.number(256))) }
  const control = to === 'plain' && random.chance(0.35) ? controlCall(random, ground) : undefined
  const real = random.pick(ground.paths)
  const inSandbox = random.chance(0.1) ? `/~s${random.number(6)}` : ''
  const below = to === 'plain' ? `${inSandbox}${real}` : real.replace(/^\/[^/]+/, '')
  const path = control?.path ?? `${random.chance(0.06) ? random.pick(['//', '/\\', '*', '/%00', '?', 'http://[bad/']) : below}?${parameters(random, ground)}`
  const method = control?.method ?? random.pick(random.chance(0.8) ? ['GET', 'POST'] : methods)
  const body = control?.body ?? (method === 'GET' || method === 'HEAD' ? '' : bodyOf(random, ground))
  const type = control ? 'application/json' : random.pick(types)
  const absolute = to === 'proxy' && random.chance(0.3) ? `http://${host}` : ''
  const head =
    `${method} ${absolute}${path.replaceAll(/[\r\n ]/g, '')} HTTP/1.1\r\n` +
    line('Host', to === 'plain' ? '127.0.0.1' : host) +
    line('Connection', 'close') +
    (type === '' ? '' : line('Content-Type', type)) +
    (random.chance(0.5) && !control ? line('Authorization', authorization(random, ground)) : '') +
    (random.chance(0.1) ? line('Cookie', `session=${value(random, ground)}`) : '') +
    (random.chance(0.1) ? line('DPoP', value(random, ground)) : '') +
    (body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`)
  const bytes = Buffer.from(`${head}\r\n${body}`)
  if (random.chance(0.12)) return { to, host, whole: false, bytes: mutated(random, bytes) }
  return { to, host, whole: /^[\x21-\x7e]+$/.test(path), bytes }
}
