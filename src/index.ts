/** authdouble: a test double for OAuth authorization servers, and a verdict on their clients. */

export type { Clock, ClockChange } from './clock/clock.js'
export {
  delay,
  drip,
  garble,
  gatewayPage,
  hang,
  hold,
  lose,
  rateLimit,
  refuse,
  reset,
  say,
  status,
  tamper,
  truncate,
  wrongLength,
} from './faults/builders.js'
export type { FaultInput, When } from './faults/faultInput.js'
export type { Fault } from './faults/faults.js'
export type { Hold, HoldOptions } from './faults/hold.js'
export type { FaultKind, FaultSpec } from './faults/kinds.js'
export type { MintApiKeyOptions, MintedApiKey } from './issuance/apiKeys.js'
export type { ClientView, NewClient } from './issuance/clients.js'
export type { MintCodeOptions, MintedCode } from './issuance/codes.js'
export type { TokenFilter, TokenView } from './issuance/issuedTokens.js'
export type { ExpiryFilter } from './issuance/nextExpiry.js'
export type { ProviderAddress } from './issuance/providerAddress.js'
export type { MintedTokens, MintTokensOptions, TokenDefect } from './issuance/tokens.js'
export type { NewUser, UserView } from './issuance/users.js'
export type { JournalEntry, TokenReference } from './journal/entry.js'
export { explain } from './journal/explain.js'
export type { Journal, JournalFilter } from './journal/journal.js'
export { fingerprint, redact, secretsOf } from './journal/redact.js'
export { version } from './package/version.js'
export type { Approval } from './protocol/context.js'
export type { DefinedProvider, Provider, Seed } from './provider/define.js'
export { defineProvider } from './provider/define.js'
export type { Dialect, ErrorMessage, Reason } from './provider/dialect.js'
export { defineErrors } from './provider/dialect.js'
export type { Format } from './provider/formats.js'
export { absent, jwt, opaque } from './provider/formats.js'
export type { Quirk, Toggle, Toggles, TogglesOf } from './provider/quirk.js'
export { quirk } from './provider/quirk.js'
export type { Settings } from './provider/settings.js'
export type { Fact, Source } from './provider/source.js'
export { documented, inferred, observed, sample } from './provider/source.js'
export type { ProviderId, ProviderIdOf, QuirkName, QuirkNameOf } from './providers/index.js'
export { providers } from './providers/index.js'
export type { SandboxInput } from './sandbox/sandboxInput.js'
export type { DoubleOf } from './server/createServer.js'
export { createServer } from './server/createServer.js'
export type { Double, Endpoints, Instruments, SandboxClock } from './server/double.js'
export type { ServerOptions } from './server/serverOptions.js'
export { ConflictError, ValidationError } from './validation/errors.js'
