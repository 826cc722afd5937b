/** Clients that make the wrong thing of a failure. */

import type { ClientEnvironment } from '../../../src/conformance/drivers/driver.js'
import type { ModuleSteps } from '../../../src/conformance/drivers/module.js'
import type { Parts } from '../parts.js'
import { fileStorage, Refusal, reference, Unable } from '../parts.js'
import type { Broken } from './broken.js'
import { ask, hearing } from './broken.js'

/** Calls again and again while an answer looks so. */
export const again = (made: ModuleSteps, looks: (status: number) => boolean, times: number): ModuleSteps => ({
  ...made,
  call: async (asked, given: ClientEnvironment) => {
    let status = 0
    for (let turn = 0; turn < times; turn += 1) {
      status = Number(await made.call?.(asked, given))
      if (!looks(status)) break
    }
    return status
  },
})

/** Sends, and goes where a redirect leads if this request is one to follow with. */
const follow = async (url: string, init: RequestInit, follows: boolean): Promise<Response> => {
  const response = await reference.send(url, init)
  const location = response.headers.get('location')
  return follows && location !== null ? reference.send(location, init) : response
}

/** Where a connection is ended. */
const leaving = /revoke|application-connections/

/** Reads a token response without looking whether it is one. */
const credulous: Parts['read'] = (_, text) => {
  try {
    return { access_token: undefined, ...(JSON.parse(text) as object) }
  } catch {
    return {}
  }
}

export const brokenErrors: readonly Broken[] = [
  {
    name: 'retries-refusals',
    says: 'repeats a token request that was refused',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['errors.refusal-is-final'],
    parts: () => ({
      ask: async function (this: Parts, given, parameters) {
        for (let turn = 0; turn < 3; turn += 1) {
          try {
            return await ask(this, given, parameters)
          } catch (error) {
            if (!(error instanceof Refusal)) throw error
          }
        }
        return ask(this, given, parameters)
      },
    }),
  },
  {
    name: 'forgets-a-refusal',
    says: 'refreshes at every call with a refresh token that was refused',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['errors.refusal-is-remembered'],
    parts: () => ({ onRefused: (_, tokens) => tokens }),
  },
  {
    name: 'tries-older-tokens',
    says: 'sends the refresh tokens that it had before when the newest is refused',
    providers: ['ziina', 'zettle'],
    killedBy: ['errors.no-older-token'],
    parts: () => {
      const had: string[] = []
      return {
        tokensOf: (reply, before, now) => {
          if (before?.refresh_token !== undefined) had.push(before.refresh_token)
          return reference.tokensOf(reply, before, now)
        },
        onRefused: (error, tokens) => {
          const after = reference.onRefused(error, tokens)
          const older = after.ended ? had.pop() : undefined
          return older === undefined ? after : { ...tokens, refresh_token: older }
        },
      }
    },
  },
  {
    name: 'trusts-the-status',
    says: 'takes any answer with status 200 for tokens',
    providers: ['zoho-payments'],
    killedBy: ['errors.error-in-200', 'errors.no-junk-token', 'refresh.eviction-reported'],
    parts: () => ({ read: (status, text) => (status === 200 ? credulous(status, text) : reference.read(status, text)) }),
  },
  {
    name: 'believes-every-answer',
    says: 'takes any answer for tokens',
    providers: ['zettle', 'ziina', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['errors.refused-code-reported', 'errors.error-in-200', 'errors.no-junk-token', 'errors.broken-reply-reported'],
    parts: () => ({ read: credulous }),
  },
  {
    name: 'says-that-all-is-well',
    says: 'reports a connection whatever came of the exchange',
    providers: ['zettle', 'ziina', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['errors.broken-reply-reported', 'errors.refused-connection-reported'],
    parts: () => ({ settle: (redeem) => redeem().catch(() => {}) }),
  },
  {
    name: 'does-not-wait',
    says: 'calls again at once after a 429',
    providers: ['zettle', 'zoho-payments', 'zentail'],
    killedBy: ['errors.waits'],
    parts: () => ({ waits: false, steps: (made) => again(made, (status) => status === 429, 4) }),
  },
  {
    name: 'hammers',
    says: 'calls twenty times while the server is down',
    providers: ['vcita'],
    killedBy: ['errors.bounded-retries'],
    parts: () => ({ again: ({ status }, attempt) => status >= 500 && attempt < 20 }),
  },
  {
    name: 'refreshes-when-down',
    says: 'refreshes after a 503',
    providers: ['zettle', 'ziina'],
    killedBy: ['errors.keeps-tokens'],
    parts: () => ({ again: () => false, expired: ({ status }) => status === 401 || status >= 500 }),
  },
  {
    name: 'asks-for-another-token-when-down',
    says: 'asks for another token after a 503, by a grant that it was never given',
    providers: ['zentail', 'vcita'],
    killedBy: ['errors.keeps-tokens'],
    parts: () => ({
      steps: (made) => ({
        ...made,
        call: async (asked, given) => {
          const status = await made.call?.(asked, given)
          if (Number(status) >= 500) await ask(reference, given, { grant_type: 'client_credentials' }).catch(() => {})
          return status
        },
      }),
    }),
  },
  {
    name: 'drops-its-tokens-when-down',
    says: 'deletes its tokens when an API call fails',
    providers: ['zentail', 'zettle'],
    killedBy: ['errors.recovers'],
    parts: () => ({
      steps: (made) => ({
        ...made,
        call: async (asked, given) => {
          const status = await made.call?.(asked, given)
          if (Number(status) >= 500) fileStorage(given).write({ tokens: {} })
          return status
        },
      }),
    }),
  },
  {
    name: 'drops-its-tokens-when-forbidden',
    says: 'deletes its tokens when an API call is forbidden',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['errors.kept-after-403'],
    parts: () => ({
      steps: (made) => ({
        ...made,
        call: async (asked, given) => {
          const status = await made.call?.(asked, given)
          if (Number(status) === 403) fileStorage(given).write({ tokens: {} })
          return status
        },
      }),
    }),
  },
  {
    name: 'refreshes-when-forbidden',
    says: 'refreshes after a 403',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['errors.no-refresh-after-403'],
    parts: () => ({ expired: ({ status }) => status === 401 || status === 403 }),
  },
  {
    name: 'follows-redirects',
    says: 'goes wherever a redirect leads, with everything that it sends',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: [
      'errors.redirect-of-token-endpoint',
      'errors.redirect-of-api',
      'errors.redirect-of-refresh',
      'errors.redirect-of-revocation',
    ],
    parts: () => ({
      send: async (url, init) => {
        const response = await reference.send(url, init)
        const location = response.headers.get('location')
        return response.status >= 300 && response.status < 400 && location !== null ? reference.send(location, init) : response
      },
    }),
  },
  {
    name: 'forgets-its-tokens-when-a-refresh-fails',
    says: 'forgets its tokens after any failed refresh',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['errors.refresh-trouble-survived', 'errors.refused-connection-survived', 'errors.throttle-survived'],
    parts: () => ({ spoils: (what) => what === 'refresh' }),
  },
  {
    name: 'hammers-the-token-endpoint',
    says: 'repeats a refresh forty times at once when it fails',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['errors.refresh-trouble-bounded', 'errors.refresh-waits', 'errors.throttle-patient'],
    mayBreak: ['errors.refresh-trouble-survived'],
    parts: () => ({
      waits: false,
      ask: async function (this: Parts, given, parameters) {
        for (let turn = 0; turn < 40; turn += 1) {
          try {
            return await ask(this, given, parameters)
          } catch (error) {
            if (parameters['grant_type'] !== 'refresh_token') throw error
          }
        }
        return ask(this, given, parameters)
      },
    }),
  },
  {
    name: 'waits-for-ever',
    says: 'has no time limit',
    providers: ['ziina', 'zettle', 'zoho-payments', 'vcita'],
    killedBy: [
      'errors.refresh-trouble-bounded',
      'errors.refresh-trouble-survived',
      'errors.broken-reply-reported',
      'errors.broken-reply-recovers',
      'disconnect.trouble-bounded',
    ],
    parts: () => ({ send: (url, init) => fetch(url, { redirect: 'manual', ...init }) }),
  },
  {
    name: 'forgets-to-wait',
    says: 'refreshes again at the next call although it was asked to wait',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['errors.refresh-waits'],
    parts: () => ({ waits: false }),
  },
  {
    name: 'says-what-it-was-told',
    says: 'puts the words of an error into its own, whatever stands in them',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['errors.echo-kept'],
    parts: () => {
      let told = ''
      return {
        send: async (url, init) => {
          const response = await reference.send(url, init)
          if (response.status >= 500) told = await response.clone().text()
          return response
        },
        steps: (made) => ({
          ...made,
          call: async (asked, given) => {
            const status = Number(await made.call?.(asked, given))
            if (status >= 500) throw new Error(told)
            return status
          },
        }),
      }
    },
  },
  {
    name: 'complains-with-its-token',
    says: 'puts its access token into the message when a call fails',
    providers: ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'],
    killedBy: ['always.no-secret-written-down'],
    also: ['errors/bounds-retries-of-5xx'],
    parts: () => {
      let shown = ''
      return {
        header: (given, tokens) => {
          shown = tokens.access_token
          return reference.header(given, tokens)
        },
        steps: (made) => ({
          ...made,
          call: async (asked, given) => {
            const status = Number(await made.call?.(asked, given))
            if (status >= 500) throw new Error(`the call with ${shown} failed`)
            return status
          },
        }),
      }
    },
  },
  {
    name: 'follows-redirects-at-a-refresh',
    says: 'takes its refresh token wherever a redirect leads, and its codes nowhere',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['errors.redirect-of-refresh'],
    parts: () => ({ send: (url, init) => follow(url, init, /grant_type=refresh_token/.test(String(init.body))) }),
  },
  {
    name: 'follows-redirects-when-it-leaves',
    says: 'takes the tokens of a connection that ends wherever a redirect leads',
    providers: ['zettle', 'zoho-payments', 'vcita'],
    killedBy: ['errors.redirect-of-revocation'],
    parts: () => ({ send: (url, init) => follow(url, init, leaving.test(url)) }),
  },
  {
    name: 'chokes-on-a-byte-order-mark',
    says: 'cannot read a reply with a byte order mark, and forgets its tokens because of it',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['errors.refresh-trouble-survived'],
    parts: () => {
      let marked = false
      return {
        send: async (url, init) => {
          const response = await reference.send(url, init)
          const [first] = new Uint8Array(
            await response
              .clone()
              .arrayBuffer()
              .catch(() => new ArrayBuffer(0)),
          )
          marked = first === 0xef
          if (marked) throw new Error('no JSON')
          return response
        },
        spoils: () => marked,
      }
    },
  },
  {
    name: 'takes-a-401-for-a-wrong-secret',
    says: 'looks at no error that comes with 401 or 403, and refreshes again at the next call',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['errors.refusal-whatever-status'],
    parts: () => ({
      read: (status, text) => {
        if (status === 401 || status === 403) throw new Unable('the provider does not know this client')
        return reference.read(status, text)
      },
    }),
  },
  {
    name: 'tries-again-every-minute',
    says: 'lets a refused refresh token rest for a minute, and then tries it again',
    providers: ['ziina', 'zettle', 'zoho-payments'],
    killedBy: ['always.gives-up-an-ended-token'],
    also: ['errors/does-not-retry-invalid-grant'],
    parts: () => {
      let ahead = 0
      let again = 0
      const now = (): number => Date.now() + ahead
      return {
        onRefused: (_, tokens) => {
          again = now() + 59_000
          return tokens
        },
        refreshing: (tokens) => {
          if (now() < again) throw new Unable('it was refused a moment ago')
          return reference.refreshing(tokens)
        },
        steps: (made) =>
          hearing(made, (by) => {
            ahead = by
          }),
      }
    },
  },
]
