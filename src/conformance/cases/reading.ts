/** Reads a played case: which requests were made, what they carried, and how far the client got. Pure. */

import type { JournalEntry } from '../../index.js'
import type { Check, Finding, Played } from '../runner/case.js'
import { rfc, unexercised } from '../runner/case.js'
import type { PlayedStep } from '../runner/step.js'
import type { CheckDefinition, Level } from '../runner/verdict.js'

/** A check in one line each: what is asked, why, and what helps. */
export const check = (
  id: string,
  level: Level,
  reference: CheckDefinition['reference'],
  words: { readonly title: string; readonly expected: string; readonly fix: string },
  more: Pick<Check, 'forbids' | 'recovers' | 'consequence'> = {},
): Check => ({ id, level, reference, ...words, ...more })

/** After a failed exchange the next authorization works. */
export const connectsAgain = (id: string, expected = 'the next authorization ends with tokens'): Check =>
  check(
    id,
    'should',
    rfc(6749, '4.1', 'A new authorization gives a new code'),
    {
      title: 'connects when it is asked to begin again',
      expected,
      fix: 'After a failed exchange, delete what you stored for it and let the user connect again.',
    },
    { recovers: true },
  )

const fromBody = ({ request }: JournalEntry): { readonly [name: string]: string } => {
  const { body = '', url } = request
  const query = Object.fromEntries(new URL(url, 'http://x').searchParams)
  if (body.startsWith('{')) {
    try {
      return { ...query, ...(JSON.parse(body) as { readonly [name: string]: string }) }
    } catch {
      return query
    }
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body)) }
}

/** What a request carried, even when a fault answered before it was read. */
export const parametersOf = (entry: JournalEntry): { readonly [name: string]: string | undefined } =>
  Object.keys(entry.request.parameters).length > 0 ? entry.request.parameters : fromBody(entry)

export const grantOf = (entry: JournalEntry): string | undefined => entry.grantType ?? parametersOf(entry)['grant_type']

export const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const by = (entries: readonly JournalEntry[], operation: string, grant?: string): readonly JournalEntry[] =>
  entries.filter((entry) => entry.operation === operation && (grant === undefined || grantOf(entry) === grant))

export const authorizations = (entries: readonly JournalEntry[]): readonly JournalEntry[] => by(entries, 'authorize')
export const tokenRequests = (entries: readonly JournalEntry[]): readonly JournalEntry[] => by(entries, 'token')
export const exchanges = (entries: readonly JournalEntry[]): readonly JournalEntry[] => by(entries, 'token', 'authorization_code')
export const refreshes = (entries: readonly JournalEntry[]): readonly JournalEntry[] => by(entries, 'token', 'refresh_token')
export const assertions = (entries: readonly JournalEntry[]): readonly JournalEntry[] => by(entries, 'token', jwtBearer)
export const calls = (entries: readonly JournalEntry[]): readonly JournalEntry[] =>
  entries.filter(({ operation }) => operation === 'resource' || operation === 'userinfo')
export const disconnections = (entries: readonly JournalEntry[]): readonly JournalEntry[] =>
  entries.filter(({ operation }) => operation === 'disconnect' || operation === 'revoke')

/** What arrived was not what was answered. */
export const spoiled = /^(truncate|wrong-length|garble|gateway-page|lose)$/

/** The API took the token: what it makes of the call besides, such as whose account the call names, is another matter. */
export const recognised = ({ response, user }: JournalEntry): boolean => user !== undefined && response.complete && response.status !== 401

/** Answered as it should be, and the answer arrived. */
export const fine = ({ outcome, operation, response, fault }: JournalEntry): boolean =>
  (outcome === 'answered' || (fault?.kind === 'status' && (operation !== 'token' || response.body?.includes('"access_token"') === true))) &&
  response.complete &&
  response.status !== undefined &&
  response.status < 300 &&
  !spoiled.test(fault?.kind ?? '')

export const refused = ({ outcome }: JournalEntry): boolean => outcome === 'refused'

/** Refused because of the client itself, not of what it asked for. */
export const clientRefused = (entry: JournalEntry): boolean => refused(entry) && /^client_/.test(entry.reason ?? '')

/** The code of an exchange, by whichever name it came. */
export const codeOf = (entry: JournalEntry): string | undefined =>
  entry.presented?.kind === 'code' ? entry.presented.id : (parametersOf(entry)['code'] ?? parametersOf(entry)['authorization_code'])

export const refreshTokenOf = (entry: JournalEntry): string | undefined =>
  entry.presented?.kind === 'refresh_token' ? entry.presented.id : parametersOf(entry)['refresh_token']

export const header = ({ request }: JournalEntry, name: string): string | undefined =>
  request.headers.find(([each]) => each.toLowerCase() === name)?.[1]

/** The JSON object that was answered; empty when it was none. */
export const replyOf = ({ response }: JournalEntry): { readonly [member: string]: unknown } => {
  try {
    const value: unknown = JSON.parse(response.body ?? '')
    return typeof value === 'object' && value !== null ? (value as { readonly [member: string]: unknown }) : {}
  } catch {
    return {}
  }
}

/** What came of a request, for `seen`. */
export const fate = ({ outcome, reason, response, fault }: JournalEntry): string =>
  outcome === 'refused' ? `refused: ${reason}` : fault ? `met by a fault (${fault.kind})` : `answered ${response.status ?? 'nothing'}`

/** The last step that the case called so. */
export const stepOf = ({ steps }: Played, as: string): PlayedStep | undefined => steps.findLast((step) => step.as === as)

export const stepsOf = ({ steps }: Played, as: string): readonly PlayedStep[] => steps.filter((step) => step.as === as)

/** Entries of several steps, each once. */
export const entriesOf = (steps: readonly PlayedStep[]): readonly JournalEntry[] => [...new Set(steps.flatMap(({ entries }) => entries))]

/** Entries after the given one. */
export const after = (entries: readonly JournalEntry[], entry: JournalEntry | undefined): readonly JournalEntry[] =>
  entry === undefined ? [] : entries.slice(entries.findIndex(({ id }) => id === entry.id) + 1)

/** How a step went, as a person would say it. */
export const inWords = ({ as, state, error, note, status }: PlayedStep): string => {
  const how = state !== 'ok' ? state : status === undefined ? 'succeeded' : `came back with status ${status}`
  const what = error ? ` (${error.kind} ${error.code}: ${error.message})` : note ? ` (${note})` : ''
  return `the step "${as}" ${how}${what}`
}

/** Why a case did not come to the point that a check is about. */
export const notSoFar = (played: Played, what: string): Finding => {
  const stuck = played.steps.find(({ state }) => state !== 'ok')
  return unexercised(`${what}${stuck ? `; ${inWords(stuck)}` : ''}`)
}

/** A client may have a limit of its own that is longer than that of a step: whoever reads this can give it more time. */
export const endless = (step: PlayedStep): string =>
  `it did not come to an end: ${inWords(step)}; where its own limit is longer, give it more with --timeout`

/** A step that gave no answer at all. */
export const fellSilent = (step: PlayedStep | undefined): boolean => step?.state === 'silent'

/** The client said that it did it, and the status of the API (where there is one) agrees. */
export const succeeded = (step: PlayedStep | undefined): boolean =>
  step?.state === 'ok' && (step.status === undefined || (step.status >= 200 && step.status < 300))
