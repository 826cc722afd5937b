/** Tells what was played as a sequence of sentences that a person can follow. */

import type { JournalEntry } from '../../index.js'
import type { Violation } from '../invariants/history.js'
import { afterwards } from '../invariants/history.js'
import type { PlayedStep } from '../runner/step.js'
import type { Played } from './play.js'
import { arranged } from './recorder.js'
import { targetInWords } from './troubles.js'

const lost = /^(lose|reset|hang)$/
const spoilt: { readonly [kind: string]: string } = {
  'gateway-page': 'a gateway page comes in place of its reply',
  truncate: 'its reply is cut short',
  garble: 'its reply is garbled',
  drip: 'its reply stalls',
}

const nameOf = ({ operation, grantType, request }: JournalEntry): string => {
  if (operation === undefined) return 'a request to nowhere'
  const grant = grantType ?? request.parameters['grant_type']
  if (operation === 'token')
    return grant === 'authorization_code' || grant === 'refresh_token'
      ? targetInWords({ operation, grant })
      : `token request (${grant ?? 'no grant'})`
  return operation === 'userinfo' ? 'API call' : targetInWords({ operation })
}

const fate = (entry: JournalEntry): string => {
  const { outcome, reason, response, fault } = entry
  const name = nameOf(entry)
  if (fault?.kind === 'lose') return `${name}: decided, and its reply is lost`
  if (fault && lost.test(fault.kind)) return `${name}: no reply`
  if (fault && spoilt[fault.kind] !== undefined) return `${name}: ${spoilt[fault.kind]}`
  if (outcome === 'refused') return `${name}: refused (${reason ?? response.status})`
  return `${name}: ${response.status ?? 'no reply'}`
}

const stateOf = ({ state, status, error, note }: PlayedStep): string => {
  if (state === 'ok') return status === undefined ? 'succeeds' : `answers ${status}`
  if (state === 'failed')
    return `fails (${error ? `${error.code}: ${error.message.replace(/\s+/g, ' ').trim().slice(0, 120)}` : (note ?? 'no reason')})`
  // What a program printed before is in its log.
  return `${state}${note === undefined ? '' : `: ${note.replace(/: expected .*/s, '')}`}`
}

/** Once the trouble is over, the connection is asked whether it works. */
const nameOfStep = ({ step, as }: PlayedStep): string =>
  as === afterwards ? `afterwards, ${step}` : as.startsWith(`${afterwards}: `) ? `afterwards, ${as.slice(afterwards.length + 2)}` : as

const sentence = (step: PlayedStep): string => {
  if (step.step === arranged) return step.note ?? ''
  // Shown only where it was left at that.
  if (step.step === 'authorize' && step.state === 'ok') return `${step.as} begins, and the browser does not come back at once`
  const wire = step.entries.map(fate).join('; ')
  return `${nameOfStep(step)} ${stateOf(step)}${wire === '' ? '' : ` [${wire}]`}`
}

/** What goes without saying: the first leg of a connection that goes on. */
const plain = ({ step, state }: PlayedStep, at: number, steps: readonly PlayedStep[]): boolean =>
  state === 'ok' && (step === 'browser' || (step === 'authorize' && steps[at + 2]?.step === 'callback'))

/** Numbered sentences; the last one is what came of it. */
export const tell = ({ steps }: Pick<Played, 'steps'>, { seen }: Pick<Violation, 'seen'>): readonly string[] =>
  [...steps.filter((step, at) => !plain(step, at, steps)).map(sentence), seen].map((text, at) => `${at + 1}. ${text}`)
