/** The exchanges, one line each: only the lines in sight exist, so that thousands cost no more than dozens. */

import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { nameOf } from '../api/status.js'
import { hrefOf, route } from '../route.js'
import type { Entry } from '../types.js'
import { timeOf } from '../ui/text.js'

/** Lines beyond those in sight, above and below. */
const beyond = 8

export const toneOf = (entry: Entry): 'good' | 'bad' | 'warn' | 'quiet' => {
  if (entry.outcome === 'refused' || entry.outcome === 'unknown') return 'bad'
  if (entry.fault) return 'warn'
  return entry.outcome === 'asked' ? 'quiet' : 'good'
}

const Line = ({
  entry,
  open,
  focus,
  place,
  of,
}: {
  readonly entry: Entry
  readonly open: boolean
  readonly focus: boolean
  readonly place: number
  readonly of: number
}) => (
  <li
    class={`exchange ${toneOf(entry)}`}
    aria-setsize={of}
    aria-posinset={place + 1}
    style={{ transform: `translateY(calc(${place} * var(--line-height)))` }}
  >
    <a
      href={hrefOf('live', { ...route.get().params, open: entry.id })}
      tabIndex={focus ? 0 : -1}
      data-place={place}
      aria-current={open ? 'true' : undefined}
    >
      <span class="when">{timeOf(entry.at)}</span>
      <span class="id">{entry.id}</span>
      <span class="who">{nameOf(entry.provider)}</span>
      <span class="told">{entry.told}</span>
      <span class="status">{entry.response.status ?? '×'}</span>
      <span class="took">{entry.took < 10 ? entry.took.toFixed(1) : entry.took.toFixed(0)} ms</span>
    </a>
  </li>
)

export const List = ({ entries, open }: { readonly entries: readonly Entry[]; readonly open: string | undefined }) => {
  const frame = useRef<HTMLDivElement>(null)
  const [view, look] = useState({ top: 0, height: 600, line: 32 })
  const [focus, setFocus] = useState(0)
  const first = useRef<string | undefined>(undefined)
  // A line that was drawn before and says the same is not looked into again.
  const drawn = useRef<ReadonlyMap<string, JSX.Element>>(new Map())
  const measure = (): void => {
    const { current } = frame
    if (!current) return
    const line = Number.parseFloat(getComputedStyle(current).getPropertyValue('--line-height')) || 32
    look({ top: current.scrollTop, height: current.clientHeight, line })
  }
  // Asks for the place alone: anything more would lay the page out anew with each step.
  const scrolled = (event: { readonly currentTarget: HTMLElement }): void => {
    const top = event.currentTarget.scrollTop
    look((was) => (Math.floor(was.top / was.line) === Math.floor(top / was.line) ? was : { ...was, top }))
  }
  useLayoutEffect(() => {
    measure()
    const { current } = frame
    if (!current) return
    const watch = new ResizeObserver(measure)
    watch.observe(current)
    return () => watch.disconnect()
  }, [])
  // Who reads further down keeps the place when new lines come in above.
  useLayoutEffect(() => {
    const { current } = frame
    const before = first.current
    first.current = entries[0]?.id
    if (!current || before === undefined || current.scrollTop < view.line) return
    const added = entries.findIndex(({ id }) => id === before)
    if (added > 0) current.scrollTop += added * view.line
  }, [entries])
  const opened = useRef(open)
  useEffect(() => {
    const left = open ?? opened.current
    opened.current = open
    const at = left === undefined ? -1 : entries.findIndex(({ id }) => id === left)
    if (at < 0) return
    setFocus(at)
    // Who closes an exchange goes on at its line: the keyboard would stand nowhere otherwise.
    const { activeElement, body } = document
    if (open === undefined && (activeElement === null || activeElement === body || activeElement.id === 'main')) move(at)
  }, [open])
  const move = (to: number): void => {
    const { current } = frame
    const place = Math.max(0, Math.min(entries.length - 1, to))
    setFocus(place)
    if (!current) return
    const top = place * view.line
    if (top < current.scrollTop) current.scrollTop = top
    else if (top + view.line > current.scrollTop + current.clientHeight) current.scrollTop = top + view.line - current.clientHeight
    requestAnimationFrame(() => current.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus({ preventScroll: true }))
  }
  const keys = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(view.height / view.line) - 1)
    const steps: { readonly [key: string]: number } = {
      ArrowDown: focus + 1,
      ArrowUp: focus - 1,
      PageDown: focus + page,
      PageUp: focus - page,
      Home: 0,
      End: entries.length - 1,
    }
    const to = steps[event.key]
    if (to === undefined) return
    event.preventDefault()
    move(to)
  }
  const from = Math.max(0, Math.floor(view.top / view.line) - beyond)
  const to = Math.min(entries.length, Math.ceil((view.top + view.height) / view.line) + beyond)
  // The one line that the keyboard stops at must exist, also where it is scrolled out of sight.
  const stop = focus >= from && focus < to ? focus : from
  const next = new Map<string, JSX.Element>()
  const shared = JSON.stringify(route.get().params)
  const line = (entry: Entry, place: number): JSX.Element => {
    const focused = place === stop
    const key = [entry.id, place, entries.length, focused, shared].join(' ')
    const made = drawn.current.get(key) ?? (
      <Line key={entry.id} entry={entry} open={entry.id === open} focus={focused} place={place} of={entries.length} />
    )
    next.set(key, made)
    return made
  }
  useLayoutEffect(() => {
    drawn.current = next
  })
  return (
    <div class="list" role="group" ref={frame} onScroll={scrolled} onKeyDown={keys}>
      <ul aria-label="Exchanges, newest first" style={{ height: `calc(${entries.length} * var(--line-height))` }}>
        {entries.slice(from, to).map((entry, at) => line(entry, from + at))}
      </ul>
    </div>
  )
}
