/** The conformance run as the library offers it, `authdouble/conformance`. What it needs is loaded when it is called. */

import type { Provider, ProviderId, QuirkNameOf, Toggles, TogglesOf } from '../index.js'
import type { AppDescription } from './drivers/app.js'
import type { Driver } from './drivers/driver.js'
import type { ModuleClient } from './drivers/module.js'
import type { KnownFailure } from './runner/baseline.js'
import type { RunOptions } from './runner/run.js'
import type { Report } from './runner/verdict.js'

export type { AppDescription, Trigger } from './drivers/app.js'
export type { ClientEnvironment } from './drivers/driver.js'
export type { ModuleClient, ModuleSteps, StepInput } from './drivers/module.js'
export type { KnownFailure } from './runner/baseline.js'
export type { CaseResult, CheckResult, Level, Reference, Report, StepLog, Summary, Verdict } from './runner/verdict.js'

/** The client under test. */
export type ClientUnderTest =
  /** A program and its arguments, started once for each case. */
  | { readonly exec: readonly string[] }
  /** A file whose default export has the steps as async methods. */
  | { readonly module: string }
  /** The steps themselves. */
  | { readonly steps: ModuleClient }
  /** An application that already runs. */
  | { readonly app: AppDescription }

export interface ConformanceOptions<P extends ProviderId | Provider = ProviderId | Provider>
  extends Omit<RunOptions, 'driver' | 'expect' | 'provider' | 'quirks'> {
  /** A shipped provider's id, or one that you declared with `defineProvider`. */
  readonly provider: P
  /** By `provider/name`; what you leave out is as the provider has it. */
  readonly quirks?: TogglesOf<QuirkNameOf<P>>
  readonly client: ClientUnderTest
  /** Known failures, each with a reason. */
  readonly expect?: readonly KnownFailure[]
  /** Milliseconds that a step may take; 10,000 by default. */
  readonly timeout?: number
}

const driverOf = async (client: ClientUnderTest, timeout?: number): Promise<Driver> => {
  if ('exec' in client) return (await import('./drivers/exec.js')).execDriver(client.exec, timeout)
  if ('app' in client) return (await import('./drivers/app.js')).appDriverOf(client.app, [], timeout)
  if ('module' in client) return (await import('./drivers/moduleProcess.js')).moduleDriver(client.module, timeout)
  return (await import('./drivers/module.js')).clientDriver(client.steps, [], timeout)
}

/**
 * Plays a client through the situations that its provider can put it in, and gives a verdict with evidence.
 *
 * @throws Error when no case fits `only`, or the client's module cannot be loaded
 * @example
 * import { runConformance } from 'authdouble/conformance'
 *
 * const report = await runConformance({ provider: 'zettle', client: { exec: ['node', 'client.mjs'] } })
 * process.exitCode = report.exitCode
 */
export const runConformance = async <const P extends ProviderId | Provider>({
  client,
  timeout,
  quirks,
  ...options
}: ConformanceOptions<P>): Promise<Report> => {
  const { runConformance: run } = await import('./runner/run.js')
  return run({ ...options, ...(quirks ? { quirks: quirks as Toggles } : {}), driver: await driverOf(client, timeout) })
}
