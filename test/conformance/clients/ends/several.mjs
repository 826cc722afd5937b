// Connects as it should, and does something to its own process when it is called: what, says the environment.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const deeds = {
  exits: () => process.exit(0),
  rejects: () => {
    void Promise.reject(new Error('nobody waits for this'))
    return new Promise(() => {})
  },
  loops: () => {
    for (;;);
  },
  'fails-at-exit': () => {
    process.on('exit', () => {
      process.exitCode = 7
    })
  },
  'leaves-a-daemon': (given) => {
    const { pid } = spawn('sleep', ['600'], { detached: true, stdio: 'inherit' })
    writeFileSync(join(given.stateDir, 'pid'), String(pid))
  },
  object: () => ({ state: 'fine' }),
  status: () => ({ status: 200 }),
  response: () => new Response('', { status: 200 }),
  prints: () => {
    console.log('{"id":1,"ok":true}')
    console.error('a complaint')
  },
  tells: () => {
    console.log(new Date().toISOString())
  },
}

export default (given) => ({
  client: 'several 1.0',
  clock: true,
  authorize: () =>
    `${given.authorizeUrl}?${new URLSearchParams({ response_type: 'code', client_id: given.clientId, redirect_uri: given.redirectUri })}`,
  callback: async ({ url }) => {
    const code = new URL(url).searchParams.get('code')
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: given.redirectUri,
      client_id: given.clientId,
      client_secret: given.clientSecret,
    })
    await (await fetch(given.tokenUrl, { method: 'POST', body })).json()
  },
  call: () => deeds[process.env.SEVERAL](given),
})
