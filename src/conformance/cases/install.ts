/** Connections that begin at the provider: a customer presses Install, and the app is sent a code it never asked for. */

import type { Case, Finding } from '../runner/case.js'
import { met, rfc, settingOf, unmet } from '../runner/case.js'
import type { Profile } from '../runner/profile.js'
import {
  calls,
  check,
  codeOf,
  entriesOf,
  exchanges,
  fate,
  fine,
  header,
  inWords,
  notSoFar,
  stepOf,
  succeeded,
  tokenRequests,
} from './reading.js'
import type { When } from './when.js'
import { both, installing } from './when.js'

const withoutState: Case = {
  topic: 'install',
  name: 'takes-install-without-state',
  title: 'The client accepts an installation that it did not start and that has no state',
  applies: installing,
  needs: ['callback'],
  checks: (profile) => [
    check(
      'install.without-state',
      'provider',
      settingOf(profile, 'install.slash', 'Install opens the redirect URI with a code, and without state'),
      {
        title: 'takes the code of an installation',
        expected: 'the code at the token endpoint, and tokens',
        fix: 'Do not require state from this provider. Require that a user is logged in to your application instead.',
      },
    ),
  ],
  play: async (context) => void (await context.connect()),
  judge: (played) => {
    const step = stepOf(played, 'connect')
    if (!step || (step.state !== 'ok' && step.state !== 'failed'))
      return { 'install.without-state': notSoFar(played, 'no installation was delivered') }
    const sent = tokenRequests(played.entries)
    return {
      'install.without-state': sent.some(fine) ? met(...sent) : unmet(sent.length > 0 ? sent.map(fate).join(', ') : inWords(step), ...sent),
    }
  },
}

const codeIsNoToken: Case = {
  topic: 'install',
  name: 'does-not-use-code-as-token',
  title: 'The code is exchanged, and never used for an API call',
  applies: installing,
  needs: ['callback', 'call'],
  passive: true,
  checks: (profile) => [
    check(
      'install.code-is-no-token',
      'must',
      {
        id: `${profile.provider} authorization flow`,
        text: 'The code serves to get the token and cannot be used for API calls',
        url: profile.docs,
      },
      {
        title: 'makes no API call with the code',
        expected: 'API calls with the access token',
        fix: 'Exchange the code at the token endpoint and use access_token.',
      },
    ),
  ],
  play: async (context) => {
    await context.connect()
    await context.ask('call')
  },
  judge: (played) => {
    const made = calls(played.entries)
    if (made.length === 0) return { 'install.code-is-no-token': notSoFar(played, 'no API call came') }
    const codes = exchanges(played.entries).map(codeOf)
    const wrong = made.find(
      (entry) => entry.reason === 'token_is_a_code' || codes.includes(header(entry, 'authorization')?.split(' ').at(-1)),
    )
    return { 'install.code-is-no-token': wrong ? unmet('a code in the Authorization header', wrong) : met(...made) }
  },
}

/** The redirect of an installation says for which client it is. */
const namingClient: When = ({ settings }) => Object.values(settings.install?.parameters ?? {}).includes('{client}')

const clientParameter = ({ settings }: Profile): string =>
  Object.entries(settings.install?.parameters ?? {}).find(([, value]) => value === '{client}')?.[0] ?? 'client_id'

const foreignClient: Case = {
  topic: 'install',
  name: 'refuses-an-installation-of-another-client',
  title: 'An installation that names another client is not taken',
  applies: both(installing, namingClient),
  needs: ['callback'],
  checks: (profile) => [
    check(
      'install.own-client',
      'should',
      settingOf(
        profile,
        'install.parameters',
        `The redirect names the client in ${clientParameter(profile)}; a code is bound to its client`,
      ),
      {
        title: 'refuses an installation that names another client',
        expected: 'no token request, and an error',
        fix: `Compare ${clientParameter(profile)} of the redirect with the own client_id before the code is used.`,
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    const name = clientParameter(context.profile)
    await context.connect({ as: 'foreign', tamper: (query) => query.set(name, 'somebody-else') })
    await context.connect({ as: 'own' })
  },
  judge: (played) => {
    const step = stepOf(played, 'foreign')
    const own = exchanges(stepOf(played, 'own')?.entries ?? [])
    if (!step || (step.state !== 'ok' && step.state !== 'failed'))
      return { 'install.own-client': notSoFar(played, 'no installation was delivered') }
    const sent = tokenRequests(step.entries)
    if (sent.length > 0) return { 'install.own-client': unmet('the code was sent to the token endpoint', ...sent) }
    if (step.state === 'ok') return { 'install.own-client': unmet('the client said that it holds tokens', ...own) }
    return { 'install.own-client': own.some(fine) ? met(...own) : notSoFar(played, 'its own installation was not taken either') }
  },
}

/** Where connections begin at the app, customers begin at the same time. */
const apart = (topic: 'install' | 'exchange', id = `${topic}.customers-apart`, served = `${topic}.customers-served`): Case => ({
  topic,
  name: 'keeps-customers-apart',
  title: 'The token of one customer is not used for another',
  applies: (profile) => profile.customers.length > 1 && installing(profile) === (topic === 'install'),
  needs: ['callback', 'call', 'customers'],
  // Which of several accounts a client calls for is its own affair.
  afterwards: false,
  checks: (profile) => [
    check(
      id,
      'must',
      { id: `${profile.provider} access tokens`, text: 'Each customer account has an access token of its own', url: profile.docs },
      {
        title: 'uses the token of the customer it works for',
        expected: 'a call for the first customer with the first token, after a second customer installed the app',
        fix: 'Store a token with the account of the person who is logged in to the app, and look it up by that account.',
      },
      { consequence: 'secret-exposed' },
    ),
    check(
      served,
      'must',
      rfc(6749, '4.1', 'An authorization gives its tokens to whoever began it'),
      {
        title: 'serves every customer who connected',
        expected: 'a call for each customer whose code was redeemed',
        fix: 'Store tokens for the person in whose session the callback came, not for whoever began an authorization last.',
      },
      { recovers: true, consequence: 'connection-lost' },
    ),
  ],
  play: async (context) => {
    const begun: (readonly [string, string])[] = []
    for (const user of context.profile.customers) {
      const url = await context.begin({ as: `connection of ${user}`, user })
      if (url !== undefined) begun.push([user, url])
    }
    for (const [user, url] of begun) {
      // A client that keeps one authorization at a time may have forgotten the first.
      if ((await context.ask('callback', `connection of ${user}`, { url, user })).state !== 'ok')
        await context.connect({ as: `connection of ${user}, again`, user })
    }
    for (const user of context.profile.customers) await context.ask('call', `call for ${user}`, { user })
  },
  judge: (played) => {
    const rows = played.profile.customers.map((user) => ({ user, made: calls(stepOf(played, `call for ${user}`)?.entries ?? [])[0] }))
    const evidence = rows.flatMap(({ made }) => made ?? [])
    const connected = rows.map(({ user }) =>
      played.steps.findLast((step) => step.step === 'callback' && step.user === user && succeeded(step)),
    )
    const redeemed = exchanges(entriesOf(connected.flatMap((step) => step ?? []))).filter(fine)
    const unserved = rows.find(({ made }, at) => made === undefined && connected[at] !== undefined)
    const serves = (): Finding => {
      if (redeemed.length < rows.length) return notSoFar(played, 'not every customer connected')
      const call = unserved && stepOf(played, `call for ${unserved.user}`)
      return call ? unmet(`no call for ${unserved.user}, who had connected: ${inWords(call)}`, ...redeemed) : met(...evidence)
    }
    if (rows.some(({ made }) => made === undefined)) return { [id]: notSoFar(played, 'not every customer was served'), [served]: serves() }
    const wrong = rows.find(({ user, made }) => made?.user !== user)
    return {
      [id]: wrong ? unmet(`a call for ${wrong.user} as ${wrong.made?.user ?? 'nobody'}`, ...evidence) : met(...evidence),
      [served]: serves(),
    }
  },
})

export const installCases: readonly Case[] = [withoutState, foreignClient, codeIsNoToken, apart('install')]

export const customerCases: readonly Case[] = [apart('exchange')]
