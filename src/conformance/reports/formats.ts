/** The formats a report can be had in, by the name that `--report` takes. */

import type { Report } from '../runner/verdict.js'
import { html } from './html/page.js'
import { json } from './json.js'
import { junit } from './junit.js'
import { markdown } from './markdown.js'
import type { SarifOptions } from './sarif.js'
import { sarif } from './sarif.js'
import { tap } from './tap.js'
import type { TextOptions } from './text.js'
import { text } from './text.js'

export type ReportFormat = 'text' | 'json' | 'junit' | 'tap' | 'sarif' | 'markdown' | 'html'

export interface ReportOptions extends TextOptions, SarifOptions {}

/** Pure: the same report and options give the same text. */
export const formats: { readonly [format in ReportFormat]: (report: Report, options?: ReportOptions) => string } = {
  text,
  json,
  junit,
  tap,
  sarif,
  markdown,
  html: (report) => html([report]),
}
