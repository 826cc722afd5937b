/** Reports that were dropped here, loaded, or sent by a run in a terminal. */

import { call } from '../api/client.js'
import { createStore } from '../store.js'
import type { Report } from '../types.js'

export interface Opened {
  readonly id: string
  /** The file's name, or that of a run. */
  readonly name: string
  readonly report: Report
}

export const opened = createStore<readonly Opened[]>([])

type Members = { readonly [member: string]: unknown }

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const verdicts = ['pass', 'fail', 'warn', 'not-applicable', 'not-exercised', 'error']

const exchangeIn = (value: unknown) => {
  const one = isObject(value) ? value : {}
  const request = isObject(one['request']) ? one['request'] : {}
  const response = isObject(one['response']) ? one['response'] : {}
  return {
    ...one,
    id: text(one['id']),
    at: Number(one['at'] ?? 0),
    quirks: list(one['quirks']),
    outcome: text(one['outcome']),
    request: {
      ...request,
      method: text(request['method']),
      url: text(request['url']),
      headers: list(request['headers']),
      parameters: isObject(request['parameters']) ? request['parameters'] : {},
    },
    response: { ...response, headers: list(response['headers']), complete: response['complete'] !== false },
  }
}

const caseIn = (value: unknown) => {
  const one = isObject(value) ? value : {}
  const checks = list(one['checks']).filter(isObject)
  return {
    ...one,
    id: text(one['id']),
    title: text(one['title']),
    topic: text(one['topic']),
    verdict: verdicts.includes(text(one['verdict'])) ? text(one['verdict']) : 'error',
    stderr: text(one['stderr']),
    reproduce: text(one['reproduce']),
    checks: checks.map((check) => ({
      ...check,
      evidence: list(check['evidence']),
      reference: isObject(check['reference']) ? check['reference'] : { id: '', text: '' },
    })),
    exchanges: list(one['exchanges']).map(exchangeIn),
    steps: list(one['steps']).filter(isObject),
    end: isObject(one['end']) ? one['end'] : { how: 'own' },
  }
}

/** @throws Error in a sentence when it is no report */
export const readReport = (content: string): Report => {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    throw new Error('This is no JSON.')
  }
  if (!isObject(value)) throw new Error('This is no report.')
  if (!Array.isArray(value['cases']) && !Array.isArray(value['schedules']))
    throw new Error('This is no report: it has neither cases nor schedules. Reports come from --report json=file.')
  const run = isObject(value['run']) ? value['run'] : {}
  return {
    ...value,
    run: {
      ...run,
      provider: text(run['provider']),
      client: text(run['client']) || 'unknown',
      started: text(run['started']),
      steps: list(run['steps']),
    },
    cases: list(value['cases']).map(caseIn),
    schedules: list(value['schedules']).filter(isObject),
    stale: list(value['stale']).filter(isObject),
    outcome: text(value['outcome']),
  } as unknown as Report
}

let serial = 0

export const openReport = (name: string, content: string): string => {
  const report = readReport(content)
  serial += 1
  const id = `file-${serial}`
  opened.set([...opened.get(), { id, name, report }])
  return id
}

export const closeReport = (id: string): void => {
  opened.set(opened.get().filter((one) => one.id !== id))
  if (!id.startsWith('file-')) void call('DELETE', `/reports/${encodeURIComponent(id)}`).catch(() => undefined)
}
