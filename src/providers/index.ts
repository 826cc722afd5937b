/** The providers that come with the package. */

import { plain } from './plain/plain.js'
import { vcita } from './vcita/vcita.js'
import { zentail } from './zentail/zentail.js'
import { zettle } from './zettle/zettle.js'
import { ziina } from './ziina/ziina.js'
import { zohoPayments } from './zoho-payments/zoho-payments.js'

export const providers = [plain, ziina, zettle, zohoPayments, zentail, vcita] as const

/** `zettle/may-rotate-at-any-time` and the like: every quirk of every provider in the package, as literal types. */
export type ProviderId = (typeof providers)[number]['id']
type NamesOf<P> = P extends { readonly id: infer I extends string; readonly quirkNames?: infer Q } ? `${I}/${Extract<Q, string>}` : never
export type QuirkName = NamesOf<(typeof providers)[number]>
