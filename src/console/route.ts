/** What is shown is in the address, so that a link shows a colleague the same: `#/live?provider=zettle&open=r41`. */

import { createStore } from './store.js'

export const panels = ['live', 'connections', 'providers', 'act', 'verdicts'] as const

export type Panel = (typeof panels)[number]

export interface Route {
  readonly panel: Panel
  readonly params: { readonly [name: string]: string }
}

export const parseRoute = (hash: string): Route => {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  return { panel: panels.find((one) => one === path) ?? 'live', params: Object.fromEntries(new URLSearchParams(query)) }
}

export const hrefOf = (panel: Panel, params: { readonly [name: string]: string | undefined } = {}): string => {
  const said = Object.entries(params).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
  const query = new URLSearchParams(said).toString()
  return `#/${panel}${query === '' ? '' : `?${query}`}`
}

export const route = createStore<Route>({ panel: 'live', params: {} })

/** Changes some parameters of the panel that is shown; those set to nothing go. */
export const amend = (params: { readonly [name: string]: string | undefined }, replace = false): void => {
  const now = route.get()
  const href = hrefOf(now.panel, { ...now.params, ...params })
  if (replace) history.replaceState(null, '', href)
  else history.pushState(null, '', href)
  route.set(parseRoute(location.hash))
}

export const followAddress = (): void => {
  const read = (): void => route.set(parseRoute(location.hash))
  addEventListener('hashchange', read)
  addEventListener('popstate', read)
  read()
}
