/** What codes and tokens of Zoho look like. */

import { opaque } from '../../provider/formats.js'

export const token = opaque('1000.{hex32}.{hex32}')
