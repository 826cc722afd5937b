/** What the last kept run of the bench measured, as Markdown: printed from `test/bench/results.json`. */

import { readFileSync } from 'node:fs'
import type { Results } from '../bench/results.js'

const titles: { readonly [row: string]: string } = {
  code: 'code exchanged for an opaque token',
  refresh: 'opaque token refreshed',
  rs256: 'RS256 token refreshed',
  bearer: 'bearer token checked',
  discovery: 'discovery document',
  flow: 'whole code flow, opaque tokens',
  'flow-rs256': 'whole code flow, RS256 tokens',
}

/** In the order of the columns. */
const columns: { readonly [id: string]: string } = {
  authdouble: '**authdouble**',
  'bare-http': '*bare node:http*',
  'bare-koa': '*bare Koa, router, bodyparser*',
  emulate: 'emulate',
  'oidc-provider': 'oidc-provider',
  'node-oauth': 'node-oauth, express',
  'node-oauth-jwt': 'node-oauth, express, jose',
  'oauth2-mock-server': 'oauth2-mock-server',
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Requests or flows a second, and the server's processor time for one. */
export const speedTable = (): string => {
  const { subjects }: Results = JSON.parse(readFileSync(new URL('../bench/results.json', import.meta.url), 'utf8'))
  const measured = Object.keys(columns).map((id) => subjects.find((one) => one.id === id))
  return [
    line(['', ...Object.values(columns)]),
    line(['---', ...measured.map(() => '--:')]),
    ...Object.entries(titles).map(([row, title]) =>
      line([
        title,
        ...measured.map((subject) => {
          const figure = subject?.rows[row as keyof typeof subject.rows]
          return figure ? `${figure.perSecond.toLocaleString('en')}/s, ${figure.micros.toLocaleString('en')} µs` : ''
        }),
      ]),
    ),
    line(['start to first answer', ...measured.map((subject) => (subject ? `${subject.start} ms` : ''))]),
  ].join('\n')
}
