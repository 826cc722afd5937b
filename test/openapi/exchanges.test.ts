/** Runs behind all other tests: everything that crossed the wire in them is as described, and everything described was seen. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { descriptionNames } from './descriptions.js'
import { answersOf, matcher } from './match.js'
import type { Exchange } from './recorder.js'
import { unseen } from './unseen.js'

const folder = process.env['AUTHDOUBLE_TEST_EXCHANGES'] ?? ''

const lines: readonly (Exchange | { readonly test: string })[] = (existsSync(folder) ? readdirSync(folder) : []).flatMap((file) =>
  readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line)),
)
const exchanges = lines.filter((line): line is Exchange => 'status' in line)

const matchers = new Map(descriptionNames.map((name) => [name, matcher(name)] as const))
const judged = exchanges.flatMap((exchange) => {
  const described = matchers.get(exchange.provider ?? 'control')?.(exchange)
  return described === undefined ? [] : [{ exchange, ...described }]
})

/** All other test files have run: the run was not narrowed to some of them. */
const tests = readdirSync(new URL('../', import.meta.url), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.test.ts'),
)
const ran = new Set(lines.map((line) => line.test.replace(/^.*\/test\//, '')))
const missing = tests.filter((file) => !ran.has(file) && !file.endsWith('exchanges.test.ts'))

test('what was asked and answered is as described', () => {
  const violations = judged.flatMap(({ exchange, operation, violations: found }) =>
    found.map((violation) => `${operation} ${exchange.status}: ${violation} (${exchange.test.replace(/^.*\/test\//, '')})`),
  )
  const distinct = [...new Set(violations)].sort()
  expect(distinct, distinct.slice(0, 50).join('\n')).toEqual([])
})

test('what is described was seen, but for what is listed with a reason', (context) => {
  if (missing.length > 0) {
    context.skip(`only a part of the tests ran; without ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ' and others' : ''}`)
    return
  }
  // What came about by chance may not come the next time.
  const meant = judged.filter(({ exchange }) => !/\/fuzz\.test\.ts$/.test(exchange.test))
  const seen = new Set(meant.map(({ operation, answer }) => `${operation} ${answer}`))
  const never = descriptionNames.flatMap(answersOf).filter((answer) => !seen.has(answer))
  const unlisted = never.filter((answer) => !Object.hasOwn(unseen, answer))
  expect(unlisted, unlisted.join('\n')).toEqual([])
  expect(Object.keys(unseen).filter((answer) => !never.includes(answer))).toEqual([])
})
