/** Plays a schedule of steps on a world, and holds every answer against what was promised. */

import type { World } from './worlds.js'

type ProviderName = 'zettle' | 'zoho-payments'

/** The same code or token by so many requests at once, at all processes in turn. */
export interface Race {
  readonly do: 'redeem' | 'refresh'
  readonly which: number
  readonly times: number
  /** The first reply is thrown away behind the commit. */
  readonly lost: boolean
  /** A process ends meanwhile. */
  readonly kill: boolean
}

export type Step =
  | { readonly do: 'code'; readonly provider: ProviderName }
  | Race
  | { readonly do: 'call'; readonly which: number }
  | { readonly do: 'advance'; readonly seconds: number }
  | { readonly do: 'kill'; readonly which: number }

export interface Figures {
  schedules: number
  requests: number
  races: number
  kills: number
}

interface Code {
  readonly provider: ProviderName
  readonly code: string
  readonly redirect: string
  readonly expires: number
  /** `unknown`: a reply was lost that may have said that it was redeemed. */
  state: 'fresh' | 'unknown' | 'used'
}

interface Refresh {
  readonly provider: ProviderName
  readonly token: string
  /** Of Zettle: all that were rotated from one code. */
  readonly family: number
  state: 'live' | 'unknown' | 'ended'
}

interface Access {
  readonly token: string
  readonly expires: number
}

interface Answer {
  readonly status: number
  readonly id: string
  readonly text: string
  readonly body: { readonly access_token?: string; readonly refresh_token?: string; readonly error?: string }
}

const lifetimes = { zettle: 600, 'zoho-payments': 180 } as const
const accessLifetime = 7200
const cap = 3

const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what)
}

/** What a client knows, and what follows from it. */
export const play = async (world: World, steps: readonly Step[], figures: Figures): Promise<void> => {
  const codes: Code[] = []
  const refreshes: Refresh[] = []
  const accesses: Access[] = []
  /** Exchanges whose answers came, since the journal began. */
  let delivered: Answer[] = []
  /** Redemptions at Zoho Payments whose replies were lost: each may have taken the place of a refresh token. */
  const doubtful = { before: new Map<Refresh, number>(), lost: 0 }
  let now = 0
  let families = 0
  let turn = 0
  let addresses: { readonly [provider: string]: { readonly [member: string]: string } } = {}

  const base = (): string => {
    turn += 1
    const urls = world.urls()
    return urls[turn % urls.length] ?? ''
  }
  const admin = async (path: string, method = 'GET', body?: unknown): Promise<unknown> => {
    const init = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(`${base()}/__admin${path}`, { method, ...init })
    const text = await answer.text()
    must(answer.status < 300, `${method} ${path} gave ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const ask = async (path: string, init: RequestInit): Promise<Answer | undefined> => {
    figures.requests += 1
    try {
      const answer = await fetch(`${base()}${path}`, init)
      const text = await answer.text()
      const whole = { status: answer.status, id: answer.headers.get('x-authdouble-request-id') ?? '', text, body: text === '' ? {} : JSON.parse(text) }
      delivered.push(whole)
      must(whole.status < 500, `${path} gave ${whole.status} ${text}`)
      return whole
    } catch (error) {
      // The connection ended without an answer.
      if (error instanceof TypeError) return undefined
      throw error
    }
  }
  const token = (provider: ProviderName, fields: { readonly [name: string]: string }): Promise<Answer | undefined> => {
    const { clientId = '', clientSecret = '' } = addresses[provider] ?? {}
    const body = new URLSearchParams({ ...fields, client_id: clientId, client_secret: clientSecret })
    return ask(provider === 'zettle' ? '/zettle/token' : '/zoho-payments/oauth/v2/token', { method: 'POST', body })
  }
  const checkJournal = async (): Promise<void> => {
    const { entries } = (await admin('/journal')) as {
      readonly entries: readonly { readonly id: string; readonly response: { readonly status: number; readonly body?: string } }[]
    }
    const kept = new Map(entries.map((entry) => [entry.id, entry.response]))
    must(new Set(delivered.map(({ id }) => id)).size === delivered.length, 'two exchanges have one id')
    for (const { id, status, text } of delivered) {
      const entry = kept.get(id)
      must(entry !== undefined, `the journal lacks ${id}`)
      must(entry?.status === status && (entry.body ?? '') === text, `${id} crossed as ${status} ${text}, and the journal has ${JSON.stringify(entry)}`)
    }
  }
  const kill = async (which: number): Promise<void> => {
    if (!world.kill) return
    if (!world.keepsJournal) await checkJournal()
    figures.kills += 1
    await world.kill(which)
    if (!world.keepsJournal) delivered = []
  }
  /** Fires the same request several times at once, and may kill a process under them. */
  const race = async (times: number, lost: boolean, killed: boolean, provider: ProviderName, fire: () => Promise<Answer | undefined>) => {
    if (lost) await admin('/faults', 'POST', { kind: 'lose', provider, operation: 'token' })
    if (times > 1) figures.races += 1
    const dies = killed && world.kill !== undefined
    // What was answered by a process that dies is checked before it does.
    if (dies && !world.keepsJournal) await checkJournal()
    const firing = Array.from({ length: times }, fire)
    if (dies) {
      figures.kills += 1
      await Promise.all([world.kill?.(turn), ...firing])
      if (!world.keepsJournal) delivered = []
    }
    const answers = await Promise.all(firing)
    if (lost) await admin('/faults', 'DELETE')
    return { good: answers.flatMap((one) => (one?.body.access_token === undefined ? [] : [one])), missing: answers.some((one) => one === undefined) }
  }
  const remember = (provider: ProviderName, { body }: Answer, family: number): void => {
    if (provider === 'zettle' && body.access_token !== undefined) accesses.push({ token: body.access_token, expires: now + accessLifetime })
    if (body.refresh_token === undefined) return
    const fresh: Refresh = { provider, token: body.refresh_token, family, state: 'live' }
    must(!refreshes.some((one) => one.token === fresh.token) || provider === 'zoho-payments', 'a refresh token came twice')
    if (refreshes.some((one) => one.token === fresh.token)) return
    refreshes.push(fresh)
    doubtful.before.set(fresh, doubtful.lost)
    const held = refreshes.filter((one) => one.provider === 'zoho-payments')
    for (const evicted of provider === 'zoho-payments' ? held.slice(0, -cap) : []) evicted.state = 'ended'
  }
  const stateOf = (one: Refresh): Refresh['state'] => {
    if (one.provider === 'zettle' || one.state !== 'live') return one.state
    const held = refreshes.filter(({ provider }) => provider === 'zoho-payments')
    const later = held.length - 1 - held.indexOf(one)
    return later + doubtful.lost - (doubtful.before.get(one) ?? 0) < cap ? 'live' : 'unknown'
  }

  const redeem = async ({ which, times, lost, kill: killed }: Race): Promise<void> => {
    const code = codes[which % Math.max(codes.length, 1)]
    if (!code) return
    const redirect: { readonly [name: string]: string } = code.provider === 'zettle' ? { redirect_uri: code.redirect } : {}
    const { good, missing } = await race(times, lost, killed, code.provider, () =>
      token(code.provider, { grant_type: 'authorization_code', code: code.code, ...redirect }),
    )
    const alive = now < code.expires && code.state !== 'used'
    must(good.length <= (alive ? 1 : 0), `${code.state} code of ${code.provider} gave ${good.length} times tokens, ${code.expires - now} s before its end`)
    must(missing || code.state !== 'fresh' || !alive || good.length === 1, `a fresh code of ${code.provider} gave no tokens`)
    families += 1
    for (const answer of good) remember(code.provider, answer, families)
    if (missing && good.length === 0 && alive) {
      code.state = 'unknown'
      if (code.provider === 'zoho-payments') doubtful.lost += 1
    } else if (alive && good.length === 1) code.state = 'used'
  }

  const renew = async ({ which, times, lost, kill: killed }: Race): Promise<void> => {
    const one = refreshes[which % Math.max(refreshes.length, 1)]
    if (!one) return
    const state = stateOf(one)
    const { good, missing } = await race(times, lost, killed, one.provider, () =>
      token(one.provider, { grant_type: 'refresh_token', refresh_token: one.token }),
    )
    const most = state === 'ended' ? 0 : one.provider === 'zettle' ? 1 : times
    must(good.length <= most, `a refresh token of ${one.provider} that is ${state} gave ${good.length} times tokens`)
    if (!missing && state === 'live') must(good.length === most, `a live refresh token of ${one.provider} was refused`)
    if (one.provider === 'zettle') {
      for (const answer of good) remember('zettle', answer, one.family)
      if (good.length > 0) one.state = 'ended'
      else if (missing && one.state === 'live') one.state = 'unknown'
      const live = refreshes.filter(({ family, state: now }) => family === one.family && now === 'live')
      must(live.length <= 1, 'a family has two live successors')
    }
  }

  const call = async ({ which }: { readonly which: number }): Promise<void> => {
    const access = accesses[which % Math.max(accesses.length, 1)]
    if (!access) return
    const path = new URL(addresses['zettle']?.['resourceUrl'] ?? '').pathname
    const answer = await ask(path, { headers: { authorization: `Bearer ${access.token}` } })
    const wanted = now < access.expires ? 200 : 401
    must(answer?.status === wanted, `an access token ${access.expires - now} s before its end gave ${answer?.status} ${answer?.text}`)
  }

  const begin = async (): Promise<void> => {
    await admin('/reset', 'POST')
    await admin('/clock', 'POST', { freeze: true })
    const all = (await admin('/providers')) as { readonly providers: readonly { readonly id: string }[] }
    addresses = Object.fromEntries(
      await Promise.all(all.providers.map(async ({ id }) => [id, await admin(`/providers/${id}`).then((one) => addressIn(one))] as const)),
    )
  }
  const addressIn = (value: unknown): { readonly [member: string]: string } => {
    const one = value as { readonly address?: { readonly [member: string]: string } }
    return one.address ?? (value as { readonly [member: string]: string })
  }

  await begin()
  figures.schedules += 1
  for (const step of steps) {
    if (step.do === 'code') {
      const minted = (await admin(`/providers/${step.provider}/codes`, 'POST', {})) as { readonly code: string; readonly url?: string }
      codes.push({ provider: step.provider, code: minted.code, redirect: minted.url?.split('?', 1)[0] ?? '', expires: now + lifetimes[step.provider], state: 'fresh' })
    } else if (step.do === 'redeem') await redeem(step)
    else if (step.do === 'refresh') await renew(step)
    else if (step.do === 'call') await call(step)
    else if (step.do === 'kill') await kill(step.which)
    else if (step.do === 'advance') {
      await admin('/clock', 'POST', { advance: step.seconds })
      now += step.seconds
    }
  }
  // Nothing that was delivered is lost, whatever happened behind it.
  for (const [at, one] of refreshes.entries()) if (stateOf(one) === 'live') await renew({ do: 'refresh', which: at, times: 1, lost: false, kill: false })
  for (let at = 0; at < accesses.length; at += 1) await call({ which: at })
  await checkJournal()
}
