/** What codes and tokens of Zoho look like. */

import { opaque } from '../../provider/formats.js'
import { sample } from '../../provider/source.js'

export const token = sample(
  'OAuth, step 4, the masked URL',
  'refresh_token=1000.8ecdxxxxxxxxxxxxxxxxxxxxx5cb7.4638xxxxxxxxxxxxxxxxxxxxxxebdc',
  opaque('1000.{hex32}.{hex32}'),
)
