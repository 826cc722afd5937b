/** One case: its checks, what crossed the wire, and how to run it alone. */

import type { CaseResult } from '../types.js'
import { Copy } from '../ui/copy.js'
import { Sequence } from './sequence.js'

export const signs: { readonly [verdict: string]: string } = {
  pass: '✓',
  fail: '✗',
  warn: '▲',
  'not-applicable': '–',
  'not-exercised': '?',
  error: '!',
}

export const Verdict = ({ verdict, known }: { readonly verdict: string; readonly known?: string | undefined }) => (
  <span class={`verdict ${known === undefined ? verdict : 'known'}`}>
    <span aria-hidden="true">{signs[verdict] ?? '?'}</span> {known === undefined ? verdict : 'known'}
  </span>
)

const Check = ({ check }: { readonly check: CaseResult['checks'][number] }) => {
  const bad = check.verdict !== 'pass' && check.verdict !== 'not-applicable'
  const { reference } = check
  return (
    <li class="check">
      <p>
        <Verdict verdict={check.verdict} known={check.known} /> <b>{check.title}</b>{' '}
        <span class="quiet">
          {check.id} · {check.level}
        </span>
      </p>
      {(bad || check.why !== undefined) && (
        <dl aria-label={`About ${check.id}`}>
          {check.seen !== undefined && (
            <div>
              <dt>seen</dt>
              <dd>{check.seen}</dd>
            </div>
          )}
          {check.why !== undefined && (
            <div>
              <dt>why</dt>
              <dd>{check.why}</dd>
            </div>
          )}
          <div>
            <dt>expected</dt>
            <dd>{check.expected}</dd>
          </div>
          <div>
            <dt>to mend it</dt>
            <dd>{check.fix}</dd>
          </div>
          <div>
            <dt>written in</dt>
            <dd>
              {reference.id}: {reference.text}
            </dd>
          </div>
          {check.known !== undefined && (
            <div>
              <dt>known</dt>
              <dd>{check.known}</dd>
            </div>
          )}
        </dl>
      )}
    </li>
  )
}

const Steps = ({ result }: { readonly result: CaseResult }) => (
  <details>
    <summary>{result.steps.length} steps of the runner</summary>
    <ol class="plainlist">
      {result.steps.map(({ step, as, state, took, error, note }, at) => (
        <li key={at}>
          <code>{as ?? step}</code> <span class={state === 'ok' ? 'good' : 'bad'}>{state}</span>{' '}
          <span class="quiet">
            {Math.round(took)} ms{error ? ` · ${error.code}: ${error.message}` : ''}
            {note ? ` · ${note}` : ''}
          </span>
        </li>
      ))}
    </ol>
  </details>
)

export const Case = ({
  result,
  open,
  toggle,
}: {
  readonly result: CaseResult
  readonly open: boolean
  readonly toggle: (open: boolean) => void
}) => (
  <li class="card case">
    <details open={open} onToggle={(event) => event.currentTarget.open !== open && toggle(event.currentTarget.open)}>
      <summary>
        <Verdict verdict={result.verdict} /> {result.title} <span class="quiet">{result.id}</span>
      </summary>
      {open && (
        <>
          <ul class="checks">
            {result.checks.map((check) => (
              <Check key={check.id} check={check} />
            ))}
          </ul>
          <h3>What crossed the wire</h3>
          <Sequence result={result} />
          <Steps result={result} />
          {result.stderr !== '' && (
            <details>
              <summary>stderr of the client</summary>
              <pre role="group" tabIndex={0} aria-label="stderr of the client">
                {result.stderr}
              </pre>
            </details>
          )}
          {result.end.how !== 'own' && <p class="bad">The client ended by {result.end.how.replace('-', ' ')}.</p>}
          <p class="row wrap">
            <span class="quiet">Run it alone:</span> <code class="grow">{result.reproduce}</code>{' '}
            <Copy text={result.reproduce} name="the command" />
          </p>
        </>
      )}
    </details>
  </li>
)
