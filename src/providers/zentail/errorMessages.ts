/** The words of Zentail: what it says when it refuses. */

import { defineErrors } from '../../provider/dialect.js'

// Every answer to an error is inferred from RFC 6749: the provider has published none.
export const errorMessages = defineErrors({
  '*': { description: '' },
  invalid_client: { challenge: 'Basic' },
  invalid_token: { challenge: '' },
  token_in_query: { status: 401, error: 'invalid_token' },
  content_type_unsupported: { status: 400 },
})
