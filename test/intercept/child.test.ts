import { expect, test } from 'vitest'
import { createServer } from '../../src/index.js'
import type { interceptVariables } from '../../src/intercept/environment.js'
import { directory, run } from './ground.js'

/** As built: what it names for preloading is a file beside it. */
const built = async (): Promise<{ readonly interceptVariables: typeof interceptVariables }> =>
  import(new URL('../../dist/intercept/environment.js', import.meta.url).href)

test('a Node program with the variables reaches the double by fetch and by node:https, and nothing else', async () => {
  await using state = await directory()
  await using double = await createServer({ providers: ['zettle'], proxy: true, caDirectory: state.path })
  const program = `
    const { get } = require('node:https')
    const seen = []
    const old = (url) => new Promise((done) => get(url, (answer) => done(answer.resume().statusCode)).on('error', (error) => done(error.message)))
    const main = async () => {
      seen.push((await fetch('https://oauth.zettle.com/token', { method: 'POST' })).status)
      seen.push(await old('https://oauth.zettle.com/users/self'))
      seen.push(await fetch('https://elsewhere.example/').catch((error) => error.cause.message))
      seen.push(await old('https://elsewhere.example/'))
      seen.push((await fetch('${double.url()}/healthz')).status)
      console.log(JSON.stringify(seen))
    }
    main()
  `
  const { interceptVariables } = await built()
  const { proxy = '', ca = '' } = double.endpoints
  const variables = interceptVariables({ url: double.url(), proxy, caFile: ca, hosts: double.hosts }, { NODE_OPTIONS: '--no-deprecation' })
  const { stdout, stderr } = await run(process.execPath, ['-e', program], variables)
  const refused = expect.stringMatching(/^elsewhere\.example is not answered here/)
  expect({ seen: JSON.parse(stdout || '[]'), stderr }).toEqual({ seen: [400, 401, refused, refused, 200], stderr: '' })
})
