/** The frame around the panels: which sandbox, what time, whether the server is there. */

import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { Act } from './act/panel.js'
import { base, locked } from './api/client.js'
import { follow, link, reconcile } from './api/events.js'
import { load, status, useNow, watchStatus } from './api/status.js'
import { Connections } from './connections/panel.js'
import { Live } from './live/panel.js'
import { Providers } from './providers/panel.js'
import { hrefOf, type Panel, panels, route } from './route.js'
import { useStore } from './store.js'
import { LessonBar } from './ui/lesson.js'
import { dateOf, lengthText, timeOf } from './ui/text.js'
import { ThemeButton } from './ui/theme.js'
import { Unlock } from './unlock.js'
import { Verdicts } from './verdicts/panel.js'

const shows: { readonly [P in Panel]: { readonly title: string; readonly panel: ComponentType } } = {
  live: { title: 'Live', panel: Live },
  connections: { title: 'Connections', panel: Connections },
  providers: { title: 'Providers', panel: Providers },
  act: { title: 'Make it happen', panel: Act },
  verdicts: { title: 'Verdicts', panel: Verdicts },
}

const words = { live: 'live', connecting: 'connecting…', lost: 'connection lost' } as const

const Clock = () => {
  const now = useNow()
  const clock = useStore(status)?.clock
  if (!clock) return null
  const moved = Math.abs(clock.offset) > 2 ? ` ${clock.offset > 0 ? '+' : '−'}${lengthText(clock.offset)}` : ''
  return (
    <a class="clock" href={hrefOf('act')} title="The sandbox’s clock, UTC">
      <span class="hidden">The sandbox’s clock: </span>
      <span class="quiet date">{dateOf(now)} </span>
      {timeOf(now)}
      <span class="quiet">{clock.frozen ? ' frozen' : moved}</span>
    </a>
  )
}

const Head = () => {
  const here = useStore(status)
  const state = useStore(link)
  return (
    <header class="head">
      <a class="brand" href="#/live">
        authdouble
      </a>
      <a class="chip" href={hrefOf('act', { show: 'sandboxes' })}>
        <span class="hidden">Sandbox: </span>
        {here?.name ?? base.replace('/~', '')}
      </a>
      <span class="grow" />
      <Clock />
      <span class={`link ${state}`} role="status">
        {words[state]}
      </span>
      <ThemeButton />
    </header>
  )
}

const Tabs = ({ panel }: { readonly panel: Panel }) => (
  <nav aria-label="Panels" class="tabs">
    {panels.map((one) => (
      <a key={one} href={hrefOf(one)} aria-current={one === panel ? 'page' : undefined}>
        {shows[one].title}
      </a>
    ))}
  </nav>
)

const Lost = () => {
  const state = useStore(link)
  return state === 'lost' ? (
    <p class="banner bad" role="alert">
      The server does not answer. What you see is how it was; the console comes back by itself when the server does.
    </p>
  ) : null
}

export const App = () => {
  const { panel } = useStore(route)
  const lock = useStore(locked)
  const here = useStore(status)
  const state = useStore(link)
  const { title, panel: Shown } = shows[panel]
  useEffect(() => {
    if (lock !== 'no') return
    void load()
    const stops = [follow(), watchStatus()]
    return () => {
      for (const stop of stops) stop()
    }
  }, [lock])
  // The server may be another one by now.
  useEffect(() => {
    if (state === 'live') void load()
  }, [state])
  useEffect(() => {
    document.title = `${title} · ${here && here.name !== 'default' ? `${here.name} · ` : ''}authdouble`
  }, [title, here?.name])
  useEffect(() => {
    if (here) void reconcile(here.counts.journal)
  }, [here])
  if (lock !== 'no') return <Unlock wrong={lock === 'wrong'} />
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        To the content
      </button>
      <Head />
      <Tabs panel={panel} />
      <Lost />
      <main id="main" tabIndex={-1}>
        <h1 class="hidden">{title}</h1>
        <Shown />
      </main>
      <LessonBar />
    </>
  )
}
