/** Which redirect URI goes with the code. */

import type { Case } from '../../runner/case.js'
import { met, rfc, settingOf, unmet } from '../../runner/case.js'
import { authorizations, check, exchanges, fate, fine, notSoFar, parametersOf } from '../reading.js'
import { authorizing } from '../when.js'

const sameRedirectUri: Case = {
  topic: 'exchange',
  name: 'sends-same-redirect-uri',
  title: 'redirect_uri is the same in both requests',
  applies: authorizing,
  needs: ['authorize', 'callback'],
  passive: true,
  checks: () => [
    check('exchange.redirect-uri', 'must', rfc(6749, '4.1.3', 'redirect_uri is identical to the one of the authorization request'), {
      title: 'repeats redirect_uri',
      expected: 'the redirect_uri of the authorization URL, to the character',
      fix: 'Keep one redirect URI in the configuration, and send it in both requests.',
    }),
  ],
  play: async (context) => void (await context.connect()),
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
  applies: ({ settings }) => settings.code.redirectUri === 'registered',
  needs: ['callback'],
  passive: true,
  checks: (profile) => [
    check(
      'exchange.registered-redirect-uri',
      'must',
      settingOf(
        profile,
        'install.slash',
        'The browser arrives at the registered URL with a slash behind it; the exchange names the registered one',
      ),
      {
        title: 'sends the registered redirect_uri',
        expected: 'redirect_uri as it is registered, without the slash of the callback',
        fix: 'Send the configured redirect URI, not the one of the request that arrived.',
      },
    ),
  ],
  play: async (context) => void (await context.connect()),
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

export const redirectUriCases: readonly Case[] = [sameRedirectUri, registeredRedirectUri]
