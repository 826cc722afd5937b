/** Other ways to send a request. */

import { Agent, request as httpRequest } from 'node:http'
import { request as undiciRequest } from 'undici'
import { networkError } from '../errors.js'
import type { Habits, Incoming } from '../habits.js'

/** With node:http; connections are kept where an agent keeps them. */
export const overNodeHttp =
  (agent?: Agent): Habits['send'] =>
  ({ method, url, headers, body }, limit) =>
    new Promise<Incoming>((settle, fail) => {
      const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const outgoing = httpRequest(
        url,
        { method, headers: { ...headers, ...length }, signal: AbortSignal.timeout(limit), ...(agent ? { agent } : {}) },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('error', (error) => fail(networkError(error)))
          answer.on('end', () => {
            const header = (name: string): string | null => {
              const value = answer.headers[name]
              return value === undefined ? null : String(value)
            }
            settle({ status: answer.statusCode ?? 0, header, text: Buffer.concat(chunks).toString() })
          })
        },
      )
      outgoing.on('error', (error) => fail(networkError(error)))
      outgoing.end(body)
    })

export const keeping = (): Agent => new Agent({ keepAlive: true, maxSockets: 2 })

/** With undici's own request. */
export const overUndici: Habits['send'] = async ({ method, url, headers, body }, limit) => {
  try {
    const answer = await undiciRequest(url, {
      method: method as 'GET',
      headers,
      signal: AbortSignal.timeout(limit),
      ...(body === undefined ? {} : { body }),
    })
    const header = (name: string): string | null => {
      const value = answer.headers[name]
      return value === undefined ? null : String(value)
    }
    return { status: answer.statusCode, header, text: await answer.body.text() }
  } catch (error) {
    throw networkError(error)
  }
}
