/** ID tokens: what a client that looks at them must see, and a change of keys that it must outlive. */

import type { ForeignKeys, TokenClaims } from '../../../http/foreignKeys.js'
import type { Case, Check, Finding, Findings, Played } from '../../runner/case.js'
import { inapplicable, met, unmet } from '../../runner/case.js'
import type { CaseContext } from '../../runner/caseContext.js'
import type { Flaw, MakeFlawed, ShownBy } from '../idTokenFlaws.js'
import { wrongs as flawTable, givesIdTokens, shows } from '../idTokenFlaws.js'
import { authorizations, calls, check, exchanges, fine, inWords, notSoFar, parametersOf, stepOf } from '../reading.js'

const core = (section: string, text: string) => ({
  id: `OpenID Connect Core 1.0 §${section}`,
  text,
  url: `https://openid.net/specs/openid-connect-core-1_0.html#rfc.section.${section}`,
})

const unseen: { readonly [S in ShownBy]: string } = {
  keys: 'it fetches no keys: it takes the ID token straight from the token endpoint, where TLS may stand for the signature',
  'keys-or-nonce': 'it looks at no ID token: it fetches no keys and sends no nonce',
  nonce: 'it sends no nonce',
}

const hour = 3600

interface Wrong {
  readonly id: string
  /** The same mistake in several forms, where one library falls for one and another for another. */
  readonly flaws: readonly [Flaw, ...Flaw[]]
  readonly section: string
  readonly says: string
  readonly fix: string
}

const formsOf = ({ flaws }: Wrong) => flaws.map((flaw) => flawTable[flaw])

const wrongs: readonly Wrong[] = [
  {
    id: 'exchange.id-token-signature',
    flaws: ['signature'],
    section: '3.1.3.7',
    says: 'The signature is validated with the keys of the issuer',
    fix: 'Verify the signature with the keys at jwks_uri before a claim is read.',
  },
  {
    id: 'exchange.id-token-key',
    flaws: ['unknown-key'],
    section: '10.1',
    says: 'The key is one that the issuer publishes',
    fix: 'Refuse a token whose kid is not among the keys, also after they were fetched again.',
  },
  {
    id: 'exchange.id-token-unsigned',
    flaws: ['unsigned'],
    section: '3.1.3.7',
    says: 'The algorithm is one that the client expects, RS256 unless told',
    fix: 'Allow the algorithms that the provider uses, by name; never none.',
  },
  {
    id: 'exchange.id-token-confused',
    flaws: ['public-key-as-secret', 'public-key-as-secret-and-a-line-break'],
    section: '3.1.3.7',
    says: 'The algorithm is one that the client expects, RS256 unless told',
    fix: 'Allow the algorithms that the provider uses, by name: with HS256 a public key would be the secret.',
  },
  {
    id: 'exchange.id-token-issuer',
    flaws: ['issuer'],
    section: '3.1.3.7',
    says: 'iss is the issuer, to the character',
    fix: 'Compare iss with the configured issuer.',
  },
  {
    id: 'exchange.id-token-audience',
    flaws: ['audience'],
    section: '3.1.3.7',
    says: 'aud has the client_id of this client',
    fix: 'Refuse a token whose aud does not have the own client_id.',
  },
  {
    id: 'exchange.id-token-nonce',
    flaws: ['nonce'],
    section: '3.1.3.7',
    says: 'nonce is the one of the authorization request',
    fix: 'Keep nonce beside state, and compare it with the one in the token.',
  },
  {
    id: 'exchange.id-token-expired',
    flaws: ['expired'],
    section: '3.1.3.7',
    says: 'The current time is before exp',
    fix: 'Refuse a token whose exp has passed, but for a minute in which clocks may differ.',
  },
  {
    id: 'exchange.id-token-early',
    flaws: ['early'],
    section: '2',
    says: 'A token is not used before its nbf (RFC 7519 §4.1.5)',
    fix: 'Refuse a token whose nbf has not come, but for a minute in which clocks may differ.',
  },
]

const wrongCheck = ({ id, flaws: [first], section, says, fix }: Wrong): Check =>
  check(
    id,
    'must',
    core(section, says),
    {
      title: `refuses an ID token with ${flawTable[first].words}`,
      expected: 'an error, and no API call with the tokens that came with it',
      fix,
    },
    { forbids: true },
  )

/** Connects with an ID token that the case makes. */
const connectWith = async (context: CaseContext, keys: ForeignKeys, as: string, make: MakeFlawed): Promise<void> => {
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
  const token = await make(keys, claims, { early: now, late: now })
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

const judgeWrong = (played: Played, wrong: Wrong): Finding => {
  const shownBy = flawTable[wrong.flaws[0]].shownBy
  if (!shows(played.entries, shownBy)) return inapplicable(unseen[shownBy])
  const found = formsOf(wrong).map(({ words }) => judgeForm(played, words))
  return found.find(({ is }) => is !== 'met') ?? found[0] ?? notSoFar(played, 'no ID token was received')
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
    for (const { words, make } of wrongs.flatMap(formsOf)) {
      if (context.over()) return
      await connectWith(context, keys, words, make)
    }
  },
  judge: (played): Findings => {
    const all = (finding: Finding): Findings => Object.fromEntries(wrongs.map(({ id }) => [id, finding]))
    const sound = stepOf(played, 'nothing wrong')
    if (!sound || exchanges(sound.entries).length === 0) return all(notSoFar(played, 'no ID token was received'))
    if (sound.state !== 'ok') return all(inapplicable(`it does not take the keys that the provider publishes: ${inWords(sound)}`))
    return Object.fromEntries(wrongs.map((wrong) => [wrong.id, judgeWrong(played, wrong)]))
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
