/** A fault as it is asked for. */

import type { Operation } from '../provider/settings.js'
import type { FaultSpec } from './kinds.js'

/** Which requests are meant. All that is said must fit. */
export interface When {
  readonly grantType?: string
  readonly clientId?: string
  readonly method?: string
  /** The provider's real path. */
  readonly path?: string
  /** Only from the nth request that fits otherwise; 1 is the first. */
  readonly nth?: number
}

export interface FaultConditions {
  readonly provider?: string
  readonly operation?: Operation
  /** Once by default. */
  readonly times?: number | 'always'
  readonly when?: When
  /** Above 0 and up to 1, drawn from the sandbox's seed. */
  readonly probability?: number
}

export type FaultInput = FaultSpec & FaultConditions
