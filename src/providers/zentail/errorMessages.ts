/** The words of Zentail: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'
import { inferred } from '../../provider/source.js'

const published = 'RFC 6749 §5.2: the provider has published no answer to an error'

export const errorMessages = defineErrors({
  '*': inferred(published, { description: '' }),
  invalid_client: inferred(published, { challenge: 'Basic' }),
  invalid_token: inferred('no challenge fits a bare token', { challenge: '' }),
  token_in_query: inferred('no token stands where it belongs', { status: 401, error: 'invalid_token' }),
  header_malformed: inferred('RFC 6749 §5.2: whoever tries the Authorization header is told the scheme that works', {
    status: 401,
    error: 'invalid_client',
    challenge: 'Basic',
  }),
  content_type_unsupported: inferred(published, { status: 400 }),
})
