/**
 * Listens at the demonstration callback for one visit, when a browser is sent there and no app is running yet: a person who tries
 * a flow by hand sees the code instead of a browser error.
 */

import type { Server } from 'node:http'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { demoCallback } from '../issuance/providerAddress.js'
import { pageHeaders } from '../pages/templates.js'

/** Milliseconds that it waits for the browser: long enough for a slow one, short enough not to stand in an app's way. */
const patience = 10_000

/** Whether somebody accepts connections there. */
const isTaken = ({ hostname, port }: URL): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) })
    const done = (taken: boolean) => (): void => {
      socket.destroy()
      resolve(taken)
    }
    socket.once('connect', done(true)).once('error', done(false)).setTimeout(500, done(true))
  })

export interface DemoCallback {
  /** Resolves once somebody listens there: an app, or this. @param page what to show for the URL that is visited */
  readonly expect: (page: (url: URL) => string) => Promise<void>
  readonly close: () => void
}

/** @param address an http URL at a loopback address, with its port */
export const createDemoCallback = (address: string = demoCallback): DemoCallback => {
  const at = new URL(address)
  let server: Server | undefined
  let timer: NodeJS.Timeout | undefined
  const close = (): void => {
    clearTimeout(timer)
    server?.close()
    server?.closeAllConnections()
    server = undefined
  }
  const listen = (page: (url: URL) => string): Promise<void> =>
    new Promise((resolve) => {
      const own = createServer((request, response) => {
        const url = new URL(request.url ?? '/', at)
        // A name that is not this machine's is somebody else's page looking in.
        if (url.pathname !== at.pathname || request.headers.host !== at.host) {
          response.writeHead(404, { connection: 'close' }).end()
          return
        }
        response.once('finish', () => own === server && close())
        response.writeHead(200, { ...pageHeaders, connection: 'close' }).end(page(url))
      })
      // Another process was faster: then somebody listens, too.
      own.once('error', () => resolve())
      own.listen(Number(at.port), at.hostname, () => {
        server = own.unref()
        timer = setTimeout(close, patience).unref()
        resolve()
      })
    })
  return {
    expect: async (page) => {
      close()
      if (!(await isTaken(at))) await listen(page)
    },
    close,
  }
}
