/** Sequences of requests that broke a rule: what happened in each, and its file to play it again. */

import type { Schedule } from '../types.js'
import { Copy } from '../ui/copy.js'
import { download } from '../ui/text.js'

const grave: { readonly [consequence: string]: string } = { 'connection-lost': 'fail', 'secret-exposed': 'fail' }

const One = ({ one, provider, place }: { readonly one: Schedule; readonly provider: string; readonly place: number }) => {
  const { invariant = `sequence ${place + 1}`, consequence = '', seen = '', after, schedule } = one
  const story = Array.isArray(one.story) ? one.story : []
  const name = `${invariant.replace(/[^\w-]+/g, '-')}.json`
  return (
    <li>
      <details>
        <summary>
          {consequence !== '' && <span class={`verdict ${grave[consequence] ?? 'warn'}`}>{consequence.replaceAll('-', ' ')}</span>}{' '}
          {invariant} <span class="quiet">{seen}</span>
        </summary>
        <ol class="checks numbered">
          {story.map((line, at) => (
            <li key={at}>{String(line)}</li>
          ))}
        </ol>
        {after !== undefined && <p class="quiet">Met when {after} sequences had been made up.</p>}
        {schedule && (
          <p class="row wrap">
            <button type="button" class="small" onClick={() => download(name, JSON.stringify(schedule, undefined, 2))}>
              Save {name}
            </button>
            <Copy text={`authdouble conform --provider ${provider} --schedule ${name}`} label="Copy the command that plays it again" />
          </p>
        )}
      </details>
    </li>
  )
}

export const Schedules = ({ schedules, provider }: { readonly schedules: readonly Schedule[]; readonly provider: string }) => (
  <section class="card">
    <h2>Sequences that broke a rule</h2>
    <ol class="plainlist">
      {schedules.map((one, at) => (
        <One key={at} one={one} provider={provider} place={at} />
      ))}
    </ol>
  </section>
)
