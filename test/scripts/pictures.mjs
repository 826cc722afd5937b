/** Takes the pictures of the console that README and docs show, with Debian's Chromium. `npm run pictures` */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { createServer, lose } from '../../dist/index.js'

const folder = 'docs/images'
/** Bytes of one picture. */
const most = 150_000

const double = await createServer({ seed: 1 })
// What is seen must not change with the day on which it was taken.
double.clock.freeze(1_767_312_000)

const post = (url, fields) => fetch(url, { method: 'POST', body: new URLSearchParams(fields) }).catch(() => undefined)

/** A morning of some clients. */
const live = async () => {
  const zettle = double.provider('zettle')
  const own = { client_id: zettle.clientId, client_secret: zettle.clientSecret }
  const authorize = async (id) => {
    const { authorizeUrl, clientId, redirectUri, scope = '' } = double.provider(id)
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope,
      state: 'af0ifjsldkj',
    })
    const answer = await fetch(`${authorizeUrl}?${query}`, { redirect: 'manual' })
    return new URL(answer.headers.get('location')).searchParams.get('code')
  }
  const refresh = (token) => post(zettle.tokenUrl, { grant_type: 'refresh_token', refresh_token: token, ...own })
  const code = await authorize('zettle')
  double.clock.advance('2s')
  const tokens = await (
    await post(zettle.tokenUrl, { grant_type: 'authorization_code', code, redirect_uri: zettle.redirectUri, ...own })
  ).json()
  double.clock.advance('1s')
  await fetch(zettle.resourceUrl, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  double.clock.advance('2h')
  await fetch(zettle.resourceUrl, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  const rotated = await (await refresh(tokens.refresh_token)).json()
  await authorize('vcita')
  double.clock.advance('3s')
  const zoho = double.provider('zoho-payments')
  const { code: generated } = await double.codes.mint('zoho-payments')
  const redeem = { grant_type: 'authorization_code', code: generated, client_id: zoho.clientId, client_secret: zoho.clientSecret }
  await fetch(`${zoho.tokenUrl}?${new URLSearchParams(redeem)}`, { method: 'POST' })
  await fetch(`${zoho.tokenUrl}?${new URLSearchParams(redeem)}`, { method: 'POST' })
  double.clock.advance('4s')
  double.faults.next('zettle', 'token', lose())
  await refresh(rotated.refresh_token)
  await fetch(`${double.url()}/zettle/tokens`, { method: 'POST' })
  double.clock.advance('5s')
  await refresh(rotated.refresh_token)
}

const pictures = [
  { name: 'console-live', hash: '#/live', open: 'rotated out', there: 'What was decided' },
  { name: 'console-connections', hash: '#/connections?provider=zettle', there: 'astrid@example.com' },
  { name: 'console-try', hash: '#/providers?provider=zettle&view=try', there: '1 · Ask for authorization', send: 2 },
  { name: 'console-act', hash: '#/act', there: 'approves as Astrid Lund', dark: true },
]

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
})
mkdirSync(folder, { recursive: true })
try {
  await live()
  for (const { name, hash, open, there, send = 0, dark = false } of pictures) {
    const page = await browser.newPage({ viewport: { width: 1180, height: 720 }, colorScheme: dark ? 'dark' : 'light' })
    await page.goto(`${double.url()}/__admin/ui${hash}`)
    if (open)
      await page
        .getByRole('link', { name: new RegExp(open) })
        .first()
        .click()
    await page.getByText(there).first().waitFor()
    for (let at = 0; at < send; at += 1) {
      await page.getByRole('button', { name: 'Send', exact: true }).last().click()
      await page.getByRole('button', { name: 'Send again' }).nth(at).waitFor()
    }
    if (send > 0) await page.locator('main').evaluate((main) => main.scrollTo(0, 420))
    if (name.endsWith('act')) await page.getByRole('button', { name: 'Lose the reply to the next refresh' }).click()
    await page.waitForTimeout(400)
    const path = join(folder, `${name}.webp`)
    const session = await page.context().newCDPSession(page)
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 85 })
    const picture = Buffer.from(data, 'base64')
    if (picture.length > most) throw new Error(`${path} takes ${picture.length} bytes`)
    writeFileSync(path, picture)
    console.log(`${path}: ${picture.length} bytes`)
    await page.close()
  }
} finally {
  await browser.close()
  await double.close()
}
