/** What a test in this process holds: the clock, faults, journal and so on of one sandbox. The control API offers the same over HTTP. */

import type { Clock } from '../clock/clock.js'
import { hold } from '../faults/builders.js'
import type { FaultConditions, FaultInput } from '../faults/faultInput.js'
import type { Fault } from '../faults/faults.js'
import type { Hold, HoldOptions } from '../faults/hold.js'
import { holdHandle } from '../faults/hold.js'
import type { FaultSpec } from '../faults/kinds.js'
import type { MintApiKeyOptions, MintedApiKey } from '../issuance/apiKeys.js'
import { mintApiKey } from '../issuance/apiKeys.js'
import type { ClientView, NewClient } from '../issuance/clients.js'
import { listClients, registerClient, removeClient } from '../issuance/clients.js'
import type { MintCodeOptions, MintedCode } from '../issuance/codes.js'
import { mintCode } from '../issuance/codes.js'
import type { TokenFilter, TokenView } from '../issuance/issuedTokens.js'
import { expireTokens, listTokens, revokeTokens } from '../issuance/issuedTokens.js'
import type { ExpiryFilter } from '../issuance/nextExpiry.js'
import { advanceToNextExpiry } from '../issuance/nextExpiry.js'
import type { ProviderAddress } from '../issuance/providerAddress.js'
import { providerAddress, providerAddressWithAssertion } from '../issuance/providerAddress.js'
import { rotateTokens } from '../issuance/rotate.js'
import type { MintedTokens, MintTokensOptions } from '../issuance/tokens.js'
import { mintTokens } from '../issuance/tokens.js'
import type { NewUser, UserView } from '../issuance/users.js'
import { addUser, listUsers, removeUser } from '../issuance/users.js'
import type { JournalEntry } from '../journal/entry.js'
import { explain } from '../journal/explain.js'
import type { Journal } from '../journal/journal.js'
import type { Approval } from '../protocol/context.js'
import type { Toggle } from '../provider/quirk.js'
import type { Operation, Seconds } from '../provider/settings.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { SandboxInput } from '../sandbox/sandboxInput.js'
import { sandboxInputSchema, sandboxRequest } from '../sandbox/sandboxInput.js'
import type { SandboxRegistry } from '../sandbox/sandboxRegistry.js'
import type { StateDocument } from '../sandbox/state.js'
import { exportState, importState } from '../sandbox/state.js'
import { assertValid } from '../validation/check.js'
import { ValidationError } from '../validation/errors.js'
import { suggestion } from '../validation/nearest.js'
import type { Fetch } from './inProcess.js'

type HowOften = Pick<FaultConditions, 'times' | 'when' | 'probability'>

/** Whose approvals, and whether for the next authorization only. */
type Approver<Id extends string> = { readonly provider?: Id; readonly once?: boolean }

/** The clock of a sandbox, which knows what lives in it. */
export interface SandboxClock extends Clock {
  /**
   * To a time in epoch seconds; or to the moment at which the code, token or key that expires next has expired, of all or of
   * those that are selected.
   *
   * @throws ValidationError when the time has passed, or nothing that fits is live and expires
   * @example await double.clock.advanceTo('next-expiry', { provider: 'zettle', kind: 'access_token' })
   */
  advanceTo(at: Seconds): Seconds
  advanceTo(at: 'next-expiry', of?: ExpiryFilter): Promise<Seconds>
}

/** One provider's share of the instruments, or, without a provider, everybody's. */
export interface Instruments<Q extends string = string, Id extends string = string> {
  readonly clock: SandboxClock
  /** @throws Error that names the quirk when there is none of that name, or its value is not one of its kind. */
  readonly quirks: {
    // Methods, so that a double of certain providers still passes for a double.
    set(name: Q, toggle: Toggle): void
    reset(name?: Q): void
  }
  readonly faults: {
    /** The next request of this operation meets the fault: once unless `times` says otherwise. @example double.faults.next('zettle', 'token', lose()) */
    next(provider: Id | undefined, operation: Operation | undefined, spec: FaultSpec, how?: HowOften): Fault
    /** Every request of this operation meets the fault, until you clear it. */
    set(provider: Id | undefined, operation: Operation | undefined, spec: FaultSpec, how?: HowOften): Fault
    add(fault: FaultInput & { readonly provider?: Id }): Fault
    /**
     * Holds the next request of this operation until the handle releases it, so that a test orders two requests without
     * waiting for any length of time.
     *
     * @example
     * using held = double.faults.hold('zettle', 'token', { phase: 'after' })
     * const first = client.refresh()
     * await held.arrived()
     * await otherClient.refresh()
     * held.release()
     */
    hold(provider: Id | undefined, operation: Operation | undefined, how?: HoldOptions): Hold
    /** The waiting faults. */
    readonly list: () => readonly Fault[]
    /** One fault, waiting or not. */
    readonly get: (id: string) => Fault | undefined
    /** One, or all. */
    readonly clear: (id?: string) => void
  }
  /** What the user at the browser does from now on, or once. */
  readonly approvals: {
    set(approval: Approval, how?: Approver<Id>): void
    as(user: string, how?: Approver<Id>): void
    deny(how?: Approver<Id>): void
    ask(how?: Approver<Id>): void
    fail(error: string, how?: Approver<Id>): void
    readonly reset: () => void
  }
  readonly journal: Journal & { readonly explain: (entry: JournalEntry) => string }
  readonly codes: { readonly mint: (provider: string, options?: MintCodeOptions) => Promise<MintedCode> }
  readonly assertions: { readonly mint: (provider: string, options?: MintApiKeyOptions) => Promise<MintedApiKey> }
  readonly tokens: {
    readonly list: (selection?: TokenFilter) => Promise<readonly TokenView[]>
    mint(provider: Id, options?: MintTokensOptions): Promise<MintedTokens>
    /** Makes the server treat tokens as expired. Their claims stay as they are. */
    readonly expire: (selection: TokenFilter) => Promise<readonly TokenView[]>
    readonly revoke: (selection: TokenFilter) => Promise<readonly TokenView[]>
    /** Live refresh tokens end as rotated and new ones take their places, as after a refresh that the client did not see. @throws ValidationError where a provider refuses one more */
    readonly rotate: (selection: TokenFilter) => Promise<readonly TokenView[]>
  }
  /** Rotates the signing key. The old key stays published, or is gone. @returns the id of the new key */
  readonly keys: { readonly rotate: (provider: string, old?: 'published' | 'gone') => Promise<string> }
  readonly clients: {
    list(provider: Id): Promise<readonly ClientView[]>
    register(provider: Id, options?: NewClient): Promise<ClientView>
    remove(provider: Id, id: string): Promise<boolean>
  }
  readonly users: {
    list(provider: Id): Promise<readonly UserView[]>
    add(provider: Id, options?: NewUser): Promise<UserView>
    /** Removes the user, and ends what depends on it. */
    remove(provider: Id, id: string): Promise<boolean>
  }
  /** The whole sandbox as one JSON document. */
  readonly state: { readonly export: () => Promise<StateDocument>; readonly import: (document: unknown) => Promise<void> }
}

export interface Endpoints {
  readonly tls?: string
  readonly proxy?: string
  /** The path of the authority's certificate. */
  readonly ca?: string
}

/** A sandbox: its own records, clock, journal, faults, approvals and quirks, at its own URL. */
export interface Double<Q extends string = string, Id extends string = string> extends Instruments<Q, Id>, AsyncDisposable {
  /** `default`, or the sandbox's name. */
  readonly name: string
  /** The sandbox's URL, or that of a provider in it. */
  url(provider?: Id): string
  /** URLs and demonstration credentials of a provider. */
  provider(id: Id): ProviderAddress
  /** Those of all providers, with an API key where there are such. */
  readonly addresses: () => Promise<{ readonly [provider: string]: ProviderAddress }>
  /** Answers a request within this process, without a port. A path is relative to `url()`. Nothing leaves the process. */
  readonly fetch: Fetch
  /** All sandboxes of the server. */
  readonly registry: SandboxRegistry
  /** The real host names that the server answers for, and `<provider>.localhost`. */
  readonly hosts: readonly string[]
  /** The TLS port, the proxy and the certificate, if they were asked for. */
  readonly endpoints: Endpoints
  approve(approval: Approval, how?: Approver<Id>): void
  /** Creates another sandbox on the same server. */
  sandbox(options?: SandboxInput<Q>): Promise<Double<Q, Id>>
  /** Resets the sandbox to its start. */
  readonly reset: () => Promise<void>
  /** Deletes the sandbox. For the default one, stops the server. */
  readonly close: () => Promise<void>
}

const instanceIn = (sandbox: Sandbox, id: string): ProviderInstance => {
  const found = sandbox.instances.get(id)
  if (!found) {
    const ids = [...sandbox.instances.keys()]
    throw new ValidationError(
      'provider',
      `no provider ${JSON.stringify(id)} is served here: there are ${ids.join(', ')}${suggestion(String(id), ids)}`,
    )
  }
  return found
}

const clockOf = (sandbox: Sandbox): SandboxClock => {
  function advanceTo(at: Seconds): Seconds
  function advanceTo(at: 'next-expiry', of?: ExpiryFilter): Promise<Seconds>
  function advanceTo(at: Seconds | 'next-expiry', of?: ExpiryFilter): Seconds | Promise<Seconds> {
    return at === 'next-expiry' ? advanceToNextExpiry(sandbox, of) : sandbox.clock.advanceTo(at)
  }
  return { ...sandbox.clock, advanceTo }
}

const instrumentsOf = <Q extends string, Id extends string>(sandbox: Sandbox): Instruments<Q, Id> => {
  const instance = (id: string): ProviderInstance => instanceIn(sandbox, id)
  const add = (called: string, provider: string | undefined, operation: Operation | undefined, spec: FaultSpec, how: HowOften): Fault =>
    sandbox.faults.add(
      {
        ...spec,
        ...(provider === undefined ? {} : { provider: instance(provider).provider.id }),
        ...(operation === undefined ? {} : { operation }),
        ...how,
      },
      called,
    )
  const { set, reset } = sandbox.approvals
  return {
    clock: clockOf(sandbox),
    quirks: {
      set: sandbox.toggle,
      reset: sandbox.untoggle,
    },
    faults: {
      next: (provider, operation, spec, how = {}) => add('faults.next', provider, operation, spec, how),
      set: (provider, operation, spec, how = {}) => add('faults.set', provider, operation, spec, { times: 'always', ...how }),
      add: (fault) => {
        if (typeof fault?.provider === 'string') instance(fault.provider)
        return sandbox.faults.add(fault)
      },
      hold: (provider, operation, { phase, limit, ...how } = {}) => {
        const spec = hold({ ...(phase === undefined ? {} : { phase }), ...(limit === undefined ? {} : { limit }) })
        return holdHandle(sandbox.faults, add('faults.hold', provider, operation, spec, how) as Fault & typeof spec, sandbox.closed)
      },
      list: sandbox.faults.list,
      get: sandbox.faults.get,
      clear: (id) => (id === undefined ? sandbox.faults.clear() : void sandbox.faults.remove(id)),
    },
    approvals: {
      set,
      as: (user, how) => set({ as: user }, how),
      deny: (how) => set({ deny: true }, how),
      ask: (how) => set({ ask: true }, how),
      fail: (error, how) => set({ error }, how),
      reset,
    },
    journal: { ...sandbox.journal, explain },
    codes: { mint: async (provider, options = {}) => mintCode(sandbox, instance(provider), options) },
    assertions: { mint: async (provider, options = {}) => mintApiKey(sandbox, instance(provider), options) },
    tokens: {
      list: (selection) => listTokens(sandbox, selection),
      mint: async (provider, options = {}) => mintTokens(sandbox, instance(provider), options),
      expire: (selection) => expireTokens(sandbox, selection),
      revoke: (selection) => revokeTokens(sandbox, selection),
      rotate: (selection) => rotateTokens(sandbox, selection),
    },
    keys: { rotate: async (provider, old = 'published') => instance(provider).keys.rotate(old) },
    clients: {
      list: async (provider) => listClients(sandbox, instance(provider)),
      register: async (provider, options = {}) => registerClient(sandbox, instance(provider), options),
      remove: async (provider, id) => removeClient(sandbox, instance(provider), id),
    },
    users: {
      list: async (provider) => listUsers(sandbox, instance(provider)),
      add: async (provider, options = {}) => addUser(sandbox, instance(provider), options),
      remove: async (provider, id) => removeUser(sandbox, instance(provider), id),
    },
    state: { export: () => exportState(sandbox), import: (document) => importState(sandbox, document) },
  }
}

/** What all doubles of one server share. */
export interface ServerHandle {
  readonly registry: SandboxRegistry
  readonly endpoints: Endpoints
  /** Makes a `fetch` for paths below a URL. */
  readonly fetch: (base: () => string) => Fetch
}

export const doubleOf = <Q extends string, Id extends string = string>(
  server: ServerHandle,
  sandbox: Sandbox,
  close: () => Promise<void>,
): Double<Q, Id> => {
  const { registry, endpoints: reach, fetch } = server
  const { url } = sandbox
  return {
    ...instrumentsOf<Q, Id>(sandbox),
    name: sandbox.name,
    url: (provider) => (provider === undefined ? url() : `${url()}/${instanceIn(sandbox, provider).provider.id}`),
    provider: (id) => providerAddress(sandbox, instanceIn(sandbox, id)),
    addresses: async () =>
      Object.fromEntries(
        await Promise.all(
          [...sandbox.instances.values()].map(async (one) => [one.provider.id, await providerAddressWithAssertion(sandbox, one)] as const),
        ),
      ),
    fetch: fetch(url),
    registry,
    get hosts() {
      return registry.hosts()
    },
    endpoints: reach,
    approve: sandbox.approvals.set,
    sandbox: async (options = {}) => {
      assertValid(sandboxInputSchema(registry.providers), options, 'sandbox')
      const sandbox = registry.open(sandboxRequest(options))
      await registry.publish?.()
      return doubleOf<Q, Id>(server, sandbox, async () => void (await registry.remove(sandbox.name)))
    },
    reset: sandbox.reset,
    close,
    [Symbol.asyncDispose]: close,
  }
}
