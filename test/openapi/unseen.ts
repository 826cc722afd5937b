/** Answers that are described although no test brings them about, and why. */

import { redisInstalled } from '../store/redis-server.js'

export const unseen: { readonly [answer: string]: string } = {
  ...(redisInstalled ? {} : { 'control GET /readyz 503': 'needs a store that can go away: redis-server is not installed' }),
}
