/** `/clock`: what time it is in the sandbox. */

import type { Clock, ClockChange } from '../clock/clock.js'
import { applyClockChange, latestTime } from '../clock/clock.js'
import { advanceToNextExpiry } from '../issuance/nextExpiry.js'
import type { Call, Resource } from './call.js'
import { ok } from './call.js'
import type { Members } from './check.js'
import { invalid, isObject, length, members, number, yes } from './check.js'
import { selecting, selectionIn } from './tokens.js'

const changes = ['advance', 'advanceTo', 'freeze', 'run', 'reset', 'skew']

/** @throws ControlError */
export const clockChange = (value: unknown, within?: string): ClockChange => {
  const said: Members = members(value, changes, within)
  if (Object.keys(said).length !== 1) throw invalid(`say one of ${changes.join(', ')}`, within)
  const advance = length(said, 'advance')
  if (advance !== undefined) return { advance }
  const advanceTo = number(0, latestTime)(said, 'advanceTo')
  if (advanceTo !== undefined) return { advanceTo }
  const skew = number(-1e10, 1e10)(said, 'skew')
  if (skew !== undefined) return { skew }
  const freeze = said['freeze'] === true ? true : number(0, latestTime)(said, 'freeze')
  if (freeze !== undefined) return { freeze }
  return yes(said, 'run') ? { run: true } : { reset: yes(said, 'reset') ?? true }
}

export const clockView = (clock: Clock) => {
  const { frozen, skew = 0 } = clock.state()
  const now = clock.now()
  return { now, frozen: frozen !== null, offset: Math.round(now - Date.now() / 1000), skew }
}

const toNextExpiry = async (call: Call, body: Members): Promise<void> => {
  const { of } = members(body, ['advanceTo', 'of'])
  await advanceToNextExpiry(call.sandbox, selectionIn(call, members(of, selecting, 'of')))
}

export const clock: Resource = {
  'GET /clock': ({ sandbox }) => ok(clockView(sandbox.clock)),
  'POST /clock': async (call) => {
    const { sandbox, body } = call
    if (isObject(body) && body['advanceTo'] === 'next-expiry') await toNextExpiry(call, body)
    else applyClockChange(sandbox.clock, clockChange(body ?? {}))
    return ok(clockView(sandbox.clock))
  },
}
