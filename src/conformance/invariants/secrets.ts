/** Secrets go where they belong, and nowhere else. */

import type { JournalEntry, Settings } from '../../index.js'
import { rfc } from '../runner/case.js'
import type { History, Invariant } from './history.js'
import type { Secret, SecretKind } from './secretValues.js'
import { secretsIn, shownIn } from './secretValues.js'

/** Several invariants ask for the same. */
const kept = new WeakMap<History, readonly Secret[]>()

const secretsOf = (history: History): readonly Secret[] => {
  const known = kept.get(history) ?? secretsIn(history.entries, history.credentials)
  kept.set(history, known)
  return known
}

const isApi = ({ operation }: JournalEntry): boolean => operation === 'resource' || operation === 'userinfo'

/** Requests whose URL this provider itself documents as the place of parameters. */
const readsQuery = ({ operation }: JournalEntry, settings: Settings): boolean =>
  settings.token.reads.query && (operation === 'token' || operation === 'revoke')

/** The URL without what the provider put there: an authorization code is in the redirect, and no further. */
const inUrl = (entry: JournalEntry, secrets: readonly Secret[]): Secret | undefined =>
  // The plain method of PKCE shows the verifier on purpose, which has a check of its own.
  shownIn(
    entry.request.url,
    secrets.filter(({ value }) => value !== entry.request.parameters['code_challenge']),
  )

const urls: Invariant = {
  id: 'always.no-secret-in-a-url',
  title: 'puts no secret into a URL',
  level: 'must',
  consequence: 'secret-exposed',
  reference: rfc(9700, '4.2.4', 'Secrets and tokens do not appear in URLs, which are kept in logs and histories'),
  expected: 'client secret, codes, tokens and verifiers in bodies and in the Authorization header only',
  fix: 'Send secrets and tokens in the body of the token request, and the access token in the Authorization header.',
  find: (history) => {
    const secrets = secretsOf(history)
    return history.entries.flatMap((entry) => {
      if (readsQuery(entry, history.settings)) return []
      const shown = inUrl(entry, secrets)
      return shown
        ? [{ seen: `the ${shown.kind} stands in the URL of a request (${entry.operation ?? 'unknown path'})`, evidence: [entry] }]
        : []
    })
  },
}

const headerText = (entry: JournalEntry, but: readonly string[]): string =>
  entry.request.headers
    .filter(([name]) => !but.includes(name.toLowerCase()))
    .map(([, value]) => value)
    .join('\n')

/** The secret behind Basic is seen only once it is decoded. */
const authorizationText = (entry: JournalEntry): string =>
  entry.request.headers
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .map(([, value]) => `${value}\n${/^basic\s/i.test(value) ? Buffer.from(value.slice(6), 'base64').toString() : ''}`)
    .join('\n')

const but = (secrets: readonly Secret[], ...kinds: readonly SecretKind[]): readonly Secret[] =>
  secrets.filter(({ kind }) => !kinds.includes(kind))

/** What an API call shows beside the access token in its one place. */
const strayIn = (entry: JournalEntry, secrets: readonly Secret[], settings: Settings): readonly [Secret, string] | undefined => {
  const elsewhere = shownIn(headerText(entry, ['authorization', 'referer']), secrets)
  if (elsewhere) return [elsewhere, 'a header']
  const inAuthorization = shownIn(authorizationText(entry), but(secrets, 'access token'))
  if (inAuthorization) return [inAuthorization, 'the Authorization header']
  const allowed = settings.resource.inBody === 'taken' ? but(secrets, 'access token') : secrets
  const inBody = shownIn(`${entry.request.body ?? ''}`, allowed)
  return inBody ? [inBody, 'the body'] : undefined
}

const misdirected: Invariant = {
  id: 'always.secrets-stay-with-the-token-endpoint',
  title: 'shows the API nothing but the access token, in its one place',
  level: 'must',
  consequence: 'secret-exposed',
  reference: rfc(6749, '10.4', 'Refresh tokens and client credentials are shared with the authorization server alone'),
  expected: 'API calls with the access token in the Authorization header, and no other secret',
  fix: 'Send the access token alone to the API; client secret, code and refresh token go to the token endpoint only.',
  find: (history) => {
    const secrets = secretsOf(history)
    return history.entries.filter(isApi).flatMap((entry) => {
      const found = strayIn(entry, secrets, history.settings)
      return found ? [{ seen: `the ${found[0].kind} was sent to the API in ${found[1]}`, evidence: [entry] }] : []
    })
  },
}

const referers: Invariant = {
  id: 'always.no-secret-in-a-referer',
  title: 'hands no secret on in a Referer',
  level: 'must',
  consequence: 'secret-exposed',
  reference: rfc(9700, '4.2', 'The address of the callback, with its code, does not go on to other servers as Referer'),
  expected: 'no code, state or token in Referer',
  fix: 'Answer the callback with a redirect to a clean address, and send Referrer-Policy: no-referrer.',
  find: (history) => {
    const secrets = secretsOf(history)
    return history.entries.flatMap((entry) => {
      const value = entry.request.headers.find(([name]) => name.toLowerCase() === 'referer')?.[1] ?? ''
      const shown = shownIn(value, secrets)
      return shown ? [{ seen: `the ${shown.kind} stands in Referer`, evidence: [entry] }] : []
    })
  },
}

const written: Invariant = {
  id: 'always.no-secret-written-down',
  title: 'writes no secret into messages and logs',
  level: 'must',
  consequence: 'secret-exposed',
  reference: {
    id: 'RFC 9700 §4.2.4',
    text: 'What is logged is read by others: secrets do not belong there',
    url: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.2.4',
  },
  expected: 'no client secret, code, token or verifier on standard error, in a log or in the message of an error',
  fix: 'Log ids, statuses and error codes; leave out or cut what is secret before a request or a response is logged.',
  find: (history) => {
    const secrets = secretsOf(history)
    const messages = history.steps.flatMap(({ as, error }) =>
      error ? [{ where: `the error of the step "${as}"`, text: error.message, as }] : [],
    )
    const said = [...(history.output ?? []).map((one) => ({ ...one, as: undefined })), ...messages]
    return said.flatMap(({ where, text, as }) => {
      const shown = shownIn(text, secrets)
      if (!shown) return []
      const evidence = as === undefined ? [] : (history.steps.find((step) => step.as === as)?.entries ?? []).slice(0, 3)
      return [{ seen: `the ${shown.kind} stands in ${where}`, evidence }]
    })
  },
}

/** Whose token each API call carried, and for whom it was made. */
const customers: Invariant = {
  id: 'always.own-token',
  title: 'uses the token of the customer it works for',
  level: 'must',
  consequence: 'secret-exposed',
  reference: rfc(6749, '10.3', 'An access token stands for one user, and is used for that user alone'),
  expected: 'each call with a token of the customer for whom it is made',
  fix: 'Store a token with the account of the person who is logged in to the application, and look it up by that account.',
  find: ({ steps }) =>
    steps.flatMap(({ step, user, as, entries }) => {
      if (step !== 'call' || user === undefined) return []
      // Steps at the same time share what crossed the wire: whose of them it was, nobody can tell.
      const mine = steps.filter((other) => other.entries.some((entry) => entries.includes(entry))).map((other) => other.user)
      const wrong = entries.find((entry) => isApi(entry) && entry.user !== undefined && !mine.includes(entry.user))
      return wrong ? [{ seen: `the step "${as}" for ${user} used a token of ${wrong.user}`, evidence: [wrong] }] : []
    }),
}

const elsewhere: Invariant = {
  id: 'always.no-secret-to-a-stranger',
  title: 'takes no secret along to where a redirect leads',
  level: 'must',
  consequence: 'secret-exposed',
  reference: rfc(6749, '10.3', 'Tokens and credentials are shared with the authorization server and the resource server alone'),
  expected: 'no secret, code or token in a request to another host or another port',
  fix: 'Follow no redirect of the token endpoint; of the API follow none to another origin, or leave the Authorization header behind.',
  find: (history) => {
    const secrets = secretsOf(history)
    const redirects = history.entries.filter(
      ({ response }) => (response.status ?? 0) >= 300 && (response.status ?? 0) < 400 && response.complete,
    )
    return (history.strays ?? []).flatMap(({ method, url, headers, body }) => {
      const authorization = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? ''
      const basic = /^basic\s/i.test(authorization) ? Buffer.from(authorization.slice(6), 'base64').toString() : ''
      const shown = shownIn([url, ...headers.map(([, value]) => value), body, basic].join('\n'), secrets)
      const evidence = redirects
        .filter(({ request, fault }) => fault !== undefined && (request.method === method || method === 'GET'))
        .slice(-1)
      return shown ? [{ seen: `the ${shown.kind} went along (${method}) to where a redirect led`, evidence }] : []
    })
  },
}

export const secretInvariants: readonly Invariant[] = [urls, elsewhere, misdirected, referers, written, customers]
