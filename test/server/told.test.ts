/** What happened in an exchange, in one line. */

import { expect, it } from 'vitest'
import { createServer, lose, status } from '../../src/index.js'
import { playing } from '../kit.js'

it('each kind of exchange is told in a line of its own', async () => {
  await using double = await createServer({ providers: ['zettle', 'zoho-payments'] })
  double.clock.freeze(1_700_000_000)
  const zettle = playing(double, 'zettle')
  const zoho = playing(double, 'zoho-payments')
  const lines: string[] = []
  const told = async (what: () => Promise<unknown>): Promise<void> => {
    await what().catch(() => undefined)
    const { id = '' } = double.journal.last() ?? {}
    const entry = JSON.parse((await zettle.admin(`/journal/${id}`)).text) as { readonly told: string }
    lines.push(entry.told)
  }
  let code = ''
  let refreshToken = ''
  await told(async () => {
    code = await zettle.code()
  })
  await told(async () => {
    refreshToken = String((await zettle.redeem(code)).body['refresh_token'])
  })
  double.clock.advance('1h1m1s')
  await told(() => zettle.redeem(code))
  await told(() => zettle.refresh(refreshToken))
  await told(() => zettle.refresh(refreshToken))
  await told(() => zettle.call('none'))
  double.approvals.deny({ once: true })
  await told(() => zettle.authorize())
  double.approvals.ask({ once: true })
  await told(() => zettle.authorize())
  double.faults.next('zettle', 'token', status(503))
  await told(() => zettle.refresh('any'))
  double.faults.next('zoho-payments', 'token', lose())
  await told(async () => zoho.redeem(await zoho.code()))
  await told(() => fetch(`${double.url()}/nowhere?code=secret`))
  expect(lines).toEqual([
    'Zettle sent the browser back with a code',
    'Zettle took the code and gave an access token and a refresh token',
    'Zettle refused the code: this code was redeemed 1 h 1 min ago by r2',
    'Zettle took the refresh and gave an access token and a refresh token; the old refresh token is over',
    'Zettle refused the refresh: this token was rotated out 0 s ago by r4',
    'Zettle refused the API call: token unknown',
    'Zettle refused the authorization and sent the browser back: access denied',
    'Zettle shows a page and waits for a person',
    'A fault (status) answered the refresh at Zettle with 503',
    'Spoilt by a fault (lose): Zoho Payments took the code and gave an access token and a refresh token',
    'No provider serves GET /nowhere',
  ])
})
