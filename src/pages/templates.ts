/** The pages a person sees: log-in, consent, errors, and the portals where providers hand things out. Neutral on purpose. */

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
input, select, button { font: inherit; width: 100%; padding: .5rem .7rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .4rem }
button { font-weight: 600; cursor: pointer }
button.main { color: var(--on-strong); background: var(--strong); border-color: var(--strong) }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px }
[aria-invalid] { border: 2px solid var(--bad) } [role=alert] { color: var(--bad); font-weight: 600 }
.choices { display: flex; gap: .75rem; margin-top: 1.25rem } .choices form { flex: 1 }
dt { font-weight: 600; margin-top: .75rem } dd { margin: .15rem 0 0 } dd code { user-select: all } pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .4rem }
footer { margin-top: 1.5rem; font-size: .85rem; color: var(--quiet) }
`

export interface Frame {
  /** The provider's name. */
  readonly provider: string
}

export const page = ({ provider }: Frame, title: string, body: Html): string =>
  `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${{ html: `<style>${style}</style>` }}</head><body><main><h1>${title}</h1>${body}<footer>authdouble emulates ${provider}; not affiliated with it.</footer></main></body></html>`
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

export const errorPage = (frame: Frame, error: string, description: string): string =>
  page(frame, 'Something is wrong with this request', html`<p><code>${error}</code></p><p>${description}</p>`)

export interface Login {
  /** The name of the app that sent the browser here. */
  readonly client?: string
  readonly action: string
  readonly fields: { readonly [name: string]: string }
  /** The e-mail address that the field starts with. */
  readonly email: string
  readonly problem?: string
}

const alert = (problem: string | undefined): Html | undefined =>
  problem === undefined ? undefined : html`<p role="alert" id="problem">${problem}</p>`

export const loginPage = (frame: Frame, { client, action, fields, email, problem }: Login): string =>
  page(
    frame,
    'Log in',
    html`${client === undefined ? undefined : html`<p>${client} wants to connect to your account.</p>`}<form method="post" action="${action}">${hidden(fields)}${alert(problem)}<label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" required value="${email}"${problem === undefined ? undefined : { html: ' aria-invalid="true" aria-describedby="problem"' }}><label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" aria-describedby="any"><p id="any">Any password will do.</p><div class="choices"><button class="main" type="submit">Log in</button></div></form>`,
  )

export interface Consent {
  /** The code that the device of a device authorization shows. */
  readonly userCode?: string | undefined
  readonly client: string
  readonly user: string
  readonly scope: readonly string[]
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

const choiceForm = ({ action, fields }: Consent, choice: 'approve' | 'deny', words: string): Html =>
  html`<form method="post" action="${action}">${hidden({ ...fields, choice })}<button type="submit"${choice === 'approve' ? { html: ' class="main"' } : undefined}>${words}</button></form>`

export const consentPage = (frame: Frame, consent: Consent): string =>
  page(
    frame,
    `Allow ${consent.client}?`,
    html`<p>You are logged in as ${consent.user}.</p>${consent.userCode === undefined ? undefined : html`<p>The device shows <code>${consent.userCode}</code>. Go on only if it does.</p>`}${scopeList(consent.scope)}<div class="choices">${
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

export const handedOutPage = (frame: Frame, title: string, values: readonly HandedOut[]): string =>
  page(
    frame,
    title,
    html`<dl>${values.map(({ label, value, secret }) => html`<dt>${label}</dt><dd><code data-value="${label}"${secret ? { html: ' data-secret' } : undefined}>${value}</code></dd>`)}</dl>`,
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
