/** An exchange as a schedule: what `authdouble conform --schedule` plays at a client, so that it meets the same again. */

import type { Entry, ScheduleFile } from '../types.js'

type Turn = ScheduleFile['turns'][number]
type Trouble = NonNullable<Turn['trouble']>
type TroubleName = Trouble['fault']

const connect: Turn = { act: { do: 'connect' } }

/** By the kind of fault that was met. */
const ofFault: { readonly [kind: string]: TroubleName } = {
  lose: 'lost',
  hold: 'lost',
  reset: 'reset',
  hang: 'hangs',
  'rate-limit': 'throttled',
  'gateway-page': 'page-instead',
  truncate: 'truncated',
  'wrong-length': 'truncated',
  garble: 'garbled',
  drip: 'stalls',
  say: 'unknown-members',
}

const ofStatus: { readonly [status: number]: TroubleName } = {
  302: 'found',
  307: 'redirected',
  308: 'moved',
  429: 'throttled',
  502: 'html-502',
  503: 'status-503',
}

/** What goes wrong with the next request of this kind: what went wrong with this one; where nothing did, its reply is lost. */
const troubleOf = ({ fault, response: { status } }: Entry): TroubleName => {
  const named = fault && ofFault[fault.kind]
  if (named !== undefined) return named
  if (status === undefined) return 'lost'
  return ofStatus[status] ?? (status >= 500 ? 'status-500' : 'lost')
}

/** The only ones that make sense in front of a browser. */
const inBrowser = (name: TroubleName): TroubleName => (name === 'lost' || name === 'reset' || name === 'hangs' ? 'reset' : 'status-503')

/** The body of an API's answer is between client and API: that it did not come is not. */
const inCall = (name: TroubleName): TroubleName => (['truncated', 'garbled', 'stalls', 'unknown-members'].includes(name) ? 'lost' : name)

/** How a client comes to be refused so, where it does nothing wrong: by reason. */
const towards: { readonly [reason: string]: readonly Turn[] } = {
  access_denied: [{ act: { do: 'connect', denied: true } }],
  code_used: [
    { act: { do: 'begin', browser: 'a' } },
    { act: { do: 'finish', browser: 'a', how: 'own' } },
    { act: { do: 'finish', browser: 'a', how: 'again' } },
  ],
  code_expired: [{ act: { do: 'begin', browser: 'a' } }, { wait: 'some-minutes', act: { do: 'finish', browser: 'a', how: 'own' } }],
  refresh_token_rotated: [
    connect,
    { wait: 'after-its-end', trouble: { operation: 'token', grant: 'refresh_token', fault: 'lost' }, act: { do: 'call' } },
    { wait: 'after-its-end', act: { do: 'call' } },
  ],
  refresh_token_revoked: [connect, { act: { do: 'end', what: 'connection' } }, { wait: 'after-its-end', act: { do: 'call' } }],
  refresh_token_expired: [connect, { wait: 'a-month', act: { do: 'call' } }],
  // A client that looks at the clock refreshes before: only a token that ends early is presented all the same.
  token_expired: [connect, { act: { do: 'end', what: 'access-token' } }, { act: { do: 'call' } }],
  token_revoked: [connect, { act: { do: 'end', what: 'connection' } }, { act: { do: 'call' } }],
}

const turnsOf = (entry: Entry): readonly Turn[] | undefined => {
  const { operation, outcome, reason, grantType } = entry
  if (outcome === 'refused' && entry.fault === undefined) {
    const known = reason === undefined ? undefined : towards[reason]
    if (known) return known
    return operation === 'resource' || operation === 'userinfo'
      ? [connect, { trouble: { operation: 'resource', fault: 'token-refused' }, act: { do: 'call' } }]
      : undefined
  }
  const fault = troubleOf(entry)
  if (operation === 'authorize') return [{ trouble: { operation, fault: inBrowser(fault) }, act: { do: 'connect' } }, connect]
  if (operation === 'token' && grantType === 'authorization_code')
    return [{ trouble: { operation, grant: grantType, fault }, act: { do: 'connect' } }]
  if (operation === 'token' && grantType === 'refresh_token')
    return [connect, { wait: 'after-its-end', trouble: { operation, grant: grantType, fault }, act: { do: 'call' } }]
  if (operation === 'resource' || operation === 'userinfo') {
    const refused = entry.fault?.kind === 'refuse'
    const met: TroubleName = refused ? 'token-refused' : inCall(fault)
    return [connect, { trouble: { operation: 'resource', fault: met }, act: { do: 'call' } }]
  }
  return operation === 'revoke' || operation === 'disconnect'
    ? [connect, { trouble: { operation, fault }, act: { do: 'revoke' } }]
    : undefined
}

/** Undefined where a client cannot be led to such an exchange. */
export const scheduleOf = (entry: Entry): ScheduleFile | undefined => {
  const { provider, id, told, reason } = entry
  const turns = turnsOf(entry)
  if (provider === undefined || !turns) return undefined
  return {
    format: 'authdouble-schedule',
    version: 1,
    provider,
    ...(reason === 'refresh_token_rotated' ? { rotates: true } : {}),
    seed: id,
    turns,
    story: [told],
  }
}

export const scheduleName = ({ provider = 'provider', id }: Entry): string => `${provider}-${id}.schedule.json`
