/** One request of a flow: its parts can be changed, it is shown as it will be sent, and then as it was answered. */

import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { journal } from '../api/events.js'
import { curlOf } from '../api/lines.js'
import { hrefOf } from '../route.js'
import { useStore } from '../store.js'
import { Copy } from '../ui/copy.js'
import { bodyText } from '../ui/text.js'
import { type Draft, type Pair, wireOf, wireText } from './request.js'
import { type Came, send } from './send.js'

const changed = (pairs: readonly Pair[], at: number, pair: Pair): readonly Pair[] => pairs.map((one, i) => (i === at ? pair : one))

const Pairs = ({
  pairs,
  set,
  label,
}: {
  readonly pairs: readonly Pair[]
  readonly set: (pairs: readonly Pair[]) => void
  readonly label: string
}) => (
  <fieldset class="pairs">
    <legend class="hidden">{label}</legend>
    {pairs.map(([name, value], at) => (
      <div key={at} class="pair">
        <input
          aria-label={`${label}: name ${at + 1}`}
          value={name}
          spellcheck={false}
          onInput={(event) => set(changed(pairs, at, [event.currentTarget.value, value]))}
        />
        <input
          aria-label={`${label}: ${name || 'value'}`}
          value={value}
          spellcheck={false}
          placeholder="left out"
          onInput={(event) => set(changed(pairs, at, [name, event.currentTarget.value]))}
        />
      </div>
    ))}
    <button type="button" class="small plain" onClick={() => set([...pairs, ['', '']])}>
      + {label}
    </button>
  </fieldset>
)

const Answer = ({ came }: { readonly came: Came }) => {
  const entries = useStore(journal)
  const entry = entries.find(({ id }) => id === came.id)
  return (
    <div class="answer">
      <p>
        <b class={came.status < 400 ? 'good' : 'bad'}>{came.status}</b>{' '}
        {entry && (
          <>
            {entry.told} (<a href={hrefOf('live', { open: entry.id })}>{entry.id}</a>)
          </>
        )}
      </p>
      {came.body !== '' && !/^\s*<!doctype/i.test(came.body) && (
        <pre role="group" tabIndex={0} aria-label="Answer">
          {bodyText(came.body)}
        </pre>
      )}
    </div>
  )
}

export interface StepProps {
  readonly title: string
  readonly about: string
  readonly draft: Draft
  readonly came: (answer: Came) => void
  /** What is said about the answer. */
  readonly children?: ComponentChildren
  /** In place of showing the answer. */
  readonly quiet?: boolean
}

export const Step = ({ title, about, draft, came, children, quiet = false }: StepProps) => {
  const [edited, edit] = useState(draft)
  const [answer, set] = useState<Came | undefined>(undefined)
  const [problem, fail] = useState('')
  const [busy, work] = useState(false)
  const key = JSON.stringify(draft)
  useEffect(() => edit(draft), [key])
  const wire = wireOf(edited)
  const act = async (): Promise<void> => {
    work(true)
    fail('')
    try {
      const one = await send(wire)
      set(one)
      came(one)
    } catch {
      fail('Nothing came back: a fault may have lost the answer, or the browser may not read it. The journal knows more.')
    } finally {
      work(false)
    }
  }
  return (
    <li class="card step">
      <h2>{title}</h2>
      <p class="quiet">{about}</p>
      <details>
        <summary>Change it</summary>
        <Pairs label="Parameter" pairs={edited.params} set={(params) => edit({ ...edited, params })} />
        <Pairs label="Header" pairs={edited.headers} set={(headers) => edit({ ...edited, headers })} />
      </details>
      <pre role="group" tabIndex={0} aria-label={`Request: ${title}`}>
        {wireText(wire)}
      </pre>
      <div class="row wrap">
        <button type="button" class="main" disabled={busy} onClick={() => void act()}>
          {answer ? 'Send again' : 'Send'}
        </button>
        <Copy text={() => curlOf(wire)} label="Copy as curl" />
      </div>
      <div aria-live="polite">
        {problem !== '' && <p class="bad">{problem}</p>}
        {answer && !quiet && <Answer came={answer} />}
        {children}
      </div>
    </li>
  )
}
