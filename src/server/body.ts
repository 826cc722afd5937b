/** Reads a request body whole, up to a limit, and says what went wrong instead of throwing. */

import type { IncomingMessage } from 'node:http'
import type { MaybePromise } from '../http/maybePromise.js'

/** Far above any token request; a body of a megabyte is an attack or a mistake. */
export const bodyLimit = 262_144

const strict = new TextDecoder('utf-8', { fatal: true })

export interface Body {
  readonly text: string
  readonly problem: 'too-large' | 'unreadable' | undefined
}

const empty: Body = { text: '', problem: undefined }

export const readBody = (request: IncomingMessage): MaybePromise<Body> => {
  const { 'content-length': length, 'transfer-encoding': coding, 'content-encoding': encoding } = request.headers
  if (coding === undefined && (length === undefined || length === '0')) return empty
  if (encoding !== undefined && encoding !== 'identity') {
    request.resume()
    return { text: '', problem: 'unreadable' }
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      // The rest is still read, so that the client gets to see the answer; it is not kept.
      if (size <= bodyLimit) chunks.push(chunk)
    })
    request.on('end', () => {
      if (size > bodyLimit) return resolve({ text: '', problem: 'too-large' })
      try {
        resolve({ text: strict.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)), problem: undefined })
      } catch {
        resolve({ text: '', problem: 'unreadable' })
      }
    })
    request.on('error', reject)
    request.on('aborted', () => reject(new Error('the client closed the connection')))
  })
}
