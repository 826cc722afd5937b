/** The pages a person sees: log-in, consent, errors, and the portals where providers hand things out. Neutral on purpose. */

import type { Html } from './html.js'
import { html } from './html.js'

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; background: Canvas; color: CanvasText }
main { width: min(30rem, 100% - 2rem); padding: 1.5rem; border: 1px solid GrayText; border-radius: .5rem; box-sizing: border-box }
h1 { font-size: 1.3rem; margin: 0 0 .75rem }
label { display: block; margin: .75rem 0 .25rem; font-weight: 600 }
input, select, button { font: inherit; padding: .45rem .6rem; width: 100%; box-sizing: border-box }
.choices { display: flex; gap: .75rem; margin-top: 1rem }
code { word-break: break-all }
footer { margin-top: 1.5rem; font-size: .85rem }
`

export interface Frame {
  /** The provider's name. */
  readonly provider: string
}

const page = ({ provider }: Frame, title: string, body: Html): string =>
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

const hidden = (fields: { readonly [name: string]: string }): readonly Html[] =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)

const scopeList = (scope: readonly string[]): Html =>
  scope.length === 0
    ? html`<p>It asks for access to your account.</p>`
    : html`<p>It asks for:</p><ul>${scope.map((one) => html`<li><code>${one}</code></li>`)}</ul>`

export const errorPage = (frame: Frame, error: string, description: string): string =>
  page(frame, 'Something is wrong with this request', html`<p><code>${error}</code></p><p>${description}</p>`)

export const loginPage = (
  frame: Frame,
  action: string,
  fields: { readonly [name: string]: string },
  suggested: string,
  problem?: string,
): string =>
  page(
    frame,
    'Log in',
    html`<form method="post" action="${action}">${hidden(fields)}${problem === undefined ? undefined : html`<p role="alert">${problem}</p>`}<label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" required value="${suggested}"><label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" placeholder="anything will do"><div class="choices"><button type="submit">Log in</button></div></form>`,
  )

export interface Consent {
  readonly client: string
  readonly user: string
  readonly scope: readonly string[]
  /** Where the form goes. */
  readonly action: string
  readonly fields: { readonly [name: string]: string }
  /** Approving is this link instead of the form. */
  readonly approveUrl?: string
}

export const consentPage = (frame: Frame, consent: Consent): string =>
  page(
    frame,
    `Allow ${consent.client}?`,
    html`<p>You are logged in as ${consent.user}.</p>${scopeList(consent.scope)}<form method="post" action="${consent.action}">${hidden(consent.fields)}<div class="choices">${
      consent.approveUrl === undefined
        ? html`<button type="submit" name="choice" value="approve">Approve</button>`
        : html`<button type="submit" formmethod="get" formaction="${consent.approveUrl}" form="approve">Approve</button>`
    }<button type="submit" name="choice" value="deny">Deny</button></div></form>${
      consent.approveUrl === undefined ? undefined : approveForm(consent.approveUrl)
    }`,
  )

/** Approving in the same URL: a GET form with that URL's parameters. */
const approveForm = (url: string): Html => {
  const [path = '', query = ''] = url.split('?', 2)
  return html`<form id="approve" method="get" action="${path}">${[...new URLSearchParams(query)].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}</form>`
}

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
    html`<form method="post" action="${action}">${problem === undefined ? undefined : html`<p role="alert">${problem}</p>`}${fields.map(
      ({ name, label, value, options }) =>
        html`<label for="${name}">${label}</label>${
          options === undefined
            ? html`<input id="${name}" name="${name}" value="${value}">`
            : html`<select id="${name}" name="${name}">${options.map(([one, shown]) => (one === value ? html`<option value="${one}" selected>${shown}</option>` : html`<option value="${one}">${shown}</option>`))}</select>`
        }`,
    )}<div class="choices"><button type="submit">${button}</button></div></form>`,
  )

export const handedOutPage = (frame: Frame, title: string, values: readonly (readonly [label: string, value: string])[]): string =>
  page(
    frame,
    title,
    html`<dl>${values.map(([label, value]) => html`<dt>${label}</dt><dd><code data-value="${label}">${value}</code></dd>`)}</dl>`,
  )
