/** Schedules that broke a rule: what happened in each, and its file to play it again; and what was searched. */

import type { Exploration, Schedule } from '../types.js'
import { Copy } from '../ui/copy.js'
import { download } from '../ui/text.js'

const grave: { readonly [consequence: string]: string } = { 'connection-lost': 'fail', 'secret-exposed': 'fail' }

const One = ({ one, provider, place }: { readonly one: Schedule; readonly provider: string; readonly place: number }) => {
  const { invariant = `schedule ${place + 1}`, consequence = '', seen = '', after, schedule } = one
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
        {after !== undefined && (
          <p class="quiet">
            Found after {after} {after === 1 ? 'schedule' : 'schedules'}.
          </p>
        )}
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
    <h2>Schedules that broke a rule</h2>
    <ol class="plainlist">
      {schedules.map((one, at) => (
        <One key={at} one={one} provider={provider} place={at} />
      ))}
    </ol>
  </section>
)

/** What a search met and what it did not. */
export const Searched = ({ exploration: { runs, met = [], unmet = [] } }: { readonly exploration: Partial<Exploration> }) => (
  <details class="card">
    <summary>
      What was searched: {runs} schedules, {met.length} situations met, {unmet.length} not met
    </summary>
    <table>
      <thead>
        <tr>
          {['request', 'fault', 'phase', 'step', 'times'].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {met.map(({ target, fault, phase, step, times }, at) => (
          <tr key={at}>
            {[target, fault, phase, step, times].map((cell, column) => (
              <td key={column}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    {unmet.length > 0 && <p class="quiet">Not met: {unmet.map(({ target, fault }) => `${target} ${fault}`).join(', ')}.</p>}
  </details>
)
