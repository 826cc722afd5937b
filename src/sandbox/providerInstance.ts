/** One provider in one sandbox: its settled settings, its paths and its keys. */

import { placesInPath } from '../http/places.js'
import type { KeyStorage, ProviderKeys } from '../http/providerKeys.js'
import { createProviderKeys } from '../http/providerKeys.js'
import { isServed } from '../protocol/metadata.js'
import type { SigningKey } from '../protocol/records.js'
import type { Provider } from '../provider/define.js'
import type { Toggle, Toggles } from '../provider/quirk.js'
import { currentName, quirksOf, settle, withCurrentNames } from '../provider/quirk.js'
import type { Endpoint, Settings } from '../provider/settings.js'
import type { Store } from '../store/store.js'
import type { Mints } from './mint.js'

export interface Route {
  readonly name: string
  readonly endpoint: Endpoint
}

export interface ProviderInstance {
  readonly provider: Provider
  readonly settings: () => Settings
  readonly toggles: () => Toggles
  /** @throws Error that names the quirk; nothing changes then. */
  readonly setToggle: (name: string, toggle: Toggle | undefined) => void
  readonly setToggles: (toggles: Toggles) => void
  /** The endpoints at a path, one for each method they differ in. */
  readonly routes: (path: string) => readonly Route[]
  /** Names of the quirks that decide settings at these paths. */
  readonly quirksAt: (paths: readonly string[]) => readonly string[]
  readonly keys: ProviderKeys
  /** Goes on with another declaration of the same provider; toggles of quirks that it lacks are forgotten. */
  readonly redeclare: (provider: Provider) => void
}

const routesOf = (settings: Settings): ReadonlyMap<string, readonly Route[]> => {
  const routes = new Map<string, Route[]>()
  for (const [name, endpoint] of Object.entries(settings.endpoints)) {
    if (isServed(settings, endpoint)) routes.set(endpoint.path, [...(routes.get(endpoint.path) ?? []), { name, endpoint }])
  }
  return routes
}

const none: readonly Route[] = []

/** Routes whose path has a `{name}` in it. */
const placed = (routes: ReadonlyMap<string, readonly Route[]>, path: string): readonly Route[] => {
  for (const [template, found] of routes) if (template.includes('{') && (template === path || placesInPath(template, path))) return found
  return none
}

/** Settled settings are shared by all sandboxes with the same toggles: settling walks the whole declaration. */
const settled = new WeakMap<
  Provider,
  Map<string, { readonly settings: Settings; readonly routes: ReadonlyMap<string, readonly Route[]> }>
>()

const settledOnce = (provider: Provider, toggles: Toggles) => {
  let known = settled.get(provider)
  if (!known) {
    known = new Map()
    settled.set(provider, known)
  }
  const key = JSON.stringify(Object.entries(toggles).sort(([a], [b]) => (a < b ? -1 : 1)))
  let one = known.get(key)
  if (!one) {
    const settings = settle<Settings>(provider.settings, toggles)
    one = { settings, routes: routesOf(settings) }
    // Toggles may take any number: the memory of them is bounded.
    if (known.size > 200) known.clear()
    known.set(key, one)
  }
  return one
}

const paths = new WeakMap<Provider, ReadonlyMap<string, string>>()
const quirkPaths = (provider: Provider): ReadonlyMap<string, string> => {
  let known = paths.get(provider)
  if (!known) {
    known = new Map(quirksOf(provider.settings).flatMap((placed) => placed.paths.map((path) => [path, placed.quirk.name] as const)))
    paths.set(provider, known)
  }
  return known
}

/** @param base where the provider is reached, without a slash at the end */
const told = new Set<string>()

/** Toggles by the names of now; whoever uses an older one is told so once. */
const renamed = ({ id, settings }: Provider, toggles: Toggles): Toggles => {
  const current = withCurrentNames(settings, toggles)
  if (current === toggles) return toggles
  for (const name of Object.keys(toggles)) {
    const now = currentName(settings, name)
    if (now === name || told.has(`${id}/${name}`)) continue
    told.add(`${id}/${name}`)
    process.emitWarning(`the quirk ${id}/${name} is named ${id}/${now} now`, 'DeprecationWarning')
  }
  return current
}

export const createProviderInstance = (
  declared: Provider,
  store: Store,
  mints: Mints,
  given: Toggles,
  base: () => string,
): ProviderInstance => {
  let provider = declared
  const toggles = renamed(provider, given)
  let current = toggles
  // Settling walks the whole declaration: it waits for the first request, unless there is a toggle that may be wrong.
  let known = Object.keys(toggles).length > 0 ? settledOnce(provider, toggles) : undefined
  const now = (): ReturnType<typeof settledOnce> => {
    known ??= settledOnce(provider, current)
    return known
  }
  /** A provider that has no real host issues under the name by which it is reached. */
  let named: { readonly base: string; readonly from: Settings; readonly settings: Settings } | undefined
  const settings = (): Settings => {
    const { settings: from } = now()
    if (!from.issuer.includes('{base}')) return from
    const reached = base()
    if (named?.base !== reached || named.from !== from)
      named = { base: reached, from, settings: { ...from, issuer: from.issuer.replace('{base}', reached) } }
    return named.settings
  }
  const apply = (next: Toggles): void => {
    const named = renamed(provider, next)
    known = settledOnce(provider, named)
    current = named
  }
  const table: KeyStorage = {
    load: async () => store.transact(provider.id, (tx) => tx.get('signingKey', 'current')),
    save: async (key, replace) =>
      store.transact(provider.id, (tx): SigningKey => {
        const there = tx.get('signingKey', 'current')
        if (there && !replace) return there
        tx.put('signingKey', 'current', key)
        return key
      }),
    newKid: () => {
      const { kid } = now().settings.signing
      return mints.take().mint(kid.kind === 'opaque' ? kid.pattern : '{hex32}')
    },
  }
  const keys = createProviderKeys(table, () => now().settings.signing.algorithms)
  return {
    get provider() {
      return provider
    },
    redeclare: (next) => {
      const names = quirksOf(next.settings).map(({ quirk }) => quirk.name)
      const kept = Object.fromEntries(Object.entries(current).filter(([name]) => names.includes(name)))
      const fresh = settledOnce(next, kept)
      provider = next
      known = fresh
      current = kept
    },
    settings,
    toggles: () => current,
    setToggle: (name, toggle) => {
      const { [currentName(provider.settings, name)]: _, ...rest } = current
      apply(toggle === undefined ? rest : { ...rest, [name]: toggle })
    },
    setToggles: apply,
    routes: (path) => now().routes.get(path) ?? placed(now().routes, path),
    quirksAt: (where) => {
      const known = quirkPaths(provider)
      const names = new Set<string>()
      for (const path of where) {
        const direct = known.get(path)
        if (direct !== undefined) names.add(direct)
        else for (const [one, name] of known) if (one.startsWith(`${path}.`) || path.startsWith(`${one}.`)) names.add(name)
      }
      return [...names].map((name) => `${provider.id}/${name}`)
    },
    keys,
  }
}
