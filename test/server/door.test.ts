/** What stands at the root: the console for a browser, an index for anything else. */

import { afterAll, describe, expect, it } from 'vitest'
import { createServer } from '../../src/index.js'

const double = await createServer({ providers: ['zettle', 'zentail'], adminToken: 's3cret' })
const sandbox = await double.sandbox({ name: 'job7' })
afterAll(() => double.close())

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe.each([
  ['the default sandbox', () => double],
  ['another sandbox', () => sandbox],
] as const)('at the root of %s', (_, world) => {
  it('an API client gets an index of the providers and where they are, without any secret', async () => {
    const answer = await fetch(`${world().url()}/`, { headers: { accept: 'application/json' } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    const index = (await answer.json()) as { readonly name: string; readonly providers: { readonly [id: string]: object } }
    expect(index).toMatchObject({ name: world().name, admin: `${world().url()}/__admin`, console: `${world().url()}/__admin/ui` })
    expect(Object.keys(index.providers)).toEqual(['zettle', 'zentail'])
    const { tokenUrl, clientSecret = '' } = world().provider('zettle')
    expect(index.providers['zettle']).toMatchObject({ name: 'Zettle', tokenUrl, openapi: `${world().url('zettle')}/openapi.json` })
    expect(JSON.stringify(index)).not.toContain(clientSecret)
  })

  it('a browser gets the console, which is the same for everybody and asks for the token by itself', async () => {
    const pages = await Promise.all([
      fetch(`${world().url()}/`, { headers: browser }),
      fetch(`${world().url()}/__admin/ui`),
      fetch(`${world().url()}/__admin/ui/?code=1`, { headers: { accept: 'application/json' } }),
    ])
    for (const page of pages) {
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      expect(page.headers.get('x-frame-options')).toBe('DENY')
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'sha256-/)
    }
    const [first, ...others] = await Promise.all(pages.map((page) => page.text()))
    expect(others.every((one) => one === first)).toBe(true)
    expect(first).not.toContain('s3cret')
  })

  it('nobody who looks in leaves a line in the journal; who posts there does', async () => {
    world().journal.clear()
    await fetch(`${world().url()}/`)
    await fetch(`${world().url()}/`, { method: 'HEAD', headers: browser })
    expect(world().journal.size()).toBe(0)
    expect((await fetch(`${world().url()}/`, { method: 'POST' })).status).toBe(404)
    expect(world().journal.last()).toMatchObject({ outcome: 'unknown' })
  })
})

it('a provider’s own host has its own root', async () => {
  const { request } = await import('node:http')
  const status = await new Promise((resolve) =>
    request(`${double.url()}/`, { headers: { host: 'zettle.localhost', ...browser } }, (answer) => resolve(answer.statusCode)).end(),
  )
  expect(status).toBe(404)
})
