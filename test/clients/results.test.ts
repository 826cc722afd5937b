import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { invariants } from '../../src/conformance/invariants/violations.js'
import { casesOf } from '../../src/conformance/runner/run.js'
import { allProviders, profiles } from '../conformance/shipped.js'
import { listed, results } from '../tables/clients.js'

const again = 'npm run matrix writes it anew'

describe(`The results of the real clients (${again})`, () => {
  it('are of all clients that are listed, at all providers that each is wired for', () => {
    const expected = listed().map(({ id, needs }) => ({ id, at: Object.keys(needs) }))
    const kept = results().map(({ id, at, notRun }) => ({
      id,
      at: notRun === undefined ? at.map(({ provider }) => provider) : expected.find((one) => one.id === id)?.at,
    }))
    expect(kept).toEqual(expected)
  })

  it('are of the versions that are installed', () => {
    const stale = listed().flatMap(({ id, library }) => {
      const row = results().find((one) => one.id === id)
      const path = new URL(`../../node_modules/${library}/package.json`, import.meta.url)
      if (!row || row.notRun !== undefined || !row.client.startsWith(`${library} `)) return []
      try {
        const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }
        return row.client === `${library} ${version}` ? [] : [`${row.client} is now ${version}`]
      } catch {
        return []
      }
    })
    expect(stale).toEqual([])
  })

  it('name cases and checks that exist', () => {
    const known = new Set(
      allProviders.flatMap((provider) =>
        casesOf(provider).flatMap((one) => one.checks(profiles[provider]).map(({ id }) => `${provider}/${one.topic}/${one.name} ${id}`)),
      ),
    )
    const everywhere = new Set(invariants.map(({ id }) => id))
    const found = results().flatMap(({ at }) =>
      at.flatMap(({ provider, findings }) => findings.map((one) => `${provider}/${one.case} ${one.check}`)),
    )
    const named = ([place = '', check = '']: readonly string[]): boolean =>
      everywhere.has(check) && [...known].some((one) => one.startsWith(`${place} `))
    expect(found.filter((one) => !known.has(one) && !named(one.split(' ')))).toEqual([])
    expect(found.length).toBeGreaterThan(0)
  })

  it('are of clients that connect: each passes the plain case wherever nothing says that it cannot', () => {
    const stuck = results().flatMap(({ id, at }) =>
      at.flatMap(({ provider, findings }) => {
        const cannot = listed().find((one) => one.id === id)?.cannot?.[provider]
        return findings.some((one) => one.case === 'exchange/redeems-the-code') && cannot === undefined ? [`${id} ${provider}`] : []
      }),
    )
    expect(stuck).toEqual([])
  })

  it('are never an error of authdouble', () => {
    expect(results().flatMap(({ at }) => at.filter(({ error }) => error > 0))).toEqual([])
  })
})
