/** The report as data, as `openapi/conformance-report.schema.json` describes it. */

import type { Report } from '../runner/verdict.js'

export const json = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`
