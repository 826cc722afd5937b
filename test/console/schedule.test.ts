/** An exchange that the console turned into a schedule: a client that it is played at meets the same again. */

import { describe, expect, it } from 'vitest'
import { playTurns } from '../../src/conformance/explore/play.js'
import { readSchedule } from '../../src/conformance/explore/readSchedule.js'
import { scheduleName, scheduleOf } from '../../src/console/live/schedule.js'
import type { Entry, ScheduleFile } from '../../src/console/types.js'
import { faultKinds } from '../../src/faults/kinds.js'
import type { FaultInput } from '../../src/index.js'
import { stageFor } from '../conformance/explore/stage.js'
import { clientOf } from '../conformance/reference.js'
import { serving } from '../kit.js'

const stage = serving('zettle')

/** The newest exchange as the console gets it. */
const newest = async (): Promise<Entry> => {
  const { entries } = (await stage.play.admin('/journal?limit=1')).body as unknown as { readonly entries: readonly Entry[] }
  const [entry] = entries
  if (!entry) throw new Error('nothing happened')
  return entry
}

const schedule = async (): Promise<ScheduleFile> => {
  const made = scheduleOf(await newest())
  if (!made) throw new Error('there is no schedule of it')
  return readSchedule(JSON.stringify(made))
}

const played = async (made: ScheduleFile) => {
  const { entries, violations, failed } = await playTurns(await stageFor('zettle', clientOf(), 9000), made, made.turns)
  expect(failed).toBeUndefined()
  return { entries, violations: violations.map(({ invariant, seen }) => `${invariant}: ${seen}`) }
}

const lost = async (request: Promise<unknown>): Promise<void> => void (await request.catch(() => undefined))

describe('a refusal', () => {
  const comings: { readonly [reason: string]: () => Promise<unknown> } = {
    refresh_token_rotated: async () => {
      stage.double.quirks.set('zettle/may-rotate-at-any-time', true)
      const { refresh } = await stage.play.connect()
      await stage.play.refresh(refresh)
      return stage.play.refresh(refresh)
    },
    refresh_token_revoked: async () => {
      const { refresh } = await stage.play.connect()
      await stage.double.tokens.revoke({ provider: 'zettle' })
      return stage.play.refresh(refresh)
    },
    code_used: async () => stage.play.redeem((await stage.play.connect()).code),
    code_expired: async () => {
      const code = await stage.play.code()
      stage.double.clock.advance('1d')
      return stage.play.redeem(code)
    },
    access_denied: async () => {
      stage.double.approvals.deny()
      return stage.play.authorize()
    },
    token_expired: async () => {
      const { access } = await stage.play.connect()
      stage.double.clock.advance('1d')
      return stage.play.call(access)
    },
    token_revoked: async () => {
      const { access } = await stage.play.connect()
      await stage.double.tokens.revoke({ provider: 'zettle' })
      return stage.play.call(access)
    },
  }

  it.each(Object.keys(comings))('for %s: a client comes to it by the schedule', async (reason) => {
    await comings[reason]?.()
    expect((await newest()).reason).toBe(reason)
    const { entries } = await played(await schedule())
    // A client that does everything right redeems no code twice: it is the provocation that is met.
    if (reason === 'code_used') expect(entries.filter(({ operation }) => operation === 'authorize')).toHaveLength(1)
    else expect(entries.map((entry) => entry.reason)).toContain(reason)
  })
})

/** Faults that cost the real time for which a client waits are read, and not played here. */
const slow = ['hang', 'drip']

const extras: { readonly [kind: string]: object } = {
  refuse: { reason: 'refresh_token_revoked' },
  status: { status: 503 },
  delay: { for: 0 },
  hang: { for: 0.02 },
  drip: { pause: 0 },
  hold: { limit: 0.02 },
  say: { set: { extra: 1 } },
}

describe('a fault', () => {
  it.each(Object.keys(faultKinds).filter((kind) => kind !== 'tamper'))('of kind %s meets the same request again', async (kind) => {
    const { refresh } = await stage.play.connect()
    stage.double.faults.add({ kind, provider: 'zettle', operation: 'token', ...extras[kind] } as FaultInput)
    await lost(stage.play.refresh(refresh))
    const made = await schedule()
    expect(made.turns.at(-1)).toMatchObject({ trouble: { operation: 'token', grant: 'refresh_token' }, act: { do: 'call' } })
    if (slow.includes(kind)) return
    const { entries, violations } = await played(made)
    expect(entries.filter(({ fault, grantType }) => fault !== undefined && grantType === 'refresh_token')).toHaveLength(1)
    expect(violations).toEqual([])
  })

  it.each([
    ['authorize', () => stage.play.authorize()],
    ['resource', async () => stage.play.call((await stage.play.connect()).access)],
    ['token', () => stage.play.connect()],
  ] as const)('at %s is met there', async (operation, ask) => {
    await ask()
    const { entries, violations } = await played(await schedule())
    expect(entries.filter(({ fault }) => fault !== undefined).map((entry) => entry.operation)).toEqual([operation])
    expect(violations).toEqual([])
  })
})

it('what no client can be led to has no schedule', async () => {
  await stage.play.token({ grant_type: 'a-grant-that-is-none' })
  expect(scheduleOf(await newest())).toBeUndefined()
  await stage.play.connect()
  expect(scheduleName(await newest())).toMatch(/^zettle-r\d+\.schedule\.json$/)
})
