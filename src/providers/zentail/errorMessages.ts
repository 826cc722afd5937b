/** The words of Zentail: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'

// Every answer to an error is inferred from RFC 6749: the provider has published none.
export const errorMessages = defineErrors({
  '*': { description: '' },
  invalid_client: { challenge: 'Basic' },
  invalid_token: { challenge: '' },
  token_in_query: { status: 401, error: 'invalid_token' },
  // RFC 6749 §5.2: whoever tries the Authorization header is told the scheme that works.
  header_malformed: { status: 401, error: 'invalid_client', challenge: 'Basic' },
  content_type_unsupported: { status: 400 },
})
