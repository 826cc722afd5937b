/** What every case ends with: once faults have ceased, does the connection still work, or can it be made again? */

import { calls, fine } from '../cases/reading.js'
import { stillHonoured } from '../invariants/connection.js'
import { afterwards } from '../invariants/history.js'
import type { CaseContext } from './caseContext.js'
import type { PlayedStep } from './step.js'

/** Milliseconds of real time that a client may ask for before it tries again: circuit breakers and back-offs. */
const pauses = [700, 1600]

/** Connections were made and none was ended on purpose since. */
export const connected = (log: readonly PlayedStep[]): PlayedStep | undefined => {
  const last = log.findLast(({ step, state }) => (step === 'callback' || step === 'assertion') && state === 'ok')
  const ended = log.findLast(({ step, state }) => step === 'revoke' && state !== 'unsupported')
  return last && (!ended || log.indexOf(ended) < log.indexOf(last)) ? last : undefined
}

const reaches = ({ entries }: PlayedStep): boolean => calls(entries).some(fine)

const tries = async (context: CaseContext, who: { readonly user?: string }): Promise<boolean> => {
  if (!context.can('call')) {
    const { state, entries } = await context.ask('refresh', `${afterwards}: refresh`, who)
    return state === 'ok' && entries.length > 0
  }
  if (reaches(await context.ask('call', afterwards, who))) return true
  if (!context.can('refresh')) return false
  await context.ask('refresh', `${afterwards}: refresh`, who)
  return reaches(await context.ask('call', `${afterwards}: once more`, who))
}

/** Asks whether the connection works, with patience; and if it does not, for another. */
export const askAfterwards = async (context: CaseContext): Promise<void> => {
  const held = connected(context.log())
  if (!held || !(context.can('call') || context.can('refresh'))) return
  const who = held.user === undefined ? {} : { user: held.user }
  await context.calm()
  if (await tries(context, who)) return
  // Patience helps only where there is still something to use.
  const honoured = stillHonoured({ entries: context.entries(), steps: context.log(), honoured: context.honoured() })
  for (const milliseconds of honoured ? pauses : []) {
    if (context.over()) return
    await context.pause(milliseconds)
    if (await tries(context, who)) return
  }
  if (held.step === 'assertion' || context.over()) return
  if (await context.connect({ as: `${afterwards}: connect`, ...who })) await context.ask('call', `${afterwards}: call`, who)
}
