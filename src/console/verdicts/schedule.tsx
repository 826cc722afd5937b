/** Sequences that an exploration tried. What is in a step is shown as it is written: later versions may say more. */

import type { Schedule } from '../types.js'
import { Verdict } from './case.js'

const stepText = (step: unknown): string => (typeof step === 'string' ? step : JSON.stringify(step))

export const Schedules = ({ schedules }: { readonly schedules: readonly Schedule[] }) => (
  <section class="card">
    <h2>Sequences</h2>
    <ol class="plainlist">
      {schedules.map((one, at) => (
        <li key={at}>
          <details>
            <summary>
              {typeof one.verdict === 'string' && <Verdict verdict={one.verdict} />} {String(one.title ?? one.id ?? `Sequence ${at + 1}`)}
            </summary>
            <ol class="checks numbered">
              {(Array.isArray(one.steps) ? one.steps : []).map((step, place) => (
                <li key={place}>
                  <code>{stepText(step)}</code>
                </li>
              ))}
            </ol>
          </details>
        </li>
      ))}
    </ol>
  </section>
)
