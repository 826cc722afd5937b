import { describe, expect, it } from 'vitest'
import { judgeRecorded, readJournal } from '../../src/conformance/runner/passive.js'
import { createServer, redact } from '../../src/index.js'

/** Traffic of a careless client: Basic where the body is documented, a short state, the token in the query. */
const record = async (): Promise<string> => {
  await using double = await createServer({ providers: ['zettle'], quirks: { 'zettle/also-takes-basic': true } })
  const { authorizeUrl, tokenUrl, resourceUrl, clientId, clientSecret, redirectUri } = double.provider('zettle')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'READ:PURCHASE READ:FINANCE',
  })
  const landed = await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })
  const code = new URL(landed.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const reply = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
  })
  const { access_token } = (await reply.json()) as { readonly access_token: string }
  await fetch(`${resourceUrl}?access_token=${access_token}`, { headers: { authorization: `Bearer ${access_token}` } })
  return JSON.stringify({ entries: double.journal.entries().map((entry) => redact(entry)) })
}

describe('Recorded traffic', () => {
  it('is judged by what a journal alone can show, with secrets shown as fingerprints', async () => {
    const report = judgeRecorded(readJournal(await record()), 'zettle')
    const verdicts = Object.fromEntries(report.cases.flatMap(({ checks }) => checks.map(({ id, verdict }) => [id, verdict])))
    expect(verdicts).toMatchObject({
      'authorize.required-parameters': 'pass',
      'authorize.scope-syntax': 'pass',
      'exchange.client-authentication': 'fail',
      'exchange.redirect-uri': 'pass',
      'resource.scheme': 'pass',
      'resource.not-in-query': 'fail',
      'refresh.client-authentication': 'not-exercised',
    })
    expect(report).toMatchObject({ outcome: 'failed', exitCode: 1 })
    expect(report.run.driver).toBe('passive')
  })

  it('of nobody is never green', () => {
    expect(judgeRecorded([], 'zettle')).toMatchObject({ outcome: 'incomplete', exitCode: 3 })
  })

  it('is read as the control API exports it, as a list, or as HAR', async () => {
    const text = await record()
    const { entries } = JSON.parse(text) as { readonly entries: readonly object[] }
    const har = JSON.stringify({
      log: { version: '1.2', entries: entries.map((entry) => ({ request: {}, response: {}, _authdouble: entry })) },
    })
    expect(readJournal(text)).toHaveLength(3)
    expect(readJournal(JSON.stringify(entries))).toEqual(readJournal(text))
    expect(readJournal(har)).toEqual(readJournal(text))
    expect(() => readJournal('{"entries":[{"id":1}]}')).toThrow('not a journal')
    expect(() => readJournal('{}')).toThrow('not a journal')
  })
})

/** A connection whose client sends the refresh token again that was replaced. */
const forgetful = async (): Promise<string> => {
  await using double = await createServer({ providers: ['zettle'] })
  const { tokenUrl, clientId, clientSecret = '', redirectUri } = double.provider('zettle')
  const { code } = await double.codes.mint('zettle', { redirectUri })
  const ask = async (parameters: { readonly [name: string]: string }) => {
    const body = new URLSearchParams({ ...parameters, client_id: clientId, client_secret: clientSecret })
    return (await (await fetch(tokenUrl, { method: 'POST', body })).json()) as { readonly refresh_token?: string }
  }
  const exchange = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  const { refresh_token = '' } = await ask(exchange)
  await ask({ grant_type: 'refresh_token', refresh_token })
  await ask({ grant_type: 'refresh_token', refresh_token })
  await ask(exchange)
  return JSON.stringify({ entries: double.journal.entries().map((entry) => redact(entry)) })
}

describe('Recorded traffic in which a client goes wrong', () => {
  it('is never green: a refresh token that was replaced, a code that came twice', async () => {
    const report = judgeRecorded(readJournal(await forgetful()), 'zettle')
    const red = report.cases.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id))
    expect(red).toEqual(expect.arrayContaining(['refresh.uses-newest', 'exchange.code-once']))
    expect(report.exitCode).toBe(1)
  })

  it('is not green where installs begin at the provider either: a code that came twice', async () => {
    await using double = await createServer({ providers: ['zentail'] })
    const { tokenUrl, clientId, clientSecret, redirectUri } = double.provider('zentail')
    const { code } = await double.codes.mint('zentail')
    for (let turn = 0; turn < 2; turn += 1)
      await fetch(tokenUrl, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
        body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
      })
    const { cases, exitCode } = judgeRecorded(double.journal.entries(), 'zentail')
    expect(cases.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict === 'fail')).toMatchObject([{ id: 'always.code-once' }])
    expect(exitCode).toBe(1)
  })

  it('may be known, and an entry that fits nothing is told', async () => {
    const known = [
      { case: 'refresh/picks-up-rotated-token', reason: 'known' },
      { case: 'refresh/no-such-case', reason: 'a typo' },
    ]
    const report = judgeRecorded(readJournal(await forgetful()), 'zettle', [], 'journal.json', { expect: known })
    expect(report.stale).toEqual([{ entry: 'refresh/no-such-case', reason: 'a typo', why: 'no case is named refresh/no-such-case' }])
    expect(report.cases.flatMap(({ checks }) => checks.flatMap(({ known }) => known ?? []))).toContain('known')
  })

  it('that is cut short names the entry', () => {
    expect(() => readJournal('[{"id":"r1","at":1,"request":{"parameters":{}},"response":{"headers":[]}},{"id":"r2"}]')).toThrow(
      'entry 2 of 2',
    )
  })
})
