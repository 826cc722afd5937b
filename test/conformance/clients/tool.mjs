// A command-line tool that opens the browser and waits on a port of its own, as many do, behind the protocol's lines.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

const env = (name) => process.env[`AUTHDOUBLE_${name}`]
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)
let token

const redeem = async (code, redirectUri) => {
  const parameters = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  const body = new URLSearchParams({ ...parameters, client_id: env('CLIENT_ID'), client_secret: env('CLIENT_SECRET') })
  const response = await fetch(env('TOKEN_URL'), { method: 'POST', body })
  token = (await response.json()).access_token
}

const login = () =>
  new Promise((resolve, reject) => {
    const state = crypto.randomUUID()
    const server = createServer(async (request, response) => {
      const query = new URL(request.url, 'http://127.0.0.1').searchParams
      response.end('You may close this window.')
      server.close()
      server.closeAllConnections()
      if (query.get('state') !== state) return reject(new Error('the state differs'))
      await redeem(query.get('code'), redirectUri).then(resolve, reject)
    })
    let redirectUri
    server.listen(0, '127.0.0.1', () => {
      redirectUri = `http://127.0.0.1:${server.address().port}/callback`
      const query = { response_type: 'code', client_id: env('CLIENT_ID'), redirect_uri: redirectUri, scope: env('SCOPE'), state }
      spawn(process.env.OPENER ?? 'xdg-open', [`${env('AUTHORIZE_URL')}?${new URLSearchParams(query)}`], { stdio: 'ignore' })
    })
  })

const steps = {
  hello: () => ({ client: 'tool 1.0', steps: ['authorize', 'callback', 'call'] }),
  authorize: () => login(),
  call: async () => ({ status: (await fetch(env('RESOURCE_URL'), { headers: { authorization: `Bearer ${token}` } })).status }),
  bye: () => setImmediate(() => process.exit(0)),
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, step } = JSON.parse(line)
  try {
    const result = await steps[step]()
    say({ id, ok: true, ...(typeof result === 'object' ? result : {}) })
  } catch (error) {
    say({ id, ok: false, error: { kind: 'protocol', code: 'refused', message: error.message } })
  }
})
