/** What stands at `/`: the console for a browser, and an index of the providers for anything else. */

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { RawResponse } from '../http/raw.js'
import { providerAddress } from '../issuance/providerAddress.js'
import { version } from '../package/version.js'
import type { Sandbox } from '../sandbox/sandbox.js'

/** From here and from the bundled command line alike: both stand two folders below the package's root. */
const folder = new URL('../../dist/console/', import.meta.url)

const sourceOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

interface Page {
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/** One document with its style and its one script in it: nothing else can be loaded, from anywhere, and no text can become markup. */
const compose = async (): Promise<Page> => {
  const [script, style] = await Promise.all(['console.js', 'console.css'].map((name) => readFile(new URL(name, folder), 'utf8')))
  const policy = [
    "default-src 'none'",
    `script-src ${sourceOf(script ?? '')}`,
    `style-src ${sourceOf(style ?? '')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  const icon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%234a5fd0'/%3E%3Cpath d='M4 8h8M9 5l3 3-3 3' stroke='white' stroke-width='1.6' fill='none'/%3E%3C/svg%3E"
  return {
    headers: {
      'x-authdouble': version,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
      vary: 'accept',
    },
    body: `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>authdouble</title><link rel="icon" href="${icon}"><style>${style}</style></head><body><div id="console"></div><noscript>The console needs scripts. The control API at /__admin does not.</noscript><script type="module">${script}</script></body></html>\n`,
  }
}

let composed: Promise<Page> | undefined

const consolePage = async (): Promise<RawResponse> => {
  composed ??= compose()
  try {
    return { status: 200, ...(await composed) }
  } catch {
    composed = undefined
    return { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'The console was not built: npm run prepare\n' }
  }
}

/** Providers and where they are; who the demo clients are is told by `authdouble env` and the control API. */
const indexOf = (sandbox: Sandbox): RawResponse => {
  const url = sandbox.url()
  const providers = [...sandbox.instances.values()].map((instance) => {
    const { clientId: _, clientSecret: _secret, username: _username, password: _password, ...urls } = providerAddress(sandbox, instance)
    const { id, name, docs } = instance.provider
    return [id, { name, docs, ...urls, openapi: `${url}/${id}/openapi.json` }] as const
  })
  const body = {
    name: sandbox.name,
    version,
    console: `${url}/__admin/ui`,
    admin: `${url}/__admin`,
    openapi: `${url}/__admin/openapi.json`,
    providers: Object.fromEntries(providers),
  }
  const headers = {
    'x-authdouble': version,
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-cache',
    vary: 'accept',
  }
  return { status: 200, headers, body: `${JSON.stringify(body, undefined, 2)}\n` }
}

/** @param path `/`, or that of the console itself */
export const atDoor = (sandbox: Sandbox, path: string, accept: string | undefined): RawResponse | Promise<RawResponse> =>
  path !== '/' || accept?.includes('text/html') ? consolePage() : indexOf(sandbox)
