/** From what a judge found to a verdict: the rules that keep a check from passing without having been put to the test. Pure. */

import type { Check, Finding, Findings, Played } from './case.js'
import { plainCase } from './case.js'
import type { CheckResult, ClientEnd, Verdict } from './verdict.js'
import { unmet, worst } from './verdict.js'

/** What is known beside the case itself. */
export interface Circumstances {
  readonly end: ClientEnd
  /** The same client passed the plain case at this provider; null: nobody asked it to (recorded traffic). */
  readonly plain: boolean | null
}

export const endInWords = ({ how, code, signal }: ClientEnd): string => {
  switch (how) {
    case 'own':
      return 'the client ended by itself'
    case 'early':
      return 'the client ended its process with exit code 0 before it was told to'
    case 'exit-code':
      return `the client ended with exit code ${code}`
    case 'signal':
      return `the client was ended by ${signal}`
    case 'timeout':
      return 'the client had to be stopped: it did not answer, or not in the protocol'
    default:
      return 'the client never answered hello'
  }
}

/** What a client does not do, or does not get back to, tells nothing when it never gets anywhere. */
const notPlain = `this client does not pass ${plainCase.topic}/${plainCase.name}, on which this rests`

/** Why something that looks kept does not count as kept; undefined when it does. */
const doubt = (check: Check, finding: Finding & { readonly is: 'met' }, { end, plain }: Circumstances): string | undefined => {
  if (end.how === 'never-started' || end.how === 'signal' || end.how === 'timeout') return endInWords(end)
  if (check.forbids !== true) return undefined
  if (finding.evidence.length === 0) return 'nothing shows that the client got into the situation'
  if (plain === false) return notPlain
  return end.how === 'exit-code' || end.how === 'early'
    ? `${endInWords(end)}, so that it may have broken down instead of refusing`
    : undefined
}

const because = (check: Check, verdict: Verdict, why: string, evidence: readonly string[] = []): CheckResult => ({
  ...definition(check),
  verdict,
  why,
  evidence,
})

/** Without what only the rules need. */
const definition = ({ id, title, level, consequence, reference, expected, fix }: Check) => ({
  id,
  title,
  level,
  ...(consequence === undefined ? {} : { consequence }),
  reference,
  expected,
  fix,
})

const idsOf = ({ evidence }: { readonly evidence: readonly { readonly id: string }[] }): readonly string[] => evidence.map(({ id }) => id)

export const settleFinding = (check: Check, finding: Finding | undefined, circumstances: Circumstances): CheckResult => {
  if (!finding) return because(check, 'error', 'the judge says nothing about this check')
  switch (finding.is) {
    case 'inapplicable':
      return because(check, 'not-applicable', finding.why)
    case 'unexercised': {
      const gone = circumstances.end.how !== 'own' && circumstances.end.how !== 'exit-code'
      return because(check, 'not-exercised', gone ? `${finding.why}: ${endInWords(circumstances.end)}` : finding.why)
    }
    case 'unmet':
      return check.recovers && circumstances.plain === false
        ? because(check, 'not-exercised', notPlain, idsOf(finding))
        : { ...definition(check), verdict: unmet(check.level), seen: finding.seen, evidence: idsOf(finding) }
    default: {
      const why = doubt(check, finding, circumstances)
      const evidence = idsOf(finding)
      return why === undefined ? { ...definition(check), verdict: 'pass', evidence } : because(check, 'not-exercised', why, evidence)
    }
  }
}

/** Every check of a case, judged. */
export const judgeCase = (
  checks: readonly Check[],
  judge: (played: Played) => Findings,
  played: Played,
  circumstances: Circumstances,
): readonly CheckResult[] => {
  let findings: Findings = {}
  try {
    findings = judge(played)
  } catch (error) {
    const why = `the judge failed: ${error instanceof Error ? error.message : String(error)}`
    return checks.map((check) => because(check, 'error', why))
  }
  return checks.map((check) => settleFinding(check, findings[check.id], circumstances))
}

/** The same verdict for all checks of a case that was not played. */
export const unplayed = (checks: readonly Check[], verdict: 'not-applicable' | 'not-exercised' | 'error', why: string) =>
  checks.map((check) => because(check, verdict, why))

/** Whether the plain case went well enough for prohibitions and recoveries to mean something. */
export const plainEnough = (results: readonly CheckResult[]): boolean =>
  results.some(({ verdict }) => verdict === 'pass') &&
  ['pass', 'warn', 'not-applicable'].includes(worst(results.map(({ verdict }) => verdict)))
