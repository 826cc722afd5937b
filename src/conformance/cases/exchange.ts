/** From a code, or a key, to tokens: how the client says who it is, what it sends, and what it makes of the answer. */

import type { JournalEntry } from '../../index.js'
import type { Case, Check, Finding, Played } from '../case.js'
import { inapplicable, met, quirkOf, rfc, unmet } from '../case.js'
import type { Profile } from '../profiles.js'
import { allProviders, authorizing } from '../profiles.js'
import type { Stage } from '../stage.js'
import {
  after,
  assertions,
  authorizations,
  calls,
  check,
  clientRefused,
  codeOf,
  exchanges,
  fate,
  fine,
  grantOf,
  header,
  inWords,
  notSoFar,
  parametersOf,
  replyOf,
  stepOf,
  succeeded,
  tokenRequests,
} from './reading.js'

const connectAndCall = async (stage: Stage): Promise<void> => {
  if ((await stage.connect()) && stage.can('call')) await stage.ask('call')
}

/** A call with the new token worked. */
export const usable = (played: Played, as = 'call'): Finding => {
  const call = stepOf(played, as)
  const connected = played.steps.some(({ step, state }) => (step === 'callback' || step === 'assertion') && state === 'ok')
  if (!call) return connected ? inapplicable('the client says that it has no call') : notSoFar(played, 'no API call was made')
  if (call.state === 'unsupported') return inapplicable('the client says that it has no call')
  const made = calls(call.entries)
  if (made.length === 0)
    return call.state === 'ok' ? unmet('it said that it called, and no call came') : unmet(`no call came: ${inWords(call)}`)
  return succeeded(call) && made.some(fine) ? met(...made) : unmet(made.map(fate).join(', '), ...made)
}

const plain: Case = {
  topic: 'exchange',
  name: 'redeems-the-code',
  title: 'The plain case: a code becomes a token, and the token works',
  providers: allProviders,
  needs: ['callback'],
  checks: (profile) => [
    check('exchange.redeems', 'must', rfc(6749, '4.1.3', 'The code of the redirect is exchanged at the token endpoint'), {
      title: 'redeems the code',
      expected: 'a token request that the provider answers with tokens',
      fix: 'See the reason of the refusal in the journal entry that is named as evidence.',
    }),
    check(
      'exchange.usable',
      'must',
      { id: `${profile.provider} API`, text: 'The token is used for API calls', url: profile.docs },
      {
        title: 'calls the API with the token',
        expected: 'an API call that is answered with status 200',
        fix: `Take access_token out of the response and send it as ${profile.scheme ? `Authorization: ${profile.scheme} <token>` : 'the bare value of Authorization'}.`,
      },
    ),
  ],
  play: connectAndCall,
  judge: (played) => {
    const sent = exchanges(played.entries)
    const redeems = (): Finding => {
      if (sent.length === 0) return notSoFar(played, 'no code was sent to the token endpoint')
      if (!sent.some(fine)) return unmet(sent.map(fate).join(', '), ...sent)
      const callback = stepOf(played, 'connect')
      return callback && callback.state !== 'ok'
        ? unmet(`tokens were issued, but ${inWords(callback)}`, ...sent)
        : met(...sent.filter(fine))
    }
    const redeemed = redeems()
    return {
      'exchange.redeems': redeemed,
      'exchange.usable': redeemed.is === 'met' ? usable(played) : notSoFar(played, 'no token was received'),
    }
  },
}

/** Whether a token request said who the client is in the way that the provider documents. */
const inItsPlace = ({ authenticates }: Profile, entry: JournalEntry): boolean => {
  if (authenticates !== 'body') return entry.authentication === 'basic'
  if (entry.authentication !== 'none') return entry.authentication === 'body'
  // A native app has no secret: its verifier stands for one, and afterwards the refresh token that came of it.
  return parametersOf(entry)['code_verifier'] !== undefined || (grantOf(entry) === 'refresh_token' && fine(entry))
}

export const judgeAuthentication = (played: Played, topic: string, requests: readonly JournalEntry[], what: string) => {
  const wrong = requests.find((entry) => clientRefused(entry) || (refusedOrFine(entry) && !inItsPlace(played.profile, entry)))
  const right = requests.find((entry) => fine(entry) && inItsPlace(played.profile, entry))
  const none = notSoFar(played, what)
  const seen = (entry: JournalEntry): string => `${entry.authentication ?? 'no'} authentication, ${fate(entry)}`
  return {
    [`${topic}.client-authentication`]: right ? met(right) : wrong ? unmet(seen(wrong), wrong) : none,
    [`${topic}.no-guessing`]: wrong ? unmet(seen(wrong), wrong) : right ? met(right) : none,
  }
}

const refusedOrFine = (entry: JournalEntry): boolean => fine(entry) || entry.outcome === 'refused'

const authenticationReference = ({ authentication, docs, provider }: Profile) =>
  authentication.quirk === undefined
    ? { id: 'RFC 6749 §2.3.1', text: `The client authenticates by ${authentication.says}`, url: docs }
    : { id: `${provider}/${authentication.quirk}`, text: `The client authenticates by ${authentication.says}`, url: docs }

export const authenticationChecks = (topic: string, profile: Profile): readonly Check[] => [
  check(`${topic}.client-authentication`, 'provider', authenticationReference(profile), {
    title: 'authenticates as the provider documents',
    expected: profile.authentication.says,
    fix: `Configure the library for ${profile.authentication.says}.`,
  }),
  check(`${topic}.no-guessing`, 'advice', authenticationReference(profile), {
    title: 'knows where its credentials belong',
    expected: 'no token request that is refused because of the credentials',
    fix: 'Set the authentication method instead of letting the library try one after the other.',
  }),
]

/** The names of the authentication cases, for the exchange and the refresh. */
export const authenticationNames = {
  zettle: 'authenticates-in-the-body',
  vcita: 'authenticates-in-the-body',
  ziina: 'authenticates-with-issued-username',
  'zoho-payments': 'authenticates-with-parameters',
  zentail: 'authenticates-with-basic',
} as const

const authentication = (name: string): Case => ({
  topic: 'exchange',
  name,
  title: 'The client says who it is in the way the provider documents',
  providers: allProviders.filter((id) => authenticationNames[id] === name),
  needs: ['callback'],
  passive: true,
  checks: (profile) => authenticationChecks('exchange', profile),
  play: async (stage) => void (await stage.connect()),
  judge: (played) => judgeAuthentication(played, 'exchange', exchanges(played.entries), 'no code was sent to the token endpoint'),
})

const sameRedirectUri: Case = {
  topic: 'exchange',
  name: 'sends-same-redirect-uri',
  title: 'redirect_uri is the same in both requests',
  providers: authorizing,
  needs: ['authorize', 'callback'],
  passive: true,
  checks: () => [
    check('exchange.redirect-uri', 'must', rfc(6749, '4.1.3', 'redirect_uri is identical to the one of the authorization request'), {
      title: 'repeats redirect_uri',
      expected: 'the redirect_uri of the authorization URL, to the character',
      fix: 'Keep one redirect URI in the configuration, and send it in both requests.',
    }),
  ],
  play: async (stage) => void (await stage.connect()),
  judge: (played) => {
    const asked = authorizations(played.entries).find((entry) => parametersOf(entry)['redirect_uri'] !== undefined)
    const sent = exchanges(played.entries)[0]
    if (!asked || !sent) return { 'exchange.redirect-uri': notSoFar(played, 'both requests did not come') }
    const [one, two] = [parametersOf(asked)['redirect_uri'], parametersOf(sent)['redirect_uri']]
    return { 'exchange.redirect-uri': one === two ? met(asked, sent) : unmet(`${one} first, then ${two ?? 'none'}`, asked, sent) }
  },
}

const registeredRedirectUri: Case = {
  topic: 'exchange',
  name: 'sends-registered-redirect-uri',
  title: 'redirect_uri is the registered one, not the address that the browser showed',
  providers: ['zentail'],
  needs: ['callback'],
  passive: true,
  checks: (profile) => [
    check(
      'exchange.registered-redirect-uri',
      'must',
      quirkOf(
        profile,
        'slash-before-the-query',
        'The browser arrives at the registered URL with a slash behind it; the exchange names the registered one',
      ),
      {
        title: 'sends the registered redirect_uri',
        expected: 'redirect_uri as it is registered, without the slash of the callback',
        fix: 'Send the configured redirect URI, not the one of the request that arrived.',
      },
    ),
  ],
  play: async (stage) => void (await stage.connect()),
  judge: (played) => {
    const [sent] = exchanges(played.entries)
    if (!sent) return { 'exchange.registered-redirect-uri': notSoFar(played, 'no code was sent to the token endpoint') }
    const uri = parametersOf(sent)['redirect_uri']
    const good = fine(sent) && uri !== undefined && (played.redirectUri === undefined || uri === played.redirectUri)
    if (!good && !fine(sent) && sent.reason !== 'redirect_uri_differs' && uri !== undefined)
      return { 'exchange.registered-redirect-uri': notSoFar(played, `the exchange was ${fate(sent)}`) }
    return { 'exchange.registered-redirect-uri': good ? met(sent) : unmet(`redirect_uri ${uri ?? 'missing'}: ${fate(sent)}`, sent) }
  },
}

const inTime: Case = {
  topic: 'exchange',
  name: 'redeems-in-time',
  title: 'The code is redeemed at once, before its short life is over',
  providers: ['vcita', 'zoho-payments'],
  needs: ['callback'],
  checks: (profile) => [
    check(
      'exchange.in-time',
      'must',
      quirkOf(
        profile,
        profile.provider === 'vcita' ? 'code-lives-30-seconds' : 'code-lives-three-minutes',
        `A code lives ${profile.codeLives} seconds`,
      ),
      {
        title: 'redeems the code while it lives',
        expected: 'the code at the token endpoint before the callback is answered',
        fix: 'Redeem the code in the callback itself; do not leave it to a job, a mail or the next call.',
      },
    ),
  ],
  play: async (stage) => {
    await stage.connect()
    stage.advance(stage.profile.codeLives + 1)
    if (stage.can('call')) await stage.ask('call')
  },
  judge: (played) => {
    const callback = stepOf(played, 'connect')
    const sent = exchanges(played.entries)
    const late = sent.find(({ reason }) => reason === 'code_expired')
    const early = exchanges(callback?.entries ?? []).find(fine)
    if (late) return { 'exchange.in-time': unmet('the code came after its life', late) }
    return { 'exchange.in-time': early ? met(early) : notSoFar(played, 'no code was redeemed') }
  },
}

/** Codes that came to the token endpoint more than once. */
const repeatedCodes = (entries: readonly JournalEntry[]): readonly JournalEntry[] => {
  const sent = exchanges(entries)
  return sent.filter((entry, at) => sent.findIndex((other) => codeOf(other) === codeOf(entry)) < at && !clientRefused(entry))
}

const codeOnce: Case = {
  topic: 'exchange',
  name: 'sends-no-code-twice',
  title: 'A callback that comes twice does not send its code twice',
  providers: allProviders,
  needs: ['callback'],
  // Where the app sent the browser itself, a second callback answers nothing that it asked.
  checks: (profile) => [
    check(
      'exchange.code-once',
      profile.starts === 'authorize' ? 'must' : 'should',
      rfc(6749, '4.1.2', 'A client uses a code no more than once'),
      {
        title: 'sends a code once',
        expected: 'one token request with this code, although the browser delivered the callback twice',
        fix: 'Forget what was kept for the request (state, verifier) when the first callback takes it, and refuse a callback that nothing waits for.',
      },
      { forbids: true },
    ),
  ],
  play: async (stage) => {
    const url = await stage.begin()
    if (url === undefined) return
    await stage.ask('callback', 'first', { url })
    await stage.ask('callback', 'again', { url })
  },
  judge: (played) => {
    const [first] = exchanges(played.entries)
    const again = stepOf(played, 'again')
    if (!first || !again || (again.state !== 'ok' && again.state !== 'failed'))
      return { 'exchange.code-once': notSoFar(played, 'the callback was not taken twice') }
    const twice = repeatedCodes(played.entries)
    return { 'exchange.code-once': twice.length > 0 ? unmet('the code was sent again', first, ...twice) : met(first) }
  },
}

const lostReply: Case = {
  topic: 'exchange',
  name: 'does-not-resend-code-after-lost-reply',
  title: 'When the answer to the exchange is lost, the code is not sent again',
  providers: allProviders,
  needs: ['callback'],
  checks: () => [
    check(
      'exchange.code-once-after-loss',
      'must',
      rfc(6749, '4.1.2', 'A client uses a code no more than once; one that is used again may end every token made from it'),
      {
        title: 'does not send the code again after a lost answer',
        expected: 'one token request with this code, and an error',
        fix: 'Take token requests with a code out of automatic retries.',
      },
      { forbids: true },
    ),
    check('exchange.loss-recovers', 'should', rfc(6749, '4.1', 'A new authorization gives a new code'), {
      title: 'connects when it is asked to begin again',
      expected: 'the next authorization ends with tokens',
      fix: 'After an exchange that failed, forget what was kept for it and let the user connect again.',
    }),
  ],
  play: async (stage) => {
    stage.fault({ operation: 'token', kind: 'lose' })
    await stage.connect({ as: 'lost' })
    await stage.connect({ as: 'again' })
  },
  judge: (played) => {
    const lost = exchanges(played.entries).find(({ fault }) => fault?.kind === 'lose')
    const step = stepOf(played, 'lost')
    if (!lost || !step) {
      const finding = notSoFar(played, 'no exchange lost its answer')
      return { 'exchange.code-once-after-loss': finding, 'exchange.loss-recovers': finding }
    }
    const again = exchanges(after(played.entries, lost)).filter((entry) => codeOf(entry) === codeOf(lost))
    const once =
      again.length > 0 ? unmet('the code was sent again', lost, ...again) : step.state === 'failed' ? met(lost) : unmet(inWords(step), lost)
    const next = stepOf(played, 'again')
    const redeemed = exchanges(next?.entries ?? []).filter(fine)
    return {
      'exchange.code-once-after-loss': once,
      'exchange.loss-recovers':
        succeeded(next) && redeemed.length > 0 ? met(...redeemed) : unmet(next ? inWords(next) : 'no second callback was reached', lost),
    }
  },
}

const secretNames = ['client_secret', 'password', 'assertion', 'access_token', 'refresh_token', 'code_verifier']

/** Requests that a browser makes, or whose URLs end up in logs: not the token endpoint's own. */
const seenByOthers = ({ operation }: JournalEntry): boolean =>
  operation === 'authorize' || operation === 'resource' || operation === 'userinfo'

const frontChannel: Case = {
  topic: 'exchange',
  name: 'keeps-secrets-out-of-the-front-channel',
  title: 'No secret stands in a URL that a browser or an API log sees',
  providers: allProviders,
  needs: ['callback'],
  passive: true,
  checks: () => [
    check('exchange.no-secret-in-urls', 'must', rfc(9700, '4.2.4', 'Secrets and tokens do not appear in URLs'), {
      title: 'keeps secrets out of URLs',
      expected: `no ${secretNames.join(', ')} in the URL of an authorization request or an API call`,
      fix: 'Send secrets and tokens in headers or bodies of requests from server to server only.',
    }),
  ],
  play: connectAndCall,
  judge: (played) => {
    const looked = played.entries.filter(seenByOthers)
    if (looked.length === 0)
      return { 'exchange.no-secret-in-urls': notSoFar(played, 'no authorization URL was opened and no API call came') }
    const secrets = tokenRequests(played.entries).flatMap((entry) => secretNames.map((name) => parametersOf(entry)[name]))
    const leaking = looked.find(({ request }) => {
      const query = new URL(request.url, 'http://x').searchParams
      return secretNames.some((name) => query.has(name)) || [...query.values()].some((value) => value.length > 3 && secrets.includes(value))
    })
    return { 'exchange.no-secret-in-urls': leaking ? unmet('a secret in the URL', leaking) : met(...looked) }
  },
}

interface Coping {
  readonly name: string
  readonly title: string
  readonly providers: Case['providers']
  readonly id: string
  readonly quirk: { readonly [provider: string]: string }
  readonly says: string
  readonly fix: string
  readonly shows: (reply: { readonly [member: string]: unknown }) => boolean
}

/** A peculiarity of the token response that must not keep a client from using it. */
const copes = ({ name, title, providers, id, quirk, says, fix, shows }: Coping): Case => ({
  topic: 'exchange',
  name,
  title,
  providers,
  needs: ['callback', 'call'],
  checks: (profile) => [
    check(id, 'provider', quirkOf(profile, quirk[profile.provider] ?? '', says), {
      title,
      expected: 'the callback succeeds, and two API calls with this token too, without another token request',
      fix,
    }),
  ],
  play: async (stage) => {
    if (!(await stage.connect())) return
    await stage.ask('call', 'first call')
    await stage.ask('call', 'second call')
  },
  judge: (played) => {
    const redeemed = exchanges(played.entries).find((entry) => fine(entry) && shows(replyOf(entry)))
    if (!redeemed) return { [id]: notSoFar(played, 'no such token response was received') }
    const callback = stepOf(played, 'connect')
    if (callback?.state !== 'ok') return { [id]: unmet(callback ? inWords(callback) : 'no callback', redeemed) }
    const more = tokenRequests(after(played.entries, redeemed))
    if (more.length > 0) return { [id]: unmet('another token request', redeemed, ...more) }
    const failing = [usable(played, 'first call'), usable(played, 'second call')].find((finding) => finding.is !== 'met')
    return { [id]: failing ?? met(redeemed, ...calls(played.entries)) }
  },
})

const peculiarities: readonly Case[] = [
  copes({
    name: 'copes-without-token-type',
    title: 'A token response without token_type is taken',
    providers: ['zettle'],
    id: 'exchange.without-token-type',
    quirk: { zettle: 'no-token-type' },
    says: 'The token response has no token_type',
    fix: 'Do not require token_type, or add it to the response before the library sees it.',
    shows: (reply) => reply['token_type'] === undefined && reply['access_token'] !== undefined,
  }),
  copes({
    name: 'copes-without-expires-in',
    title: 'A token response without expires_in is taken for one that lasts',
    providers: ['zentail'],
    id: 'exchange.without-expires-in',
    quirk: { zentail: 'tokens-do-not-expire' },
    says: 'The token response has no expires_in: the token is long-lived',
    fix: 'Do not compute with expires_in when it is not there; use the token until it is refused.',
    shows: (reply) => reply['expires_in'] === undefined && reply['access_token'] !== undefined,
  }),
  copes({
    name: 'copes-with-lower-case-token-type',
    title: 'token_type bearer in lower case is understood',
    providers: ['zentail', 'vcita'],
    id: 'exchange.lower-case-token-type',
    quirk: { zentail: 'token-type-in-lower-case', vcita: 'token-type-in-lower-case' },
    says: 'token_type is bearer in lower case (RFC 6749 §5.1: it is compared without regard to case)',
    fix: 'Compare token_type without regard to case.',
    shows: (reply) => reply['token_type'] === 'bearer',
  }),
  copes({
    name: 'copes-with-twenty-years',
    title: 'A token that lives twenty years is used for longer than a moment',
    providers: ['vcita'],
    id: 'exchange.twenty-years',
    quirk: { vcita: 'tokens-live-twenty-years' },
    says: 'expires_in is 631152000 seconds: more milliseconds than a timer holds, and past 2038',
    fix: 'Compare times instead of setting a timer for the end of the token; keep them in 64 bits.',
    shows: (reply) => Number(reply['expires_in']) > 600_000_000,
  }),
  copes({
    name: 'copes-with-extra-members',
    title: 'Members of the token response that nobody asked for are ignored',
    providers: ['zoho-payments', 'vcita'],
    id: 'exchange.extra-members',
    quirk: { 'zoho-payments': 'zoho-oauthtoken-scheme', vcita: 'tells-created-at' },
    says: 'The token response has members of its own, such as api_domain or created_at (RFC 6749 §5.1: a client ignores what it does not know)',
    fix: 'Read the members that are needed and ignore the others.',
    shows: (reply) => reply['api_domain'] !== undefined || reply['created_at'] !== undefined,
  }),
]

const assertionReference = rfc(7523, '2.1', 'A JWT is presented as an authorization grant')

const sendsAssertion: Case = {
  topic: 'exchange',
  name: 'sends-assertion',
  title: "A merchant's API key is presented as an assertion",
  providers: ['zettle'],
  needs: ['assertion'],
  checks: () => [
    check('exchange.assertion-grant', 'must', assertionReference, {
      title: 'presents the key with the grant type of RFC 7523',
      expected: 'grant_type, client_id and assertion, answered with an access token',
      fix: 'Send grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer, the client_id and the key as assertion.',
    }),
    check(
      'exchange.assertion-suffices',
      'provider',
      { id: 'RFC 6749 §4.4.3', text: 'No refresh token comes with such a grant, and none is needed' },
      {
        title: 'works with an access token alone',
        expected: 'the step succeeds and an API call too',
        fix: 'Do not require refresh_token in the response to an assertion.',
      },
    ),
  ],
  play: async (stage) => {
    await stage.ask('assertion')
    if (stage.can('call')) await stage.ask('call')
  },
  judge: (played) => {
    const sent = assertions(played.entries)
    const step = stepOf(played, 'assertion')
    const tried = tokenRequests(played.entries)
    const granted = sent.find(fine)
    if (!granted) {
      const finding = tried.length > 0 ? unmet(tried.map(fate).join(', '), ...tried) : notSoFar(played, 'no assertion was sent')
      return { 'exchange.assertion-grant': finding, 'exchange.assertion-suffices': notSoFar(played, 'no token was received') }
    }
    const done = step?.state === 'ok' ? usable(played) : unmet(step ? inWords(step) : 'no answer', granted)
    return { 'exchange.assertion-grant': met(granted), 'exchange.assertion-suffices': done.is === 'inapplicable' ? met(granted) : done }
  },
}

const json: Case = {
  topic: 'exchange',
  name: 'sends-json',
  title: 'The token request is JSON, as documented',
  providers: ['vcita'],
  needs: ['callback'],
  passive: true,
  checks: (profile) => [
    check('exchange.json-body', 'advice', quirkOf(profile, 'takes-json', 'Token requests are JSON; forms happen to work'), {
      title: 'sends JSON',
      expected: 'content-type application/json',
      fix: 'Send the token request as JSON: that is what the provider documents, and all it promises.',
    }),
  ],
  play: async (stage) => void (await stage.connect()),
  judge: (played) => {
    const [sent] = exchanges(played.entries)
    if (!sent) return { 'exchange.json-body': notSoFar(played, 'no code was sent to the token endpoint') }
    const type = header(sent, 'content-type') ?? 'none'
    return { 'exchange.json-body': type.startsWith('application/json') ? met(sent) : unmet(`content-type ${type}`, sent) }
  },
}

const pkceReference = (section: string, text: string) => rfc(7636, section, text)

const pkce: Case = {
  topic: 'exchange',
  name: 'proves-its-challenge',
  title: 'A client that sends a code_challenge does it well',
  providers: authorizing,
  needs: ['authorize', 'callback'],
  checks: () => [
    check('exchange.pkce-method', 'must', pkceReference('4.2', 'A client that can do S256 uses S256'), {
      title: 'uses S256',
      expected: 'code_challenge_method=S256',
      fix: 'Send code_challenge_method=S256 and the hash of the verifier.',
    }),
    check('exchange.pkce-verifier', 'must', pkceReference('4.5', 'The verifier of the challenge is sent with the code'), {
      title: 'sends the verifier',
      expected: 'code_verifier in the token request, and an answer with tokens',
      fix: 'Keep the verifier beside the state, and send it with the code.',
    }),
    check('exchange.pkce-fresh', 'must', pkceReference('4.1', 'A verifier is made for each authorization request'), {
      title: 'makes a new challenge each time',
      expected: 'another code_challenge in the second authorization URL',
      fix: 'Make a new random verifier for each authorization request.',
    }),
  ],
  play: async (stage) => {
    await stage.connect({ as: 'first' })
    await stage.connect({ as: 'second' })
  },
  judge: (played) => {
    const asked = authorizations(played.entries)
    const challenged = asked.filter((entry) => parametersOf(entry)['code_challenge'] !== undefined)
    const [first, second] = challenged
    const all = (finding: Finding) => ({
      'exchange.pkce-method': finding,
      'exchange.pkce-verifier': finding,
      'exchange.pkce-fresh': finding,
    })
    if (!first)
      return all(asked.length > 0 ? inapplicable('it sends no code_challenge') : notSoFar(played, 'no authorization URL was opened'))
    const method = parametersOf(first)['code_challenge_method']
    const [sent] = exchanges(played.entries)
    const verified = (): Finding => {
      if (!sent) return notSoFar(played, 'no code was sent to the token endpoint')
      if (parametersOf(sent)['code_verifier'] === undefined) return unmet('no code_verifier', first, sent)
      return sent.reason?.startsWith('verifier') ? unmet(fate(sent), first, sent) : met(first, sent)
    }
    const fresh = (): Finding => {
      if (!second) return notSoFar(played, 'no second authorization URL was opened')
      const same = parametersOf(first)['code_challenge'] === parametersOf(second)['code_challenge']
      return same ? unmet('the same code_challenge twice', first, second) : met(first, second)
    }
    return {
      'exchange.pkce-method': method === 'S256' ? met(first) : unmet(`code_challenge_method ${method ?? 'missing'}`, first),
      'exchange.pkce-verifier': verified(),
      'exchange.pkce-fresh': fresh(),
    }
  },
}

export const exchangeCases: readonly Case[] = [
  plain,
  ...[...new Set(Object.values(authenticationNames))].map(authentication),
  sameRedirectUri,
  registeredRedirectUri,
  inTime,
  codeOnce,
  lostReply,
  frontChannel,
  ...peculiarities,
  sendsAssertion,
  json,
  pkce,
]
