/** ID tokens: what a client that looks at them must see, and a change of keys that it must outlive. */

import type { ForeignKeys, TokenClaims } from '../../../http/foreignKeys.js'
import type { Case, Check, Finding, Findings, Played } from '../../runner/case.js'
import { inapplicable, met, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import { authorizations, calls, check, exchanges, fine, inWords, notSoFar, parametersOf, stepOf } from '../reading.js'
import type { When } from '../when.js'

const core = (section: string, text: string) => ({
  id: `OpenID Connect Core 1.0 §${section}`,
  text,
  url: `https://openid.net/specs/openid-connect-core-1_0.html#rfc.section.${section}`,
})

const givesIdTokens: When = ({ starts, settings }) =>
  starts === 'authorize' &&
  settings.idToken !== null &&
  settings.token.reply['id_token'] !== undefined &&
  Object.values(settings.endpoints).some(({ operation }) => operation === 'jwks')

/** What a client shows that means to look at this. */
type ShownBy = 'keys' | 'keys-or-nonce' | 'nonce'

/**
 * A client that fetches no keys checks no signature, and need not: OpenID Connect Core 1.0 §3.1.3.7 lets TLS stand for it where the
 * token comes straight from the token endpoint. One that sends no nonce has none to compare.
 */
const looks = ({ entries }: Played, shownBy: ShownBy): boolean => {
  const keys = entries.some(({ operation }) => operation === 'jwks')
  const nonce = authorizations(entries).some((entry) => parametersOf(entry)['nonce'] !== undefined)
  return (keys && shownBy !== 'nonce') || (nonce && shownBy !== 'keys')
}

const unseen: { readonly [S in ShownBy]: string } = {
  keys: 'it fetches no keys: it takes the ID token straight from the token endpoint, where TLS may stand for the signature',
  'keys-or-nonce': 'it looks at no ID token: it fetches no keys and sends no nonce',
  nonce: 'it sends no nonce',
}

const hour = 3600

type Make = (keys: ForeignKeys, claims: TokenClaims, now: number) => Promise<string> | string

interface Wrong {
  readonly id: string
  readonly as: string
  readonly section: string
  readonly says: string
  readonly fix: string
  readonly shownBy: ShownBy
  readonly make: Make
  /** The same mistake in another form, which another library falls for. */
  readonly again?: { readonly as: string; readonly make: Make }
}

const wrongs: readonly Wrong[] = [
  {
    id: 'exchange.id-token-signature',
    as: 'a signature of somebody else',
    section: '3.1.3.7',
    says: 'The signature is validated with the keys of the issuer',
    fix: 'Verify the signature with the keys at jwks_uri before a claim is read.',
    shownBy: 'keys',
    make: (keys, claims) => keys.sign(claims, 'stranger'),
  },
  {
    id: 'exchange.id-token-key',
    as: 'a key that the provider does not have',
    section: '10.1',
    says: 'The key is one that the issuer publishes',
    fix: 'Refuse a token whose kid is not among the keys, also after they were fetched again.',
    shownBy: 'keys',
    make: (keys, claims) => keys.sign(claims, 'unknown-key'),
  },
  {
    id: 'exchange.id-token-unsigned',
    as: 'alg none',
    section: '3.1.3.7',
    says: 'The algorithm is one that the client expects, RS256 unless told',
    fix: 'Allow the algorithms that the provider uses, by name; never none.',
    shownBy: 'keys',
    make: (keys, claims) => keys.unsigned(claims),
  },
  {
    id: 'exchange.id-token-confused',
    as: 'HS256 with the public key',
    section: '3.1.3.7',
    says: 'The algorithm is one that the client expects, RS256 unless told',
    fix: 'Allow the algorithms that the provider uses, by name: with HS256 a public key would be the secret.',
    shownBy: 'keys',
    make: (keys, claims) => keys.shared(claims),
    again: { as: 'HS256 with the public key and a line break', make: (keys, claims) => keys.shared(claims, '\n') },
  },
  {
    id: 'exchange.id-token-issuer',
    as: 'another issuer',
    section: '3.1.3.7',
    says: 'iss is the issuer, to the character',
    fix: 'Compare iss with the configured issuer.',
    shownBy: 'keys-or-nonce',
    make: (keys, claims) => keys.sign({ ...claims, iss: 'https://issuer.invalid' }),
  },
  {
    id: 'exchange.id-token-audience',
    as: 'another audience',
    section: '3.1.3.7',
    says: 'aud has the client_id of this client',
    fix: 'Refuse a token whose aud does not have the own client_id.',
    shownBy: 'keys-or-nonce',
    make: (keys, claims) => keys.sign({ ...claims, aud: 'somebody-else' }),
  },
  {
    id: 'exchange.id-token-nonce',
    as: 'another nonce',
    section: '3.1.3.7',
    says: 'nonce is the one of the authorization request',
    fix: 'Keep nonce beside state, and compare it with the one in the token.',
    shownBy: 'nonce',
    make: (keys, claims) => keys.sign({ ...claims, nonce: 'injected-by-somebody-else' }),
  },
  {
    id: 'exchange.id-token-expired',
    as: 'an end in the past',
    section: '3.1.3.7',
    says: 'The current time is before exp',
    fix: 'Refuse a token whose exp has passed, but for a minute in which clocks may differ.',
    shownBy: 'keys-or-nonce',
    make: (keys, claims, now) => keys.sign({ ...claims, iat: now - 2 * hour, exp: now - hour }),
  },
  {
    id: 'exchange.id-token-early',
    as: 'a beginning in the future',
    section: '2',
    says: 'A token is not used before its nbf (RFC 7519 §4.1.5)',
    fix: 'Refuse a token whose nbf has not come, but for a minute in which clocks may differ.',
    shownBy: 'keys',
    make: (keys, claims, now) => keys.sign({ ...claims, nbf: now + hour, exp: now + 2 * hour }),
  },
]

const wrongCheck = ({ id, as, section, says, fix }: Wrong): Check =>
  check(
    id,
    'must',
    core(section, says),
    { title: `refuses an ID token with ${as}`, expected: 'an error, and no API call with the tokens that came with it', fix },
    { forbids: true },
  )

/** Connects with an ID token that the case makes. */
const connectWith = async (context: CaseContext, keys: ForeignKeys, as: string, make: Make): Promise<void> => {
  const url = await context.begin({ as })
  if (url === undefined) return
  const { double, address, provider } = context.sandbox
  const asked = authorizations(context.entries()).at(-1)
  const nonce = asked && parametersOf(asked)['nonce']
  const [user] = await double.users.list(provider)
  const now = Math.floor(double.clock.now())
  const claims: TokenClaims = {
    iss: context.profile.issuer,
    sub: user?.id ?? 'user',
    aud: address.clientId,
    iat: now,
    exp: now + hour,
    ...(nonce === undefined ? {} : { nonce }),
  }
  const token = await make(keys, claims, now)
  context.fault({ operation: 'token', kind: 'say', set: { id_token: token }, when: { grantType: 'authorization_code' } })
  await context.ask('callback', as, { url })
  if (context.can('call')) await context.ask('call', `call: ${as}`)
}

const judgeForm = (played: Played, as: string): Finding => {
  const callback = stepOf(played, as)
  const told = exchanges(callback?.entries ?? []).find(({ fault, outcome }) => fault?.kind === 'say' && outcome === 'answered')
  if (!callback || !told) return notSoFar(played, `no ID token with ${as} was received`)
  const brought = (told.issued ?? []).filter(({ kind }) => kind === 'access_token').map(({ id: token }) => token)
  const used = calls(stepOf(played, `call: ${as}`)?.entries ?? []).find(({ presented }) => brought.includes(presented?.id ?? ''))
  if (used) return unmet(`it went on with the tokens that came with ${as}`, told, used)
  if (callback.state === 'ok' && stepOf(played, `call: ${as}`) === undefined) return unmet('the client said that it holds tokens', told)
  return met(told)
}

const judgeWrong = (played: Played, { as, again }: Wrong): Finding => {
  const first = judgeForm(played, as)
  return again === undefined || first.is !== 'met' ? first : judgeForm(played, again.as)
}

const verifies: Case = {
  topic: 'exchange',
  name: 'verifies-the-id-token',
  title: 'An ID token that is wrong in one thing is refused',
  applies: givesIdTokens,
  needs: ['authorize', 'callback'],
  afterwards: false,
  checks: () => wrongs.map(wrongCheck),
  play: async (context) => {
    const keys = await (await import('../../../http/foreignKeys.js')).makeForeignKeys()
    context.fault({ operation: 'jwks', kind: 'status', status: 200, body: keys.published, times: 'always' })
    await connectWith(context, keys, 'nothing wrong', (each, claims) => each.sign(claims))
    for (const { as, make } of wrongs.flatMap((wrong) => (wrong.again ? [wrong, wrong.again] : [wrong]))) {
      if (context.over()) return
      await connectWith(context, keys, as, make)
    }
  },
  judge: (played): Findings => {
    const all = (finding: Finding): Findings => Object.fromEntries(wrongs.map(({ id }) => [id, finding]))
    const sound = stepOf(played, 'nothing wrong')
    if (!sound || exchanges(sound.entries).length === 0) return all(notSoFar(played, 'no ID token was received'))
    if (sound.state !== 'ok') return all(inapplicable(`it does not take the keys that the provider publishes: ${inWords(sound)}`))
    return Object.fromEntries(
      wrongs.map((wrong) => [wrong.id, looks(played, wrong.shownBy) ? judgeWrong(played, wrong) : inapplicable(unseen[wrong.shownBy])]),
    )
  },
}

const rotation: Case = {
  topic: 'exchange',
  name: 'outlives-new-keys',
  title: 'A provider that signs with a new key goes on being believed',
  applies: givesIdTokens,
  needs: ['authorize', 'callback'],
  checks: () => [
    check(
      'exchange.new-keys',
      'must',
      core('10.1.1', 'When a kid is not known, the keys are fetched again'),
      {
        title: 'fetches the keys again when it does not know one',
        expected: 'a connection after the provider has changed its keys',
        fix: 'Keep the keys, but fetch them again (once) when a token names a kid that is not among them.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    await context.sandbox.double.keys.rotate(context.sandbox.provider, 'gone')
    context.note('arrange', 'the provider signs with a new key, and has forgotten the old one')
    await context.connect({ as: 'with new keys' })
  },
  judge: (played): Findings => {
    const step = stepOf(played, 'with new keys')
    const redeemed = exchanges(step?.entries ?? []).find(fine)
    if (!step || !redeemed) return { 'exchange.new-keys': notSoFar(played, 'no code was redeemed after the change') }
    return { 'exchange.new-keys': step.state === 'ok' ? met(redeemed) : unmet(inWords(step), redeemed) }
  },
}

export const idTokenCases: readonly Case[] = [verifies, rotation]
