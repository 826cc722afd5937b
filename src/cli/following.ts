/** Sends what a run has found so far to a console, so that somebody can look on. */

import { randomBytes } from 'node:crypto'
import type { CaseResult, Report } from '../conformance/runner/verdict.js'
import { createServer } from '../server/createServer.js'
import { defaultPort } from './options.js'

export interface Following {
  /** Where the run can be looked at. */
  readonly url: string
  readonly finished: (result: CaseResult) => void
  /** Shows a report that is not complete yet, in place of what was shown before. */
  readonly soFar: (report: object) => void
  /** Sends the whole report; resolves once it is there. */
  readonly over: (report: Report) => Promise<void>
  /** A console of its own stays open until somebody ends the process, where somebody sits at a terminal. */
  readonly left: () => Promise<void>
}

/** Milliseconds. Where nothing listens, that is known at once; a server that is busy still answers. */
const patience = 10_000

/** Whether a server of ours is there. */
const isThere = async (url: string, headers: { readonly [name: string]: string }): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/__admin/status`, { headers, signal: AbortSignal.timeout(patience) })
    return response.ok && 'version' in ((await response.json()) as object)
  } catch {
    return false
  }
}

/**
 * The console of the server that runs already, or of one that is started for the run.
 *
 * @param subject the provider and, as far as it is known, the client
 */
export const follow = async (
  subject: { readonly provider: string; readonly client: string },
  env: NodeJS.ProcessEnv,
): Promise<Following> => {
  const token = env['AUTHDOUBLE_ADMIN_TOKEN']
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const running = (env['AUTHDOUBLE_URL'] ?? `http://127.0.0.1:${env['AUTHDOUBLE_PORT'] ?? defaultPort}`).replace(/\/$/, '')
  const own = (await isThere(running, headers)) ? undefined : await createServer({ port: 0 })
  const base = own?.url() ?? running
  const id = `run-${randomBytes(4).toString('hex')}`
  const cases: CaseResult[] = []
  let sending: Promise<void> = Promise.resolve()
  let waiting = false
  const send = async (report: object): Promise<void> => {
    await fetch(`${base}/__admin/reports/${id}`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(report),
    }).catch(() => undefined)
  }
  let newest: object = { run: { ...subject, started: '', steps: [] }, cases }
  const sendSoFar = (report: object): void => {
    newest = report
    // While one is under way the next ones wait together.
    if (waiting) return
    waiting = true
    sending = sending.then(() => {
      waiting = false
      return send({ ...newest, running: true })
    })
  }
  sendSoFar(newest)
  return {
    url: `${base}/__admin/ui#/verdicts?report=${id}`,
    finished: (result) => {
      cases.push(result)
      sendSoFar({ run: { ...subject, started: '', steps: [] }, cases })
    },
    soFar: sendSoFar,
    over: async (report) => {
      await sending
      await send(report)
    },
    left: async () => {
      if (own && process.stderr.isTTY) {
        process.stderr.write('authdouble: the console stays open; Ctrl-C ends it\n')
        await new Promise(() => {})
      }
      await own?.close()
    },
  }
}
