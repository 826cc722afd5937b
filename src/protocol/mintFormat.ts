/** Mints an identifier in a format; of a JWT's, that by which it is remembered. */

import type { Format } from '../provider/formats.js'
import type { DecisionContext } from './context.js'

export const mintFormat = ({ mint }: DecisionContext, format: Format): string => mint(format.kind === 'opaque' ? format.pattern : format.id)
