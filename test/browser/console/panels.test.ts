import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { faultKinds } from '../../../src/faults/kinds.js'
import { withoutBrowser } from '../browser.js'
import { refresh, rotatedOut, staged } from './open.js'

/** A field of the form of faults, by its label. */
const fieldOf = (page: Page) => (label: string) =>
  page.locator('details.more label', { hasText: new RegExp(`^${label}`) }).locator('input, select, textarea')

describe.skipIf(withoutBrowser)('connections and what is brought about', () => {
  const stage = staged()

  it('a connection shows the family of its tokens, with what ended each and when', async () => {
    await rotatedOut(stage.double)
    const page = await stage.open('#/connections?provider=zettle')
    const card = page.getByRole('region', { name: 'Astrid Lund at Zettle' })
    await card
      .getByText(/rotated/)
      .first()
      .waitFor()
    expect(await card.textContent()).toMatch(/refresh token ‹[0-9a-f]{8}› rotated 12 s ago by r\d/)
    await card
      .getByRole('link', { name: /^r\d+$/ })
      .first()
      .click()
    await page.getByRole('article').waitFor()
  })

  it('a token is hidden until somebody asks', async () => {
    const { refreshToken = '' } = await stage.double.tokens.mint('zettle')
    const page = await stage.open('#/connections?provider=zettle')
    await page.getByRole('region', { name: /Zettle/ }).waitFor()
    expect(await page.getByText(refreshToken).count()).toBe(0)
    const all = page.getByRole('button', { name: /^Show refresh token/ })
    for (const button of await all.all()) await button.click()
    await page.getByText(refreshToken).waitFor()
  })

  it('tokens are expired, rotated, revoked and minted', async () => {
    const { refreshToken = '' } = await stage.double.tokens.mint('zettle', { kind: 'refresh_token' })
    const page = await stage.open('#/connections?provider=zettle')
    const stateOf = async () => (await stage.double.tokens.list({ id: refreshToken }))[0]?.state
    const { connections } = (await (await fetch(`${stage.double.url()}/__admin/connections?provider=zettle`)).json()) as {
      readonly connections: readonly { readonly tokens: readonly { readonly id: string; readonly fingerprint: string }[] }[]
    }
    const print = connections.flatMap(({ tokens }) => tokens).find(({ id }) => id === refreshToken)?.fingerprint
    await page.getByRole('button', { name: `Rotate refresh token ${print}` }).click()
    await expect.poll(stateOf).toBe('rotated')
    expect(await stage.double.tokens.list({ kind: 'refresh_token', state: 'live' })).toContainEqual(
      expect.objectContaining({ from: refreshToken }),
    )
    expect((await refresh(stage.double, refreshToken))?.status).toBe(400)
    await page.getByText('Mint tokens, right or wrong on purpose').click()
    await page.getByLabel('Kind').selectOption('access_token')
    await page.getByLabel('Wrong').selectOption('signature')
    await page.getByRole('button', { name: 'Mint' }).click()
    const minted = page.getByLabel('Minted')
    await minted.waitFor()
    const token = /ey[\w.-]+/.exec((await minted.textContent()) ?? '')?.[0] ?? ''
    const answer = await fetch(stage.double.provider('zettle').resourceUrl ?? '', { headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(401)
    await page.getByRole('button', { name: /^Revoke all tokens of Astrid Lund/ }).click()
    await expect.poll(async () => (await stage.double.tokens.list({ provider: 'zettle', state: 'live' })).length).toBe(0)
  })

  it('time goes on by an hour, to the next expiry, stands still and is put back', async () => {
    const { expiresAt = 0 } = await stage.double.tokens.mint('zettle', { lifetime: 90 })
    const page = await stage.open('#/act')
    await page.getByRole('button', { name: 'Freeze' }).click()
    await expect.poll(() => stage.double.clock.state().frozen).not.toBeNull()
    await page.getByRole('button', { name: 'To the next expiry' }).click()
    await expect.poll(() => stage.double.clock.now()).toBe(expiresAt)
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('button', { name: 'Real time' }).click()
    await expect.poll(() => stage.double.clock.state()).toMatchObject({ offset: 0, frozen: null })
  })

  it('the next fault is one click away, waits in the list, and is taken back', async () => {
    const page = await stage.open('#/act')
    await page.getByRole('button', { name: 'Lose the reply to the next refresh' }).click()
    const waiting = page.getByRole('list', { name: 'Faults that wait' })
    await waiting.getByText('lose').waitFor()
    expect(stage.double.faults.list()).toMatchObject([{ kind: 'lose', operation: 'token', when: { grantType: 'refresh_token' } }])
    await waiting.getByRole('button', { name: /^Take back lose/ }).click()
    await page.getByText('Nothing waits to go wrong.').waitFor()
    expect(stage.double.faults.list()).toEqual([])
  })

  it('a fault of every kind is set by the form, with all that the kind must say', async () => {
    const page = await stage.open('#/act')
    await page.getByText('Any other fault').click()
    const field = fieldOf(page)
    const fields: { readonly [kind: string]: readonly (readonly [label: string, text: string])[] } = {
      refuse: [['Reason', 'code_expired']],
      say: [
        ['Members to set', '{"expires_in": 5}'],
        ['Members to leave out', 'scope, id_token'],
      ],
      status: [
        ['Status', '503'],
        ['Body', 'in a moment'],
      ],
      hold: [['When', 'after']],
      tamper: [
        ['Parameter', 'state'],
        ['Becomes', 'missing'],
      ],
    }
    for (const kind of Object.keys(faultKinds)) {
      await field('What happens').selectOption(kind)
      for (const [label, text] of fields[kind] ?? []) {
        if ((await field(label).and(page.locator('select')).count()) > 0) await field(label).selectOption(text)
        else await field(label).fill(text)
      }
      await field('Request').selectOption(kind === 'tamper' ? 'authorize' : 'token')
      await page.getByRole('button', { name: 'Set this fault' }).click()
      await page.getByText(`Set a fault (${kind}): done`).waitFor()
    }
    expect(stage.double.faults.list().map(({ kind }) => kind)).toEqual(Object.keys(faultKinds))
    expect(stage.double.faults.list()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'say', set: { expires_in: 5 }, remove: ['scope', 'id_token'], operation: 'token' }),
        expect.objectContaining({ kind: 'status', status: 503, body: 'in a moment' }),
      ]),
    )
  })

  it('what is missing in a fault, or is not of its kind, is said before it is set', async () => {
    const page = await stage.open('#/act')
    await page.getByText('Any other fault').click()
    const field = fieldOf(page)
    await field('What happens').selectOption('refuse')
    await page.getByText('reason is missing').waitFor()
    expect(await page.getByRole('button', { name: 'Set this fault' }).isDisabled()).toBe(true)
    await field('What happens').selectOption('say')
    await field('Members to set').fill('expires_in: 5')
    await page.getByText('set is an object of JSON').waitFor()
  })

  it('a token request is held, and released with its reply lost, by buttons', async () => {
    const { refreshToken = '' } = await stage.double.tokens.mint('zettle')
    const page = await stage.open('#/act')
    await page.getByRole('button', { name: 'Hold the next token reply' }).click()
    await page.getByText('nothing has come').waitFor()
    const answer = refresh(stage.double, refreshToken)
    await page.getByText('holds 1 now').waitFor()
    expect(stage.double.journal.size()).toBe(0)
    await page.getByRole('button', { name: 'Release and lose' }).click()
    expect(await answer).toBeUndefined()
    await page.getByText('Nothing waits to go wrong.').waitFor()
    expect((await stage.double.tokens.list({ id: refreshToken }))[0]?.state).toBe('rotated')
  })

  it('the next person says no', async () => {
    const page = await stage.open('#/act')
    await page.getByRole('button', { name: 'Says no' }).click()
    await page.getByText('next time says no, then approves as Astrid Lund').waitFor()
    const { authorizeUrl, clientId, redirectUri } = stage.double.provider('zettle')
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: 'READ:FINANCE',
      state: 's',
    })
    const answer = await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })
    expect(answer.headers.get('location')).toContain('error=access_denied')
  })

  it('keys rotate, a world is saved and loaded, a sandbox is made and deleted', async () => {
    const page = await stage.open('#/act')
    const kids = async () =>
      JSON.stringify(
        ((await stage.double.state.export()) as { readonly records: { readonly [provider: string]: { readonly signingKey?: unknown } } })
          .records['zettle']?.signingKey,
      )
    const before = await kids()
    await page.getByRole('button', { name: 'Rotate the key of Zettle' }).click()
    await expect.poll(kids).not.toBe(before)
    const { refreshToken = '' } = await stage.double.tokens.mint('zettle')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save to a file' }).click()])
    await page.getByRole('button', { name: 'Reset', exact: true }).click()
    await expect.poll(async () => (await stage.double.tokens.list({ id: refreshToken })).length).toBe(0)
    await page.getByLabel('Load from a file').setInputFiles(await download.path())
    await expect.poll(async () => (await stage.double.tokens.list({ id: refreshToken })).length).toBe(1)
    await page.getByLabel('Name').fill('job9')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('link', { name: 'job9' }).waitFor()
    await page.getByRole('button', { name: 'Delete job9' }).click()
    await page.getByRole('link', { name: 'job9' }).waitFor({ state: 'detached' })
  })
})
