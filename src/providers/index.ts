/** The providers that come with the package. */

import { plain } from './plain/plain.js'
import { vcita } from './vcita/vcita.js'
import { zentail } from './zentail/zentail.js'
import { zettle } from './zettle/zettle.js'
import { ziina } from './ziina/ziina.js'
import { zohoPayments } from './zoho-payments/zoho-payments.js'

export const providers = [plain, ziina, zettle, zohoPayments, zentail, vcita] as const

/** The id of a provider in the package. */
export type ProviderId = (typeof providers)[number]['id']
type NamesOf<P> = P extends { readonly id: infer I extends string; readonly quirkNames?: infer Q } ? `${I}/${Extract<Q, string>}` : never
/** `zettle/may-rotate-at-any-time` and the like: every quirk of every provider in the package, as literal types. */
export type QuirkName = NamesOf<(typeof providers)[number]>

/** The ids of the chosen providers, as literal types; any string where one comes from a file. */
export type ProviderIdOf<P> = P extends ProviderId ? P : P extends { readonly id: infer I extends string } ? I : string

/** The quirk names of the chosen providers, as literal types: `zettle/may-rotate-at-any-time`. */
export type QuirkNameOf<P> = P extends ProviderId
  ? Extract<QuirkName, `${P}/${string}`>
  : P extends { readonly id: infer I extends string; readonly quirkNames?: infer N }
    ? unknown extends N
      ? string
      : `${I}/${string extends Extract<N, string> ? string : Extract<N, string>}`
    : string
