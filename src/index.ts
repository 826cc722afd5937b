/** authdouble: a test double for OAuth authorization servers, and a verdict on their clients. */

export type { Clock, ClockChange } from './instruments/clock.js'
export { explain } from './instruments/explain.js'
export type { Fault, FaultKind, Mishap, NewFault, When } from './instruments/faults.js'
export type { Journal, JournalEntry, JournalFilter, TokenReference } from './instruments/journal.js'
export {
  delay,
  drip,
  garble,
  gatewayPage,
  hang,
  lose,
  rateLimit,
  refuse,
  reset,
  status,
  tamper,
  truncate,
  wrongLength,
} from './instruments/mishaps.js'
export { fingerprint, redact, secretsOf } from './instruments/redact.js'
export type { Approval } from './protocol/world.js'
export type { DefinedProvider, Provider, Seed } from './provider/define.js'
export { defineProvider } from './provider/define.js'
export type { Dialect, Reason, Wording } from './provider/dialect.js'
export { speak } from './provider/dialect.js'
export type { Format } from './provider/formats.js'
export { absent, jwt, opaque } from './provider/formats.js'
export type { Quirk, Source, Toggle, Toggles } from './provider/quirk.js'
export { documented, inferred, observed, quirk, sample } from './provider/quirk.js'
export type { Settings } from './provider/settings.js'
export type { ProviderId, QuirkName } from './providers/index.js'
export { providers } from './providers/index.js'
export type { Address } from './server/addresses.js'
export type { QuirkNameOf, ServerOptions } from './server/createServer.js'
export { createServer } from './server/createServer.js'
export type { Double, Instruments, Reach, SandboxWish } from './server/double.js'
export type { GivenApiKey, GivenCode, GivenTokens, WishedApiKey, WishedCode, WishedTokens, Wrong } from './server/give.js'
export type { ClientView, NewClient, NewUser, UserView } from './server/parties.js'
export type { Selection, TokenView } from './server/tokens.js'
export { version } from './server/version.js'
