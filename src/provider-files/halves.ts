/** What a file says by half: an endpoint without its section, a section without its endpoint, a scope that is not among the scopes. */

import type { Provider } from '../provider/define.js'
import { operationTraits } from '../provider/operations.js'
import { settle } from '../provider/quirk.js'
import type { Endpoint, Operation, Settings } from '../provider/settings.js'
import { suggestion } from '../validation/nearest.js'
import { isObject } from '../validation/schema.js'
import type { ProviderFile } from './declare.js'
import type { FileProblem } from './problem.js'

const sectionOf = (operation: unknown): string | undefined =>
  typeof operation === 'string' && Object.hasOwn(operationTraits, operation) ? operationTraits[operation as Operation].section : undefined

const operationsOf = (section: string): readonly string[] =>
  Object.entries(operationTraits).flatMap(([operation, traits]) => (traits.section === section ? [operation] : []))

/** Only what stands in the file itself: what it extends was whole. */
export const halfProblems = (file: ProviderFile, provider: Provider): readonly FileProblem[] => {
  const own = file.settings ?? {}
  const { endpoints, ...sections } = provider.settings as unknown as {
    readonly endpoints: { readonly [name: string]: Partial<Endpoint> }
    readonly [section: string]: unknown
  }
  const served = Object.values(endpoints).map(({ operation }) => operation)
  const ownEndpoints = Object.keys(isObject(own['endpoints']) ? own['endpoints'] : {})
  const unserved = ownEndpoints.flatMap((name): readonly FileProblem[] => {
    const section = sectionOf(endpoints[name]?.operation)
    if (section === undefined || sections[section] !== null) return []
    return [
      {
        path: ['settings', 'endpoints', name],
        message: `is not served without settings.${section}: write ${section}: {} beside endpoints`,
      },
    ]
  })
  const idle = Object.keys(own).flatMap((section): readonly FileProblem[] => {
    const operations = operationsOf(section)
    if (operations.length === 0 || !isObject(own[section]) || operations.some((one) => served.includes(one as Operation))) return []
    return [{ path: ['settings', section], message: `has no endpoint whose operation is ${operations.join(' or ')}` }]
  })
  return [...unserved, ...idle, ...scopeProblems(settle<Settings>(provider.settings), ownEndpoints)]
}

/** A scope that no token can carry: what needs it is refused for ever. */
const scopeProblems = ({ endpoints, scopes, authorize }: Settings, own: readonly string[]): readonly FileProblem[] =>
  scopes.length === 0 || authorize?.unknownScope === 'kept'
    ? []
    : own.flatMap((name) => {
        const scope = endpoints[name]?.scope
        if (typeof scope !== 'string' || scopes.includes(scope)) return []
        const message = `${JSON.stringify(scope)} is none of settings.scopes${suggestion(scope, scopes)}`
        return [{ path: ['settings', 'endpoints', name, 'scope'], message }]
      })
