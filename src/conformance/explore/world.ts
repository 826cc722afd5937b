/** The world of one schedule: one provider in a sandbox of its own, one client, two browsers, and time that moves when it is told to. */

import type { Double, JournalEntry, ProviderAddress } from '../../index.js'
import type { Profile } from '../runner/profile.js'
import type { PlayedStep } from '../runner/step.js'
import type { Client, Which } from './client.js'
import type { Recorder } from './recorder.js'
import type { Act, Customer } from './schedule.js'
import type { TroubleName } from './troubles.js'

/** What the parts of a world share. */
export interface World {
  readonly double: Double
  readonly profile: Profile
  readonly address: ProviderAddress
  readonly client: Client
  readonly recorder: Recorder
  /** What crossed the wire so far: each exchange is the same object whenever it is looked at. */
  readonly entries: readonly JournalEntry[]
  /** Ids of the customers, as the provider knows them. */
  readonly users: readonly string[]
  /** Somebody whose code may come where it does not belong. */
  readonly stranger: string | undefined
  /** Milliseconds that a step may take. */
  readonly limit: number
  /** Which trouble each fault of the sandbox is. */
  readonly troubles: Map<string, TroubleName>
  /** Makes a request of the search itself, which is nobody's traffic. */
  readonly unseen: <T>(work: () => Promise<T>) => Promise<T>
  /** Where each browser is on its way. */
  readonly browsers: Map<'a' | 'b', Journey>
  /** How far the client's clock is wrong, in seconds. */
  skew: number
}

interface Journey {
  /** Where it landed. */
  readonly url: string
  readonly done: boolean
}

const names = ['the first customer', 'the second customer'] as const

export const entriesOf = ({ entries }: World): readonly JournalEntry[] => entries

export const whichOf = (act: Act): Which => ('second' in act && act.second ? 1 : 0)

/** Whether there are several customers whom the client keeps apart. */
export const severalCustomers = ({ client, users }: World): boolean => client.can('customers') && users.length > 1

/** The customer of a turn, for clients that keep several apart. */
export const userOf = (world: World, customer: Customer = 0): { readonly user?: string } => {
  const user = severalCustomers(world) ? world.users[customer] : undefined
  return user === undefined ? {} : { user }
}

export const customerOf = (act: Act): Customer => ('customer' in act ? (act.customer ?? 0) : 0)

export const asOf = (world: World, act: Act, step: string): string => {
  const whose = severalCustomers(world) && customerOf(act) === 1 ? ` for ${names[1]}` : ''
  return `${step}${whose}${whichOf(act) === 1 ? ' in the second process' : ''}`
}

/** Moves the provider's clock, and the client's where that can be done. */
export const advance = async (world: World, seconds: number): Promise<void> => {
  world.double.clock.advance(Math.max(0, Math.round(seconds)))
  await world.client.setClock(world.double.clock.now() + world.skew)
}

/** Asks the client for a step of an act, and writes it down. */
export const ask = (
  world: World,
  act: Act,
  step: string,
  more: { readonly url?: string; readonly session?: string } = {},
  as = step,
): Promise<PlayedStep> => {
  const asked = { ...userOf(world, customerOf(act)), ...more }
  return world.recorder.step(
    step,
    asOf(world, act, as),
    () => (world.client.can(step) ? world.client.ask(whichOf(act), { step, ...asked }) : Promise.resolve({ state: 'unsupported' })),
    asked,
  )
}
