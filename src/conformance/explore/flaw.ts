/** What may be wrong with an ID token: schedules name it, idTokens.ts makes it. */

export const flaws = [
  'signature',
  'unknown-key',
  'unsigned',
  'public-key-as-secret',
  'issuer',
  'audience',
  'nonce',
  'expired',
  'early',
] as const

export type Flaw = (typeof flaws)[number]
