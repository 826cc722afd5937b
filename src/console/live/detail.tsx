/** One exchange: what was sent, what was read, what was decided and why, and what was answered. */

import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { curlOf, literal } from '../api/lines.js'
import { nameOf, quirks, status } from '../api/status.js'
import { amend, hrefOf } from '../route.js'
import { useStore } from '../store.js'
import type { Entry } from '../types.js'
import { Copy } from '../ui/copy.js'
import { QuirkCard } from '../ui/quirk.js'
import { bodyText, dateOf, download, timeOf } from '../ui/text.js'
import { toneOf } from './list.js'
import { scheduleName, scheduleOf } from './schedule.js'
import { faultOf, testOf } from './turned.js'

const Part = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <section>
    <h3>{title}</h3>
    {children}
  </section>
)

const Facts = ({ pairs, label }: { readonly pairs: readonly (readonly [string, ComponentChildren])[]; readonly label: string }) =>
  pairs.length === 0 ? null : (
    <dl aria-label={label}>
      {pairs.map(([name, value], at) => (
        <div key={`${name} ${at}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )

const Body = ({ text, label }: { readonly text: string | undefined; readonly label: string }) =>
  text ? (
    <pre role="group" tabIndex={0} aria-label={label}>
      {bodyText(text)}
    </pre>
  ) : null

const Headers = ({ list, label }: { readonly list: Entry['request']['headers']; readonly label: string }) =>
  list.length === 0 ? null : (
    <details>
      <summary>{label}</summary>
      <Facts pairs={list} label={label} />
    </details>
  )

const Tokens = ({ entry }: { readonly entry: Entry }) => {
  const link = (id: string) => <a href={hrefOf('connections', { provider: entry.provider, token: id })}>{id}</a>
  const { presented, issued = [], ended = [] } = entry
  const pairs: (readonly [string, ComponentChildren])[] = []
  if (presented)
    pairs.push([
      'presented',
      <span key="p">
        {presented.kind.replaceAll('_', ' ')} {link(presented.id)}
      </span>,
    ])
  for (const { kind, id, expiresAt } of issued)
    pairs.push([
      'issued',
      <span key={id}>
        {kind.replaceAll('_', ' ')} {link(id)}
        {typeof expiresAt === 'number' ? `, until ${dateOf(expiresAt)} ${timeOf(expiresAt)}` : ''}
      </span>,
    ])
  for (const id of ended) pairs.push(['ended', link(id)])
  return <Facts pairs={pairs} label="Tokens" />
}

const Decided = ({ entry }: { readonly entry: Entry }) => {
  const pairs: (readonly [string, ComponentChildren])[] = [['outcome', entry.outcome]]
  if (entry.reason) pairs.push(['reason', <code key="r">{entry.reason}</code>])
  if (entry.clientId) pairs.push(['client', entry.clientId])
  if (entry.user) pairs.push(['user', entry.user])
  if (entry.authentication) pairs.push(['client authentication', entry.authentication])
  if (entry.fault) pairs.push(['fault', `${entry.fault.kind} (${entry.fault.id})`])
  return <Facts pairs={pairs} label="Decision" />
}

const Quirks = ({ entry }: { readonly entry: Entry }) => {
  const all = useStore(quirks)
  const bore = all.filter(({ provider, name }) => entry.quirks.includes(`${provider}/${name}`))
  return bore.length === 0 ? (
    <p class="quiet">None: a plain server would have done the same.</p>
  ) : (
    <ul class="quirks">
      {bore.map((quirk) => (
        <QuirkCard key={quirk.name} quirk={quirk} />
      ))}
    </ul>
  )
}

const origin = (): string => new URL(status.get()?.url ?? location.origin).origin

export const Detail = ({ entry }: { readonly entry: Entry }) => {
  const heading = useRef<HTMLHeadingElement>(null)
  // Before the exchange is painted: a key that is pressed as soon as it is seen is pressed in it.
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), [entry.id])
  const { request, response } = entry
  const curl = (): string =>
    curlOf({ method: request.method, url: `${origin()}${request.url}`, headers: request.headers, body: request.body })
  const fault = faultOf(entry)
  const schedule = scheduleOf(entry)
  return (
    <article class="detail" aria-label={`Exchange ${entry.id}`}>
      <div class="row wrap">
        <button type="button" class="small" onClick={() => amend({ open: undefined })}>
          <span aria-hidden="true">✕</span> Close
        </button>
        <span class="grow quiet">
          {entry.id} · {dateOf(entry.at)} {timeOf(entry.at)} UTC · {nameOf(entry.provider)}
        </span>
        <Copy text={() => location.href} label="Copy link" />
      </div>
      <h2 ref={heading} tabIndex={-1} class={toneOf(entry)}>
        {entry.told}
      </h2>
      <p>{entry.explained}</p>
      <div class="row wrap">
        <Copy text={curl} label="Copy as curl" />
        <Copy text={() => testOf(entry)} label="Copy as test" />
        <Copy text={() => JSON.stringify(entry, undefined, 2)} label="Copy as JSON" />
        {fault && (
          <a class="button small" href={hrefOf('act', { fault: JSON.stringify(fault) })}>
            Make a fault of it
          </a>
        )}
        {schedule && (
          <>
            <button type="button" class="small" onClick={() => download(scheduleName(entry), JSON.stringify(schedule, undefined, 2))}>
              Save as schedule
            </button>
            <Copy
              text={`authdouble conform --provider ${schedule.provider} --schedule ${scheduleName(entry)}`}
              label="Copy the command that plays it"
            />
          </>
        )}
      </div>
      <Part title="What was sent">
        <p class="wire">
          <b>{request.method}</b> {request.url}
        </p>
        <Body text={request.body} label="Request body" />
        <Headers list={request.headers} label={`${request.headers.length} request headers`} />
      </Part>
      <Part title="What was read">
        <Facts pairs={Object.entries(request.parameters)} label="Parameters" />
        {Object.keys(request.parameters).length === 0 && <p class="quiet">No parameters.</p>}
      </Part>
      <Part title="What was decided">
        <Decided entry={entry} />
        <Tokens entry={entry} />
      </Part>
      <Part title="Quirks that bore on it">
        <Quirks entry={entry} />
      </Part>
      <Part title="What was answered">
        <p class={`wire ${toneOf(entry)}`}>
          {response.status ?? 'Nothing'}
          {response.complete ? '' : ' — it did not arrive whole'}
        </p>
        <Body text={response.body} label="Response body" />
        <Headers list={response.headers} label={`${response.headers.length} response headers`} />
      </Part>
      <p class="quiet">
        In a test: <code>double.journal.get({literal(entry.id)})</code>
      </p>
    </article>
  )
}
