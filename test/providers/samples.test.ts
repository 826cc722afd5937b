/** Every documented exchange works with only the host changed. */

import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { createServer, type Double } from '../../src/index.js'
import { type Answer, answerDifferences, differences, filled, type Sample, sampleProviders, samplesOf } from './samples.js'

type Values = Map<string, string>

/** Sends a request as it is printed: fetch would put header names in lower case and set some of its own. */
const send = (double: Double, provider: string, sample: Sample['request'], values: Values): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const path = filled(sample.path, values)
    const { hostname, port } = new URL(double.url())
    const body = filled(sample.body ?? '', values)
    const headers: { [name: string]: string } = { 'Content-Length': String(Buffer.byteLength(body)) }
    for (const [name, value] of Object.entries(sample.headers ?? {})) headers[name] = filled(value, values)
    if (sample.basic) headers['Authorization'] = `Basic ${Buffer.from(sample.basic.join(':')).toString('base64')}`
    const options = { hostname, port, method: sample.method, path: path.startsWith('/__admin') ? path : `/${provider}${path}`, headers }
    const sent = request(options, (response) => {
      const pairs = Object.entries(response.headers).flatMap(([name, value]) =>
        [value].flat().map((one) => [name, one ?? ''] as [string, string]),
      )
      text(response).then((whole) => resolve({ status: response.statusCode ?? 0, headers: new Headers(pairs), text: whole }), reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })

const made = async (double: Double, path: string, body: object): Promise<{ readonly [member: string]: string }> => {
  const response = await fetch(`${double.url()}/__admin/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(201)
  return (await response.json()) as { readonly [member: string]: string }
}

/** Makes what a sample asks for and does not find in the seed. */
const prepare = async (double: Double, provider: string, given: NonNullable<Sample['given']>, values: Values): Promise<void> => {
  const { code, accessToken, assertion } = given
  if (typeof code === 'object') values.set('code', (await made(double, `providers/${provider}/codes`, code))['code'] ?? '')
  if (typeof accessToken === 'object')
    values.set('accessToken', (await made(double, 'tokens/mint', { provider, ...accessToken }))['accessToken'] ?? '')
  if (typeof assertion === 'object')
    values.set('assertion', (await made(double, `providers/${provider}/assertions`, assertion))['assertion'] ?? '')
}

const keep = (sample: Sample, answer: Answer, values: Values): void => {
  for (const [name, from] of Object.entries(sample.keeps ?? {})) {
    const value = from.startsWith('location ')
      ? new URL(answer.headers.get('location') ?? '').searchParams.get(from.slice('location '.length))
      : (JSON.parse(answer.text) as { readonly [member: string]: string })[from]
    values.set(name, value ?? '')
  }
}

/** A sample after those it comes after, on a server of its own. */
const replay = async (
  double: Double,
  provider: string,
  samples: ReadonlyMap<string, Sample>,
  sample: Sample,
  values: Values,
): Promise<Answer> => {
  const before = sample.after === undefined ? undefined : samples.get(sample.after)
  if (before) await replay(double, provider, samples, before, values)
  await prepare(double, provider, sample.given ?? {}, values)
  const answer = await send(double, provider, sample.request, values)
  if (answer.status < 400) keep(sample, answer, values)
  return answer
}

describe.each(sampleProviders)('the samples of %s', (provider) => {
  test('say where they stand in the text and what they infer, and start from what is seeded', () => {
    const seed = readFileSync(new URL(`../../fixtures/${provider}/seed.json`, import.meta.url), 'utf8')
    const samples = samplesOf(provider)
    expect(samples.size).toBeGreaterThan(3)
    for (const [name, sample] of samples) {
      expect(sample, name).toMatchObject({
        title: expect.any(String),
        source: expect.any(String),
        changed: expect.any(String),
        infers: expect.any(String),
      })
      for (const value of Object.values(sample.given ?? {}))
        if (typeof value === 'string') expect(seed, name).toContain(JSON.stringify(value))
      if (sample.after !== undefined) expect(samples.has(sample.after), `${name} comes after ${sample.after}`).toBe(true)
    }
  })

  test.each([...samplesOf(provider)].map(([name, sample]) => [`${name}: ${sample.title}`, sample] as const))('%s', async (_, sample) => {
    const quirks = Object.fromEntries(Object.entries(sample.quirks ?? {}).map(([name, value]) => [`${provider}/${name}`, value]))
    await using double = await createServer({ providers: [provider], interactive: sample.interactive ?? false, quirks })
    const answer = await replay(double, provider, samplesOf(provider), sample, new Map())
    expect(answerDifferences(answer, sample.response), JSON.stringify(answer)).toEqual([])
  })
})

describe('comparing an answer with a sample', () => {
  test('finds a wrong value, a missing member and one too many', () => {
    expect(differences({ a: 1, b: 'x' }, { a: 1, b: { pattern: '^x$' } }, true)).toEqual([])
    expect(differences({ a: 2 }, { a: 1 })).toHaveLength(1)
    expect(differences({}, { a: { type: 'integer' } })).toHaveLength(1)
    expect(differences({ a: 1, token_type: 'Bearer' }, { a: 1 }, true)).toEqual(['the value has a member token_type'])
    expect(differences('IZSEC-x', { pattern: '^IZSEC[0-9a-f]' })).toHaveLength(1)
    expect(differences('not.a.jwt!', { jwt: {} })).toHaveLength(1)
  })
})
