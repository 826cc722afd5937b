/** Live: what crosses the wire, as it happens. */

import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { say } from '../api/actions.js'
import { get } from '../api/client.js'
import { forget, journal, link } from '../api/events.js'
import { providers, vocabulary } from '../api/status.js'
import { amend, route } from '../route.js'
import { useStore } from '../store.js'
import type { Entry } from '../types.js'
import { Do } from '../ui/do.js'
import { download } from '../ui/text.js'
import { Detail } from './detail.js'
import { type Filter, filterOf, shown } from './filter.js'
import { List } from './list.js'

interface Har {
  readonly log: { readonly entries: readonly { readonly _authdouble: { readonly id: string } }[] }
}

const saveHar = async (entries: readonly Entry[]): Promise<void> => {
  try {
    const har = await get<Har>('/journal?format=har')
    const wanted = new Set(entries.map(({ id }) => id))
    const chosen = har.log.entries.filter((one) => wanted.has(one._authdouble.id))
    download('authdouble.har', JSON.stringify({ log: { ...har.log, entries: chosen } }, undefined, 1))
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), true)
  }
}

const Choice = ({
  label,
  name,
  value,
  options,
}: {
  readonly label: string
  readonly name: string
  readonly value: string | undefined
  readonly options: readonly (readonly [string, string])[]
}) => (
  <label class="inline">
    <span class="hidden">{label}</span>
    <select value={value ?? ''} onChange={(event) => amend({ [name]: event.currentTarget.value })}>
      <option value="">{label}: all</option>
      {options.map(([id, shown]) => (
        <option key={id} value={id}>
          {shown}
        </option>
      ))}
    </select>
  </label>
)

const Filters = ({ filter, clients }: { readonly filter: Filter; readonly clients: readonly string[] }) => {
  const known = useStore(providers)
  const words = useStore(vocabulary)
  const active = Object.keys(filter).length > 0
  return (
    <search class="row wrap" aria-label="Filter">
      <input
        type="search"
        placeholder="Filter: words, an id, a reason, a status…"
        aria-label="Text"
        value={filter.q ?? ''}
        onInput={(event) => amend({ q: event.currentTarget.value }, true)}
      />
      <Choice label="Provider" name="provider" value={filter.provider} options={known.map(({ id, name }) => [id, name])} />
      <Choice label="Client" name="client" value={filter.client} options={clients.map((one) => [one, one])} />
      <Choice
        label="Outcome"
        name="outcome"
        value={filter.outcome}
        options={[...(words?.outcomes ?? []).map((one) => [one, one] as const), ['fault', 'met a fault'] as const]}
      />
      {active && (
        <button
          type="button"
          class="small"
          onClick={() => amend({ q: undefined, provider: undefined, client: undefined, outcome: undefined })}
        >
          Show all
        </button>
      )}
    </search>
  )
}

const clear = { title: 'Clear the journal', method: 'DELETE', path: '/journal', library: 'double.journal.clear()' }

const Empty = ({ filtered, all }: { readonly filtered: boolean; readonly all: number }) => (
  <div class="empty">
    {filtered ? (
      <p>None of the {all} exchanges fits this filter.</p>
    ) : (
      <>
        <p>Nothing has crossed the wire yet.</p>
        <p class="quiet">
          Point a client at a provider here, or go to <a href="#/providers">Providers</a> and try a flow: each exchange appears in this
          list.
        </p>
      </>
    )}
  </div>
)

const useFrozen = <T,>(value: T, frozen: boolean): T => {
  const [kept, keep] = useState(value)
  useEffect(() => {
    if (!frozen) keep(() => value)
  }, [value, frozen])
  return frozen ? kept : value
}

/** Escape closes what is open, wherever the keyboard is: a click on plain text leaves it nowhere. */
const useEscape = (open: boolean): void => {
  useLayoutEffect(() => {
    if (!open) return
    const pressed = (event: KeyboardEvent): void => {
      const { target } = event
      // In a field, the key is the field's own.
      const typing = target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
      if (event.key === 'Escape' && !event.defaultPrevented && !typing) amend({ open: undefined })
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [open])
}

export const Live = () => {
  const { params } = useStore(route)
  const every = useStore(journal)
  const state = useStore(link)
  const [paused, pause] = useState(false)
  const all = useFrozen(every, paused)
  const filter = filterOf(params)
  const entries = useMemo(() => shown(all, filter), [all, JSON.stringify(filter)])
  const clients = useMemo(() => [...new Set(all.flatMap(({ clientId }) => (clientId ? [clientId] : [])))].slice(0, 200), [all])
  const open = params['open']
  const entry = open === undefined ? undefined : every.find(({ id }) => id === open)
  useEscape(open !== undefined)
  return (
    <div class={entry ? 'split live opened' : 'split live'}>
      <section class="left" aria-label="Exchanges">
        <Filters filter={filter} clients={clients} />
        <div class="row wrap bar">
          <span class="quiet grow" aria-live="polite">
            {entries.length === all.length ? `${all.length} exchanges` : `${entries.length} of ${all.length} exchanges`}
            {paused && every.length > all.length ? `, ${every.length - all.length} more since you paused` : ''}
          </span>
          <button type="button" class="small" aria-pressed={paused} onClick={() => pause(!paused)}>
            {paused ? 'Go on' : 'Pause'}
          </button>
          <button type="button" class="small" disabled={entries.length === 0} onClick={() => void saveHar(entries)}>
            Save HAR
          </button>
          <Do kind="small" action={clear} then={forget} disabled={every.length === 0}>
            Clear
          </Do>
        </div>
        {entries.length > 0 ? (
          <List entries={entries} open={open} />
        ) : state === 'connecting' ? (
          <p class="empty quiet">Reading the journal…</p>
        ) : (
          <Empty filtered={all.length > 0} all={all.length} />
        )}
      </section>
      {entry && <Detail entry={entry} />}
      {open !== undefined && !entry && state === 'live' && (
        <p class="detail quiet">
          {open} is not in the journal any more. <a href="#/live">Back to the list</a>
        </p>
      )}
    </div>
  )
}
