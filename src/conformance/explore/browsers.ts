/** The browsers of a schedule: how a connection begins, and what comes back to the redirect URI, asked for or not. */

import { authorizeIn } from '../drivers/browser.js'
import type { PlayedStep } from '../runner/step.js'
import { forgedCallback } from './forged.js'
import { bringFlawed, flawedStep } from './idTokens.js'
import type { Act } from './schedule.js'
import type { World } from './world.js'
import { ask, customerOf, userOf } from './world.js'

const browse = async ({ recorder, address, limit }: World, url: string): Promise<string | undefined> => {
  const done = await recorder.step('browser', 'browser', async () => {
    const { url: landed, status, page = '', outside } = await authorizeIn(url, address.redirectUri, { within: limit })
    if (landed !== undefined) return { state: 'ok', status, url: landed }
    return { state: 'failed', status, note: page.slice(0, 200), ...(outside === undefined ? {} : { url: outside }) }
  })
  return done.state === 'ok' ? done.url : undefined
}

/** The callback of a connection that begins at the provider. */
const handOut = async ({ double, profile, address }: World, user: string | undefined): Promise<string> => {
  const installs = profile.starts === 'install'
  const who = user === undefined ? {} : { user }
  const { code, url } = await double.codes.mint(profile.provider, { ...who, ...(installs ? { redirectUri: address.redirectUri } : {}) })
  if (url !== undefined && installs) return url
  const landed = new URL(address.redirectUri)
  landed.searchParams.set('code', code)
  return landed.href
}

/** From the link to the redirect URI; otherwise the step at which it ended. */
export const begin = async (
  world: World,
  act: Act,
  session?: string,
  as = 'authorize',
): Promise<{ readonly url: string } | { readonly stuck: PlayedStep | undefined }> => {
  const { double, profile } = world
  const { user } = userOf(world, customerOf(act))
  if (profile.starts !== 'authorize') return { url: await handOut(world, user) }
  const asked = await ask(world, act, 'authorize', session === undefined ? {} : { session }, as)
  if (asked.state !== 'ok' || asked.url === undefined || !URL.canParse(asked.url)) return { stuck: asked }
  const once = { provider: profile.provider, once: true }
  if (act.do === 'connect' && act.denied) double.approvals.deny(once)
  else if (user !== undefined) double.approvals.as(user, once)
  const url = await browse(world, asked.url)
  // Where the browser never came to the question, its answer is not kept for somebody else.
  double.approvals.reset()
  return url === undefined ? { stuck: undefined } : { url }
}

/** The whole way from the link to the tokens. */
export const connect = async (world: World, act: Act): Promise<void> => {
  const begun = await begin(world, act)
  if (!('url' in begun)) return
  const flaw = act.do === 'connect' ? act.idToken : undefined
  const over = flaw === undefined ? undefined : await bringFlawed(world, flaw)
  await ask(world, act, 'callback', { url: begun.url }, flaw === undefined ? 'callback' : flawedStep(flaw))
  over?.()
}

export const sessionOf = ({ client }: World, browser: 'a' | 'b'): { readonly session?: string } =>
  client.can('sessions') ? { session: browser } : {}

/** A browser comes back. */
export const finish = async (world: World, act: Act & { readonly do: 'finish' }): Promise<void> => {
  const { browsers } = world
  const mine = browsers.get(act.browser)
  const other = browsers.get(act.browser === 'a' ? 'b' : 'a')
  const session = sessionOf(world, act.browser)
  if (act.how === 'swapped') {
    if (other && !other.done && mine)
      await ask(
        world,
        act,
        'callback',
        { url: other.url, ...session },
        `callback that belongs to browser ${act.browser === 'a' ? 'b' : 'a'}`,
      )
    return
  }
  if (!mine || (act.how === 'again') !== mine.done) return
  browsers.set(act.browser, { ...mine, done: true })
  const url = { url: mine.url, ...session }
  if (act.how === 'twice')
    await Promise.all([ask(world, act, 'callback', url, 'callback'), ask(world, act, 'callback', url, 'the same callback at once')])
  else await ask(world, act, 'callback', url, act.how === 'own' ? 'callback' : 'the same callback again')
}

/** A callback that nobody asked for: somebody else's code or an error, with a state or an issuer that is not the right one. */
export const forge = async (world: World, act: Act & { readonly do: 'forge' }): Promise<void> => {
  const { double, profile, address, stranger, browsers } = world
  const mine = browsers.get(act.browser)
  const landed = new URL(mine?.url ?? address.redirectUri)
  const forged = forgedCallback(act.how, landed, mine?.done === true)
  if (forged === undefined) return
  if (!forged.searchParams.has('error')) {
    const minted = await double.codes
      .mint(profile.provider, { ...(stranger === undefined ? {} : { user: stranger }), redirectUri: address.redirectUri })
      .catch(() => undefined)
    if (!minted) return
    forged.searchParams.set('code', minted.code)
  }
  await ask(world, act, 'callback', { url: forged.href, ...sessionOf(world, act.browser) }, `forged callback (${act.how})`)
}
