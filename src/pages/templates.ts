/** The pages a person sees: log-in, consent, errors, and the portals where providers hand things out. Neutral on purpose. */

import { createHash } from 'node:crypto'
import type { Html } from './html.js'
import { html } from './html.js'

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --paper: #f3f4f6; --card: #fff; --ink: #1b1f24; --quiet: #57606a;
  --line: #6e7781; --strong: #24427a; --on-strong: #fff; --bad: #a40e26 }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --card: #161b22; --ink: #e6edf3; --quiet: #9da7b3; --line: #7d8590;
  --strong: #a8c7fa; --on-strong: #0b1f40; --bad: #ff8a80 } }
* { box-sizing: border-box }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; background: var(--paper); color: var(--ink) }
main { width: min(30rem, 100% - 2rem); margin: 1rem; padding: 1.5rem; background: var(--card); border-radius: .75rem; overflow-wrap: anywhere }
h1 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 .75rem }
label { display: block; margin: .9rem 0 .25rem; font-weight: 600 }
input, select, button, textarea { font: inherit; width: 100%; padding: .5rem .7rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .4rem }
button { font-weight: 600; cursor: pointer }
button.main { color: var(--on-strong); background: var(--strong); border-color: var(--strong) }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px }
[aria-invalid] { border: 2px solid var(--bad) } [role=alert] { color: var(--bad); font-weight: 600 }
.choices { display: flex; gap: .75rem; margin-top: 1.25rem } .choices form { flex: 1 }
fieldset { margin: 1rem 0 0; padding: .25rem .9rem .75rem; border: 1px solid var(--line); border-radius: .4rem } legend { padding: 0 .3rem }
.tick { display: flex; gap: .6rem; align-items: center; min-height: 1.75rem; font-weight: 400 } .tick input { width: 1.25rem; height: 1.25rem; flex: none }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem } button.user { text-align: left; margin-bottom: .5rem } small { display: block; font-weight: 400; color: var(--quiet) }
a { color: var(--strong) } details { margin-top: .9rem } textarea { font-family: ui-monospace, monospace }
button.copy { width: auto; margin-left: .5rem; padding: .1rem .6rem }
dt { font-weight: 600; margin-top: .75rem } dd { margin: .15rem 0 0 } dd code { user-select: all } pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .4rem }
footer { margin-top: 1.5rem; font-size: .85rem; color: var(--quiet) }
`

export interface Frame {
  /** The provider's name. */
  readonly provider: string
  /** Where the console is. */
  readonly console: string
}

export const page = ({ provider, console }: Frame, title: string, body: Html): string =>
  `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · ${provider}</title>${{ html: `<style>${style}</style>` }}</head><body><main><h1>${title}</h1>${body}<footer>authdouble emulates ${provider}; not affiliated with it. <a href="${console}">Console</a></footer></main></body></html>`
      .html
  }`

/** No script, no framing, nothing from elsewhere; forms may only come back here or follow a redirect to the client. */
export const pageHeaders: { readonly [name: string]: string } = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

const hiddenPairs = (pairs: readonly (readonly [name: string, value: string])[]): readonly Html[] =>
  pairs.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)

const hidden = (fields: { readonly [name: string]: string }): readonly Html[] => hiddenPairs(Object.entries(fields))

const scopeList = (scope: readonly string[]): Html =>
  scope.length === 0
    ? html`<p>It asks for access to your account.</p>`
    : html`<p>It asks for:</p><ul>${scope.map((one) => html`<li><code>${one}</code></li>`)}</ul>`

export interface Refusal {
  readonly error: string
  readonly description: string
  /** The precise reason, which a client may not be told. */
  readonly reason: string
}

/** @param id of the journal's entry */
export const errorPage = (frame: Frame, { error, description, reason }: Refusal, id: string): string =>
  page(
    frame,
    'Something is wrong with this request',
    html`<p><code>${error}</code></p><p>${description}</p><p>The reason is <code>${reason}</code>; the exchange is <a href="${frame.console}#/live?open=${id}">${id}</a> in the journal.</p>`,
  )

export interface Login {
  /** The name of the app that sent the browser here. */
  readonly client?: string
  readonly action: string
  readonly fields: { readonly [name: string]: string }
  /** The e-mail address that the field starts with. */
  readonly email: string
  /** Those whom a click logs in. */
  readonly users: readonly { readonly name: string; readonly email: string }[]
  /** What stands in the field for claims. */
  readonly claims?: string
  readonly problem?: string
  readonly claimsProblem?: string
}

const alert = (problem: string | undefined): Html | undefined =>
  problem === undefined ? undefined : html`<p role="alert" id="problem">${problem}</p>`

const invalid = (problem: string | undefined): Html | undefined =>
  problem === undefined ? undefined : { html: ' aria-invalid="true" aria-describedby="problem"' }

const claimsField = ({ claims = '', claimsProblem }: Login): Html =>
  html`<details${claims === '' ? undefined : { html: ' open' }}><summary>Add claims</summary><input type="hidden" name="claiming" value="yes"><label for="claims">Claims (a JSON object; empty: none)</label><textarea id="claims" name="claims" rows="4" spellcheck="false" placeholder="{&quot;email_verified&quot;: true}"${invalid(claimsProblem)}>${claims}</textarea><p>Signed tokens and the userinfo answer about this user say them from now on.</p></details>`

/** A form for each: a click logs in, without scripts. */
const userButtons = ({ action, fields, users }: Login): Html | undefined =>
  users.length === 0
    ? undefined
    : html`<h2>Or as</h2><form method="post" action="${action}">${hidden(fields)}${users.map(({ name, email }) => html`<button class="user" name="email" value="${email}">${name}<small>${email}</small></button>`)}</form>`

export const loginPage = (frame: Frame, login: Login): string => {
  const { client, action, fields, email, problem, claimsProblem } = login
  return page(
    frame,
    'Log in',
    html`${client === undefined ? undefined : html`<p>${client} wants to connect to your account.</p>`}<form method="post" action="${action}">${hidden(fields)}${alert(problem ?? claimsProblem)}<label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" required value="${email}"${invalid(problem)}><label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" aria-describedby="any"><p id="any">Any password will do.</p>${claimsField(login)}<div class="choices"><button class="main" type="submit">Log in</button></div></form>${userButtons(login)}`,
  )
}

export interface Consent {
  /** The code that the device of a device authorization shows. */
  readonly userCode?: string | undefined
  readonly client: string
  readonly user: string
  readonly scope: readonly string[]
  /** The person may untick some of it. */
  readonly partial: boolean
  /** Where the form goes. */
  readonly action: string
  readonly fields: { readonly [name: string]: string }
  /** Approving is this URL instead of the form. */
  readonly approveUrl?: string
}

/** Approving in the same URL: a GET form with that URL's parameters. */
const approveForm = (url: string): Html => {
  const [path = '', query = ''] = url.split('?', 2)
  return html`<form method="get" action="${path}">${hiddenPairs([...new URLSearchParams(query)])}<button class="main" type="submit">Approve</button></form>`
}

/** Before the name of a scope that has a box on the form. */
export const tickPrefix = 'allow:'

const tickList = (scope: readonly string[]): Html =>
  html`<fieldset><legend>It asks for what is ticked. Untick what you do not allow.</legend>${scope.map((one) => html`<label class="tick"><input type="checkbox" name="${`${tickPrefix}${one}`}" value="yes" form="approve" checked><code>${one}</code></label>`)}</fieldset>`

const choiceForm = ({ action, fields }: Consent, choice: 'approve' | 'deny', words: string): Html =>
  html`<form method="post" action="${action}" id="${choice}">${hidden({ ...fields, choice })}<button type="submit"${choice === 'approve' ? { html: ' class="main"' } : undefined}>${words}</button></form>`

export const consentPage = (frame: Frame, consent: Consent): string =>
  page(
    frame,
    `Allow ${consent.client}?`,
    html`<p>You are logged in as ${consent.user}.</p>${consent.userCode === undefined ? undefined : html`<p>The device shows <code>${consent.userCode}</code>. Go on only if it does.</p>`}${consent.partial && consent.scope.length > 0 ? tickList(consent.scope) : scopeList(consent.scope)}<div class="choices">${
      consent.approveUrl === undefined ? choiceForm(consent, 'approve', 'Approve') : approveForm(consent.approveUrl)
    }${choiceForm(consent, 'deny', 'Deny')}</div>`,
  )

export const signedOutPage = (frame: Frame): string => page(frame, 'You are logged out', html`<p>You can close this page.</p>`)

export interface PortalField {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly options?: readonly (readonly [value: string, label: string])[]
}

export const portalPage = (
  frame: Frame,
  title: string,
  action: string,
  fields: readonly PortalField[],
  button: string,
  problem?: string,
): string =>
  page(
    frame,
    title,
    html`<form method="post" action="${action}">${alert(problem)}${fields.map(
      ({ name, label, value, options }) =>
        html`<label for="${name}">${label}</label>${
          options === undefined
            ? html`<input id="${name}" name="${name}" value="${value}">`
            : html`<select id="${name}" name="${name}">${options.map(([one, shown]) => (one === value ? html`<option value="${one}" selected>${shown}</option>` : html`<option value="${one}">${shown}</option>`))}</select>`
        }`,
    )}<div class="choices"><button class="main" type="submit">${button}</button></div></form>`,
  )

export interface HandedOut {
  readonly label: string
  readonly value: string
  /** Marked, so that a journal of this page can leave it out. */
  readonly secret?: boolean
}

/** Puts a button behind each value; without it the values are copied by hand. */
const copying = `for (const value of document.querySelectorAll('[data-value]')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = 'Copy'
  button.setAttribute('aria-label', 'Copy ' + value.dataset.value)
  button.onclick = () => navigator.clipboard.writeText(value.textContent).then(() => { button.textContent = 'Copied' })
  value.after(button)
}`

/** As all pages, and this one script may run. */
export const copyingHeaders: typeof pageHeaders = {
  ...pageHeaders,
  'content-security-policy': `${pageHeaders['content-security-policy']}; script-src 'sha256-${createHash('sha256').update(copying).digest('base64')}'`,
}

export const handedOutPage = (frame: Frame, title: string, values: readonly HandedOut[]): string =>
  page(
    frame,
    title,
    html`<dl>${values.map(({ label, value, secret }) => html`<dt>${label}</dt><dd><code data-value="${label}"${secret ? { html: ' data-secret' } : undefined}>${value}</code></dd>`)}</dl>${{ html: `<script>${copying}</script>` }}`,
  )

export const devicePage = (frame: Frame, action: string, userCode: string | undefined, problem: string | undefined): string =>
  page(
    frame,
    'Connect a device',
    html`<form method="get" action="${action}">${alert(problem)}<label for="user_code">The code that the device shows</label><input id="user_code" name="user_code" autocomplete="off" required value="${userCode ?? ''}"${problem === undefined ? undefined : { html: ' aria-invalid="true" aria-describedby="problem"' }}><div class="choices"><button class="main" type="submit">Go on</button></div></form>`,
  )

export const deviceDonePage = (frame: Frame, client: string, approved: boolean): string =>
  page(
    frame,
    approved ? 'The device is connected' : 'The device is not connected',
    html`<p>${approved ? `${client} goes on by itself.` : `${client} was told that you refused.`} You can close this page.</p>`,
  )

/** Submits the only form of the page; its hash is all that the page's policy lets run. */
export const submitScript = 'document.forms[0].submit()'

/** An authorization response on its way to the client, as a form (OAuth 2.0 Form Post Response Mode §2). */
export const formPostPage = (frame: Frame, to: string, fields: readonly (readonly [name: string, value: string])[]): string =>
  page(
    frame,
    'Back to the app',
    html`<form method="post" action="${to}">${hiddenPairs(fields)}<div class="choices"><button class="main" type="submit">Go on</button></div></form>${{ html: `<script>${submitScript}</script>` }}`,
  )
