/** Verdicts: reports of conformance runs, dropped here, loaded, or followed while they run in a terminal. */

import { useState } from 'preact/hooks'
import { say } from '../api/actions.js'
import { amend, route } from '../route.js'
import { useStore } from '../store.js'
import type { Report } from '../types.js'
import { Check } from '../ui/field.js'
import { Case, Verdict } from './case.js'
import { useRuns } from './follow.js'
import { closeReport, type Opened, opened, openReport } from './reports.js'
import { Schedules, Searched } from './schedule.js'

const take = async (files: Iterable<File>): Promise<void> => {
  for (const file of files) {
    try {
      amend({ report: openReport(file.name, await file.text()) })
    } catch (error) {
      say(`${file.name}: ${error instanceof Error ? error.message : String(error)}`, true)
    }
  }
}

const Drop = () => {
  const [over, hover] = useState(false)
  return (
    <section
      aria-label="Open reports"
      class={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        hover(true)
      }}
      onDragLeave={() => hover(false)}
      onDrop={(event) => {
        event.preventDefault()
        hover(false)
        void take(event.dataTransfer?.files ?? [])
      }}
    >
      <p>
        Drop reports here, or{' '}
        <label class="button small">
          choose files
          <input
            type="file"
            class="hidden"
            multiple
            accept="application/json,.json"
            onChange={(event) => {
              void take([...(event.currentTarget.files ?? [])])
              event.currentTarget.value = ''
            }}
          />
        </label>
      </p>
      <p class="quiet">
        <code>authdouble conform --provider … --report json=report.json</code> writes one; with <code>--ui</code> a run is followed here
        while it goes on.
      </p>
    </section>
  )
}

const counts = (report: Report): readonly (readonly [string, number])[] => {
  const all = report.cases.flatMap(({ checks }) => checks)
  return ['fail', 'error', 'warn', 'not-exercised', 'pass', 'not-applicable', 'known'].flatMap((verdict) => {
    const count = all.filter((check) => (check.known === undefined ? check.verdict : 'known') === verdict).length
    return count > 0 ? [[verdict, count] as const] : []
  })
}

const Shown = ({ one: { id, report, name } }: { readonly one: Opened }) => {
  const { params } = useStore(route)
  const [findings, only] = useState(false)
  const { run, cases, schedules = [], stale, exploration } = report
  const shown = findings ? cases.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable') : cases
  const going = 'running' in report && report.running === true
  return (
    <>
      <section class="card">
        <div class="row wrap">
          <h2 class="grow">
            <bdi>{run.client}</bdi> at {run.provider || 'its provider'}
          </h2>
          <span class={`chip ${report.outcome}`}>
            {going
              ? exploration
                ? `running, ${exploration.runs} schedules so far`
                : `running, ${cases.length} cases so far`
              : report.outcome}
          </span>
          <button type="button" class="small" onClick={() => closeReport(id)}>
            Close
          </button>
        </div>
        <p class="quiet">
          {name} {run.started && `· ${run.started}`}
        </p>
        <p class="row wrap" role={going ? 'status' : undefined}>
          {counts(report).map(([verdict, count]) => (
            <span key={verdict}>
              {count} <Verdict verdict={verdict === 'known' ? 'warn' : verdict} known={verdict === 'known' ? '' : undefined} />
            </span>
          ))}
        </p>
        {stale.length > 0 && <p class="warn">{stale.length} entries of the baseline did not come true.</p>}
        <Check label="Only cases with findings" value={findings} set={only} />
      </section>
      {schedules.length > 0 && <Schedules schedules={schedules} provider={run.provider} />}
      {exploration && <Searched exploration={exploration} />}
      <ul class="cards">
        {shown.map((result) => (
          <Case
            key={result.id}
            result={result}
            open={params['case'] === result.id}
            toggle={(open) => {
              if (open || params['case'] === result.id) amend({ case: open ? result.id : undefined }, true)
            }}
          />
        ))}
      </ul>
    </>
  )
}

export const Verdicts = () => {
  const { params } = useStore(route)
  const files = useStore(opened)
  const runs = useRuns()
  const all = [...runs, ...files]
  const chosen = all.find(({ id }) => id === params['report']) ?? all[all.length - 1]
  return (
    <div class="page cards">
      <Drop />
      {all.length > 1 && (
        <nav class="row wrap choose" aria-label="Reports">
          {all.map(({ id, name, report }) => (
            <button key={id} type="button" aria-pressed={id === chosen?.id} onClick={() => amend({ report: id, case: undefined })}>
              {report.run.client} at {report.run.provider} <span class="quiet">{name}</span>
            </button>
          ))}
        </nav>
      )}
      {chosen && <Shown key={chosen.id} one={chosen} />}
    </div>
  )
}
