/** What a person sees is inert: escaped, framed by nobody, stored by nobody. */

import { describe, expect, it } from 'vitest'
import type { Answer } from '../kit.js'
import { amend, form, send, serving } from '../kit.js'

const evil = '"><script>alert(1)</script>\'&'
const inert = (page: Answer): void => {
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const csp = page.headers.get('content-security-policy') ?? ''
  for (const rule of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) expect(csp).toContain(rule)
  expect(csp).not.toMatch(/script-src|unsafe-eval/)
  expect(page.headers.get('x-frame-options')).toBe('DENY')
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.text).not.toContain('<script')
  expect(page.text).toContain('not affiliated')
}

describe('the pages', () => {
  const stage = serving('zettle')

  it('log-in, consent, error and portal pages are escaped and protected', async () => {
    stage.double.approve({ ask: true })
    const fields = { state: evil, scope: 'READ:FINANCE', [evil]: evil }
    const cookie = 'iz_sso=9c3375c9-fd1b-4fde-9743-6f3d2e475388'
    inert(await stage.play.authorize(fields))
    inert(await stage.play.authorize(fields, { cookie }))
    inert(await stage.play.authorize({ ...fields, client_id: evil }))
    inert(await stage.play.authorize({ ...fields, redirect_uri: `https://evil.example/${evil}` }))
    inert(await send(`${stage.play.url}/apps/api-keys?name=${encodeURIComponent(evil)}&scopes=${encodeURIComponent(evil)}`))
    inert(await form(`${stage.play.url}/apps/api-keys`, { name: evil, scopes: evil }))
    inert(await form(`${stage.play.url}/__login`, { path: '/authorize', request: evil, email: evil }))
  })

  it('names of clients and users are escaped', async () => {
    await stage.play.authorize()
    await amend(stage.play, 'zettle', (kept) => {
      for (const table of [kept['client'], kept['user']])
        for (const [key, one] of Object.entries(table ?? {})) Object.assign(table ?? {}, { [key]: { ...one, name: evil } })
    })
    stage.double.approve({ ask: true })
    inert(await stage.play.authorize({}, { cookie: 'iz_sso=9c3375c9-fd1b-4fde-9743-6f3d2e475388' }))
    inert(await send(`${stage.play.url}/apps/api-keys`))
  })
})

describe.each(['zoho-payments', 'zentail', 'ziina'] as const)('the portal page of %s', (id) => {
  const stage = serving(id)
  const paths = { 'zoho-payments': '/developerconsole', zentail: '/apps/install', ziina: '/business/connect' }

  it('is inert, and says what is wrong instead of failing', async () => {
    inert(await send(`${stage.play.url}${paths[id]}?scope=${encodeURIComponent(evil)}&description=${encodeURIComponent(evil)}`))
    const wrong = await form(`${stage.play.url}${paths[id]}`, { client_id: evil, scope: evil, user: evil })
    expect(wrong.status).toBe(400)
    expect(wrong.text).toContain('role="alert"')
    inert(wrong)
  })
})
