/** All cases, in the order of a connection's life. */

import type { Case, Topic } from '../runner/case.js'
import type { Profile } from '../runner/profile.js'
import { callbackCases } from './authorize/callback.js'
import { denialCases } from './authorize/denial.js'
import { doubledCases } from './authorize/doubled.js'
import { issuerCases } from './authorize/issuer.js'
import { lastingCases } from './authorize/lasting.js'
import { requestCases } from './authorize/request.js'
import { stateCases } from './authorize/states.js'
import { survivalCases } from './authorize/survival.js'
import { elsewhereCases } from './disconnect/elsewhere.js'
import { disconnectCases } from './disconnect/ending.js'
import { brokenReplyCases } from './errors/broken-reply.js'
import { echoCases } from './errors/echo.js'
import { finalRefusalCases } from './errors/final-refusals.js'
import { redirectCases } from './errors/redirects.js'
import { refreshTroubleCases } from './errors/refresh-trouble.js'
import { refusedCases } from './errors/refused.js'
import { refusedConnectionCases } from './errors/refused-connection.js'
import { throttleCases } from './errors/throttle.js'
import { unavailableCases } from './errors/unavailable.js'
import { accountsServerCases } from './exchange/accounts-server.js'
import { assertionCases } from './exchange/assertion.js'
import { atOnceCases } from './exchange/at-once.js'
import { authenticationCases } from './exchange/authentication.js'
import { bodyCases } from './exchange/body.js'
import { codeCases } from './exchange/code.js'
import { credentialCases } from './exchange/credentials.js'
import { idTokenCases } from './exchange/id-token.js'
import { longTokenCases } from './exchange/long-token.js'
import { oddLifetimeCases } from './exchange/odd-lifetimes.js'
import { pkceCases } from './exchange/pkce.js'
import { plainCases } from './exchange/plain.js'
import { redirectUriCases } from './exchange/redirect-uri.js'
import { replyCases } from './exchange/replies.js'
import { secretCases } from './exchange/secrets.js'
import { withinSpecCases } from './exchange/within-spec.js'
import { customerCases, installCases } from './install.js'
import { aheadCases } from './refresh/ahead.js'
import { betweenCases } from './refresh/between.js'
import { challengeCases } from './refresh/challenge.js'
import { clockCases } from './refresh/clock.js'
import { crashCases } from './refresh/crash.js'
import { refreshCustomerCases } from './refresh/customers.js'
import { lifetimeCases } from './refresh/lifetime.js'
import { lossCases } from './refresh/loss.js'
import { needCases } from './refresh/need.js'
import { orderCases } from './refresh/order.js'
import { rotationCases } from './refresh/rotation.js'
import { smallerScopeCases } from './refresh/smaller-scope.js'
import { withoutCases } from './refresh/without.js'
import { resourceCases } from './resource.js'

/** What there is for a provider like this one. */
export const casesFor = (profile: Profile): readonly Case[] =>
  written(profile)
    .filter(({ applies }) => applies?.(profile) ?? true)
    .sort((a, b) => life.indexOf(a.topic) - life.indexOf(b.topic))

/** Topics in the order of a connection's life. */
const life: readonly Topic[] = ['authorize', 'install', 'exchange', 'resource', 'refresh', 'errors', 'disconnect']

const written = (profile: Profile): readonly Case[] => [
  ...requestCases,
  ...lastingCases,
  ...callbackCases,
  ...issuerCases,
  ...stateCases,
  ...doubledCases,
  ...denialCases,
  ...survivalCases,
  ...installCases,
  ...plainCases,
  ...authenticationCases,
  ...redirectUriCases,
  ...codeCases,
  ...accountsServerCases,
  ...atOnceCases,
  ...secretCases,
  ...replyCases,
  ...withinSpecCases,
  ...oddLifetimeCases,
  ...longTokenCases,
  ...smallerScopeCases,
  ...lifetimeCases,
  ...assertionCases,
  ...bodyCases,
  ...pkceCases,
  ...customerCases,
  ...credentialCases,
  ...idTokenCases,
  ...refusedCases,
  ...finalRefusalCases,
  ...unavailableCases,
  ...brokenReplyCases,
  ...refreshTroubleCases,
  ...refusedConnectionCases,
  ...throttleCases,
  ...redirectCases,
  ...echoCases,
  ...needCases,
  ...aheadCases,
  ...challengeCases,
  ...rotationCases,
  ...orderCases,
  ...betweenCases,
  ...refreshCustomerCases,
  ...lossCases,
  ...clockCases,
  ...crashCases,
  ...withoutCases,
  ...resourceCases(profile),
  ...disconnectCases,
  ...elsewhereCases,
]
