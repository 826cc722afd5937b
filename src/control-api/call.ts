/** A call of the control API, and what a resource is: a table from method and path to what is done. */

import type Koa from 'koa'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { SandboxRegistry } from '../sandbox/sandboxRegistry.js'
import type { Members } from './check.js'
import { invalid, isObject, needed, notFound, text } from './check.js'

export interface ControlOptions {
  readonly registry: SandboxRegistry
  /** Show secrets in the journal instead of their fingerprints. */
  readonly reveal: boolean
  /** Asked for as a bearer token. */
  readonly adminToken?: string | undefined
  /** Host names, besides the machine's own, under which calls are answered. */
  readonly allowedHosts: readonly string[]
  /** How the server names itself, where somebody has said so. */
  readonly baseUrl?: string | undefined
}

export interface Call extends ControlOptions {
  readonly sandbox: Sandbox
  /** A parameter of the path. */
  readonly part: (name: string) => string
  readonly query: { readonly [name: string]: string | string[] | undefined }
  /** Parsed JSON; undefined when none came. */
  readonly body: unknown
  readonly context: Koa.Context
}

/** What is answered: 200 with a value, 201 with what was made, 204 with nothing. `streaming` answers by itself. */
export type Reply = { readonly status: 200 | 201; readonly value: unknown } | { readonly status: 204 } | 'streaming'

/** `GET /clock` and the like. Paths that are more exact stand before those that are less. */
export interface Resource {
  readonly [methodAndPath: string]: (call: Call) => Reply | Promise<Reply>
}

export const ok = (value: unknown): Reply => ({ status: 200, value })
export const created = (value: unknown): Reply => ({ status: 201, value })
export const noContent: Reply = { status: 204 }

/** The provider that the path names. @throws ControlError 404 */
export const instanceAt = ({ sandbox }: Call, id: string): ProviderInstance => {
  const instance = sandbox.instances.get(id)
  if (!instance) throw notFound(`there is no provider ${id} here`)
  return instance
}

/** The provider that a member or parameter names, where it names one. @throws ControlError 400 */
export const requestedInstance = ({ sandbox }: Call, said: Members): ProviderInstance | undefined => {
  const id = text(said, 'provider')
  if (id === undefined) return undefined
  const instance = sandbox.instances.get(id)
  if (!instance) throw invalid(`there is no provider ${id} here: there are ${[...sandbox.instances.keys()].join(', ')}`, 'provider')
  return instance
}

/** All providers, or the one that was named. */
export const requestedInstances = (call: Call, said: Members): readonly ProviderInstance[] => {
  const instance = requestedInstance(call, said)
  return instance ? [instance] : [...call.sandbox.instances.values()]
}

/**
 * The provider that a body names, and the rest of the body: what it holds is checked by what it is handed to, since the library takes
 * the same. @throws ControlError
 */
export const ofProvider = <T>(call: Call): { readonly instance: ProviderInstance; readonly options: T } => {
  if (call.body !== undefined && !isObject(call.body)) throw invalid('the body is a JSON object')
  const { provider, ...options } = (call.body ?? {}) as Members
  return { instance: needed(requestedInstance(call, { provider }), 'provider'), options: options as T }
}
