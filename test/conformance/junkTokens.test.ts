import { expect, it } from 'vitest'
import { truthInvariants } from '../../src/conformance/invariants/truth.js'
import type { JournalEntry } from '../../src/index.js'

const call = (authorization: string): JournalEntry =>
  ({
    id: 'r1',
    operation: 'resource',
    request: { method: 'GET', url: '/things', headers: [['authorization', authorization]] },
    response: { status: 401, headers: [] },
    outcome: 'refused',
    reason: 'token_unknown',
  }) as unknown as JournalEntry

it.each([
  ['Bearer undefined', 1],
  ['Zoho-oauthtoken null', 1],
  ['NaN', 1],
  ['Bearer [object Object]', 1],
  ['Bearer undefined-but-longer', 0],
  ['Bearer IZSEC1234', 0],
])('An API call with %s, before any reply was seen: %i finding', (authorization, findings) => {
  const rule = truthInvariants.find(({ id }) => id === 'always.real-tokens-only')
  const history = { entries: [call(authorization)], steps: [] } as unknown as Parameters<NonNullable<typeof rule>['find']>[0]
  expect(rule?.find(history)).toHaveLength(findings)
})
