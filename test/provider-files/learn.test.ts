/** Learning from the double's own traffic gives a provider that answers the same requests the same. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Double, ProviderId } from '../../src/index.js'
import { createServer } from '../../src/index.js'
import { learn } from '../../src/provider-files/learn/learn.js'
import { patternOf } from '../../src/provider-files/learn/patterns.js'
import type { Exchange } from '../../src/provider-files/learn/traffic.js'
import { readTraffic } from '../../src/provider-files/learn/traffic.js'
import { writeLearned } from '../../src/provider-files/learn/write.js'
import type { Answer, Player } from '../kit.js'
import { json, playing, query, send } from '../kit.js'

const folder = mkdtempSync(join(tmpdir(), 'authdouble-learn-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** How a client ends its connection, as each provider's documents show it. */
const disconnect: { readonly [id in ProviderId]?: (play: Player, access: string, refresh: string) => Promise<unknown> } = {
  zettle: (play, access) =>
    send(`${play.url}/application-connections/self`, { method: 'DELETE', headers: { authorization: `Bearer ${access}` } }),
  'zoho-payments': (play, _, refresh) => send(`${play.address.revokeUrl}?${query({ token: refresh })}`, { method: 'POST' }),
  vcita: (play, access) => json(String(play.address.revokeUrl), { token: access }, { authorization: `Bearer ${access}` }),
}

/** A client's whole life: it connects, calls, refreshes, is refused in each way, is told no, and disconnects. */
const traffic = async (id: ProviderId): Promise<string> => {
  await using double = await createServer({ providers: [id], host: '127.0.0.1', reveal: true })
  const play = playing(double, id)
  const { access, refresh, code } = await play.connect({ state: 'xyz', ...(id === 'ziina' ? { prompt: 'consent' } : {}) })
  await play.call(access)
  const again = refresh === '' ? undefined : await play.refresh(refresh)
  const newest = typeof again?.body['access_token'] === 'string' ? again.body['access_token'] : access
  await play.call(newest)
  await play.call('a-token-that-is-none')
  await send(play.address.resourceUrl ?? '')
  await play.redeem('a-code-that-is-none')
  if (refresh !== '') await play.refresh('a-refresh-token-that-is-none')
  await play.token({ grant_type: 'a-grant-that-is-none' })
  await wrongSecret(double, id)
  if (play.address.authorizeUrl !== undefined) {
    double.approvals.deny({ once: true })
    await play.authorize({ state: 'said no' })
  }
  await play.redeem(code)
  await disconnect[id]?.(play, newest, refresh)
  await play.call(newest)
  return (await play.admin('/journal?format=har')).text
}

const wrongSecret = (double: Double, id: ProviderId) => {
  const play = playing(double, id)
  return playing(
    {
      ...double,
      provider: () => ({ ...play.address, clientSecret: 'wrong', ...(play.address.password ? { password: 'wrong' } : {}) }),
    } as Double,
    id,
  ).redeem('a-code-that-is-none')
}

/** Whatever is minted anew each time, by where it stands. */
const minted = ['access_token', 'refresh_token', 'id_token', 'code']

/** An answer without what is minted, to be compared. */
const shape = (answer: Pick<Answer, 'status' | 'headers' | 'text'>) => {
  const location = answer.headers.get('location')
  const landed = location === null ? undefined : new URL(location)
  let body: unknown
  try {
    body = JSON.parse(answer.text, (name, value) =>
      minted.includes(name) || name === 'revoked_tokens'
        ? typeof value
        : name === 'created_at' || name === 'expires_in_time'
          ? 'a time'
          : value,
    )
  } catch {
    body = answer.text === '' ? '' : 'text'
  }
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    cache: answer.headers.get('cache-control'),
    location: landed && [
      landed.origin + landed.pathname,
      [...landed.searchParams].map(([name, value]) => [name, minted.includes(name) ? '' : value]),
    ],
    members: typeof body === 'object' && body !== null ? Object.keys(body) : [],
    body,
  }
}

const answerOf = (one: Exchange) => ({ status: one.status, headers: new Headers([...one.headers]), text: one.text })

describe.each(['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'] as const)('%s', (id) => {
  it('is learned from its own HAR: the same requests are answered the same, and no secret is in the file', {
    timeout: 60_000,
  }, async () => {
    const har = await traffic(id)
    const exchanges = readTraffic(har)
    const learned = learn(exchanges)
    const file = await writeLearned(learned, 'learned')
    // An error may have a code too, which is short.
    const issued = exchanges.flatMap(({ body, status }) => (status < 400 ? minted.flatMap((name) => body?.[name] ?? []) : [])).map(String)
    expect([...learned.replaced.keys(), ...issued].filter((secret) => secret.length > 8 && file.includes(secret))).toEqual([])
    const path = join(folder, `${id}.yaml`)
    writeFileSync(path, file)
    await using double = await createServer({ providers: [path as `/${string}`], host: '127.0.0.1' })
    const known = new Map(learned.replaced)
    for (const exchange of exchanges) {
      const grant = exchange.params.get('code') ?? exchange.params.get('authorization_code')
      // Where codes are handed out on a page, one is handed out here.
      if (grant !== undefined && grant !== 'a-code-that-is-none' && !known.has(grant))
        known.set(grant, (await double.codes.mint('learned', { redirectUri: exchange.params.get('redirect_uri') })).code)
      const swap = (text: string): string =>
        [...known].reduce(
          (said, [theirs, ours]) => said.replaceAll(theirs, ours).replaceAll(encodeURIComponent(theirs), encodeURIComponent(ours)),
          text,
        )
      const headers = Object.fromEntries(
        [...exchange.requestHeaders]
          .filter(([name]) => !['host', 'content-length', 'connection'].includes(name))
          .map(([name, value]) => {
            const basic = /^Basic (.+)$/.exec(value)?.[1]
            return [name, basic ? `Basic ${Buffer.from(swap(Buffer.from(basic, 'base64').toString())).toString('base64')}` : swap(value)]
          }),
      )
      const { pathname, search } = exchange.url
      // The person says no again where the person said no.
      if (exchange.headers.get('location')?.includes('error=access_denied')) double.approvals.deny({ once: true })
      const source = JSON.parse(har).log.entries[exchange.number - 1].request.postData?.text as string | undefined
      const answer = await send(`${double.url()}${pathname.replace(`/${id}`, '/learned')}${swap(search)}`, {
        method: exchange.method,
        headers,
        ...(source === undefined ? {} : { body: swap(source) }),
      })
      expect([pathname, double.journal.last()?.reason, shape(answer)]).toEqual([
        pathname,
        double.journal.last()?.reason,
        shape(answerOf(exchange)),
      ])
      for (const name of minted)
        if (exchange.status < 400 && typeof exchange.body?.[name] === 'string') known.set(exchange.body[name], String(answer.body[name]))
      const [before, after] = [exchange.headers.get('location'), answer.headers.get('location')].map((to) =>
        to ? new URL(to).searchParams.get('code') : null,
      )
      if (before && after) known.set(before, after)
    }
  })
})

describe('what is learned', () => {
  it.each([
    [['IZSEC3f1c2b3d-4e5f-4a6b-8c7d-0123456789ab'], 'IZSEC{uuid}'],
    [['1000.0123456789abcdef0123456789abcdef.fedcba9876543210fedcba9876543210'], '1000.{hex32}.{hex32}'],
    [['dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'], '{url43}'],
    [['v2podKNZ395VqsQ7dz0afA1T9HpfPQkvoJHHo3Vow4U='], '{base64:32}'],
    [['l4b6iplj3r', 'a0b1c2d3e4'], '{alnum10}'],
    [['gho_16C7e42F292c6912E7710c838347Ae178B4a'], 'gho_{mixed36}'],
  ])('the pattern of %j is %s', (samples, pattern) => {
    expect(patternOf(samples)).toBe(pattern)
  })

  it('names what it could not learn, and refuses what is no recording', () => {
    expect(learn(readTraffic('{"log":{"entries":[]}}')).unlearned).toContain(
      'no token was granted: the reply, formats and lifetimes are those of the RFCs',
    )
    expect(() => readTraffic('{}')).toThrow('neither a HAR')
    expect(() => readTraffic('<har>')).toThrow('no JSON')
  })
})
