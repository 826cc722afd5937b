/** What crossed the wire in a case, as a sequence between client and provider. */

import type { CaseResult } from '../types.js'
import { bodyText } from '../ui/text.js'

type Exchange = CaseResult['exchanges'][number]

const askedOf = ({ request, grantType }: Exchange): string =>
  `${request.method} ${request.url.split('?', 1)[0]}${grantType ? ` (${grantType})` : ''}`

const answeredOf = ({ response, reason, fault }: Exchange): string =>
  [
    response.status === undefined ? 'nothing' : String(response.status),
    reason,
    fault ? `fault: ${fault.kind}` : undefined,
    response.complete ? undefined : 'not whole',
  ]
    .filter((part) => part !== undefined)
    .join(' · ')

const senderOf = ({ operation }: Exchange): string =>
  operation === 'authorize' || operation === 'end-session' || operation === 'portal' ? 'browser' : 'client'

const raw = ({ request, response }: Exchange): string =>
  [
    `${request.method} ${request.url}`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
    ...(request.body ? ['', bodyText(request.body)] : []),
    '',
    String(response.status ?? 'no answer'),
    ...response.headers.map(([name, value]) => `${name}: ${value}`),
    ...(response.body ? ['', bodyText(response.body)] : []),
  ].join('\n')

const One = ({
  exchange,
  evidence,
  step,
}: {
  readonly exchange: Exchange
  readonly evidence: boolean
  readonly step: string | undefined
}) => {
  const good =
    exchange.response.status !== undefined && exchange.response.status < 400 && exchange.outcome !== 'refused' && exchange.response.complete
  return (
    <li class={evidence ? 'wired evidence' : 'wired'}>
      <span class="who">{senderOf(exchange)}</span>
      <div class="arrows">
        <p class="to">
          <span class="hidden">sends </span>
          {askedOf(exchange)}
        </p>
        <p class={`from ${good ? 'good' : 'bad'}`}>
          <span class="hidden">gets </span>
          {answeredOf(exchange)}
        </p>
        <details>
          <summary>
            {exchange.id}
            {step === undefined ? '' : `, during ${step}`}
            {evidence ? ', evidence' : ''}
          </summary>
          <pre role="group" tabIndex={0} aria-label={`Exchange ${exchange.id}`}>
            {raw(exchange)}
          </pre>
        </details>
      </div>
      <span class="who">{exchange.provider ?? 'authdouble'}</span>
    </li>
  )
}

export const Sequence = ({ result }: { readonly result: CaseResult }) => {
  const evidence = new Set(result.checks.flatMap((check) => (check.verdict === 'fail' || check.verdict === 'warn' ? check.evidence : [])))
  const during = new Map(result.steps.flatMap(({ step, as, exchanges = [] }) => exchanges.map((id) => [id, as ?? step] as const)))
  return result.exchanges.length === 0 ? (
    <p class="quiet">Nothing crossed the wire.</p>
  ) : (
    <ol class="sequence">
      {result.exchanges.map((exchange) => (
        <One key={exchange.id} exchange={exchange} evidence={evidence.has(exchange.id)} step={during.get(exchange.id)} />
      ))}
    </ol>
  )
}
