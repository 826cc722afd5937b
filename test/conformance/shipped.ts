/** The shipped providers as the conformance tests see them: their facts, and every case that there is for one of them. */

import { casesFor } from '../../src/conformance/cases/index.js'
import type { Case } from '../../src/conformance/runner/case.js'
import type { Profile } from '../../src/conformance/runner/profile.js'
import { profileOf } from '../../src/conformance/runner/profile.js'
import type { ProviderId } from '../../src/index.js'
import { providers } from '../../src/index.js'

/** Those that the reference client of these tests was written for. */
export const allProviders = ['ziina', 'zettle', 'zoho-payments', 'zentail', 'vcita'] as const satisfies readonly ProviderId[]

/** By any shipped provider's id. */
export const profiles = Object.fromEntries(providers.map((one) => [one.id, profileOf(one)])) as { readonly [P in ProviderId]: Profile }

/** A client in the process of the test cannot be killed: kills.test.ts plays these cases. */
export const isPlayedHere = ({ needs }: Pick<Case, 'needs'>): boolean => !needs.includes('kill')

const all = allProviders.flatMap((id) => casesFor(profiles[id])).filter(isPlayedHere)

/** Each once. */
export const cases: readonly Case[] = all.filter(
  (one, at) => all.findIndex(({ topic, name }) => topic === one.topic && name === one.name) === at,
)

/** Where a case is played. */
export const providersOf = ({ topic, name }: Case): readonly ProviderId[] =>
  allProviders.filter((id) => casesFor(profiles[id]).some((one) => one.topic === topic && one.name === name))

/** What a check of a client says that runs in the process of the test, where the case asks for its death. */
export const unkillable = 'the client cannot be killed from here'
