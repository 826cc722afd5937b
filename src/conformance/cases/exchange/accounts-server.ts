/** A provider whose accounts are divided among hosts: the redirect names the one at which the code is redeemed. */

import type { Case, Finding, Findings, Played } from '../../runner/case.js'
import { inapplicable, met, settingOf, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import type { Stranger } from '../../runner/stranger.js'
import { leaked } from '../errors/redirects.js'
import { authorizations, check, codeOf, exchanges, fine, notSoFar, stepOf, tokenRequests } from '../reading.js'

/** The parameter of the redirect that names the host. */
const parameterOf = ({ browsing }: Profile): string | undefined =>
  Object.entries(browsing?.authorize.adds ?? {}).find(([, template]) => template.includes('{home.url}'))?.[0]

/** Addresses that are not the provider's, by what is near about them. */
const addresses: { readonly [name: string]: (stranger: Stranger, provider: URL) => string } = {
  'another host': ({ url }) => url('other-host'),
  'another port': ({ url }) => url('other-port'),
  'an address that begins like its own': ({ url }, { origin }) => `${origin}@${new URL(url('other-host')).host}`,
}

const elsewhere = (name: string): string => `callback that names ${name}`

/** The code of a callback, and whether a stranger got it or anything else that is secret. */
const exposed = (played: Played): string | undefined => {
  const codes = Object.keys(addresses).flatMap((name) => {
    const { url } = stepOf(played, elsewhere(name)) ?? {}
    return url === undefined ? [] : (new URL(url).searchParams.get('code') ?? [])
  })
  const told = (played.strays ?? []).some(({ url, body }) => codes.some((code) => decodeURIComponent(`${url}\n${body}`).includes(code)))
  return told ? 'the authorization code went to the host that the callback named' : leaked(played)
}

const redeems: Case = {
  topic: 'exchange',
  name: 'redeems-at-the-accounts-server-of-the-redirect',
  title: 'The code is redeemed at the host that the redirect names, if that is one of the provider, and nowhere else',
  applies: (profile) => parameterOf(profile) !== undefined,
  needs: ['authorize', 'callback'],
  quirks: ({ browsing }) => browsing?.toggles ?? {},
  checks: (profile) => [
    check(
      'exchange.accounts-server-known',
      'must',
      {
        id: 'RFC 9700 §4.4',
        text: 'A code and the credentials of a client go to the authorization server that issued the code, whatever a callback says',
        url: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.4',
      },
      {
        title: `sends nothing to a host in ${parameterOf(profile)} that is not the provider's`,
        expected: 'no request with a code or a secret at a host that somebody wrote into the callback',
        fix: `Compare ${parameterOf(profile)} with the list of the provider's hosts before a code is sent there: anybody can write a callback.`,
      },
      { forbids: true, consequence: 'secret-exposed' },
    ),
    check(
      'exchange.accounts-server-heeded',
      'should',
      settingOf(profile, 'authorize', `The redirect names in ${parameterOf(profile)} the host at which its code is redeemed`),
      {
        title: `looks at ${parameterOf(profile)} before it redeems a code`,
        expected: 'no exchange at the usual host of a code whose callback names another one',
        fix: `Redeem the code at the host in ${parameterOf(profile)}, and refuse a callback that names one you do not know.`,
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    const name = parameterOf(context.profile) ?? ''
    if (!(await context.connect({ as: 'at home' }))) return
    const stranger = await context.stranger()
    const provider = new URL(context.sandbox.address.tokenUrl)
    for (const [near, write] of Object.entries(addresses)) {
      await context.connect({ as: elsewhere(near), tamper: (query) => query.set(name, write(stranger, provider)) })
      if (context.over()) return
    }
  },
  judge: (played): Findings => {
    const both = (finding: Finding): Findings => ({
      'exchange.accounts-server-known': finding,
      'exchange.accounts-server-heeded': finding,
    })
    const asked = authorizations(played.entries)
    const home = exchanges(stepOf(played, 'at home')?.entries ?? []).find(fine)
    if (asked.length > 0 && !asked.some(({ issued = [] }) => issued.length > 0)) return both(inapplicable('it does not ask in this way'))
    const named = Object.keys(addresses).flatMap((name) => stepOf(played, elsewhere(name)) ?? [])
    if (!home || named.length === 0) return both(notSoFar(played, 'no callback came that names another host'))
    const seen = exposed(played)
    const usual = named.flatMap(({ entries }) => tokenRequests(entries).filter((entry) => codeOf(entry) !== undefined))
    return {
      'exchange.accounts-server-known': seen === undefined ? met(home, ...asked) : unmet(seen, ...asked.slice(-1)),
      'exchange.accounts-server-heeded':
        usual.length > 0 ? unmet('the code was sent to the usual host, as if the redirect named none', ...usual) : met(home, ...asked),
    }
  },
}

export const accountsServerCases: readonly Case[] = [redeems]
