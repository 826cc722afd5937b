import { describe, expect, it } from 'vitest'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { invariants } from '../../src/conformance/invariants/violations.js'
import { casesOf, runConformance } from '../../src/conformance/runner/run.js'
import type { ProviderId } from '../../src/index.js'
import type { Broken } from './broken/broken.js'
import { brokenClient } from './broken/broken.js'
import { brokenClients } from './broken/index.js'
import { allProviders, isPlayedHere, profiles } from './shipped.js'

/** A check where it is made: in a case, at a provider. */
interface Made {
  readonly provider: ProviderId
  /** `topic/name` of the case. */
  readonly within: string
  readonly check: string
}

const made: readonly Made[] = allProviders.flatMap((provider) =>
  casesOf(provider)
    .filter(isPlayedHere)
    .flatMap((one) => one.checks(profiles[provider]).map(({ id }) => ({ provider, within: `${one.topic}/${one.name}`, check: id }))),
)

/** What holds in every case is looked at in each of them: a broken client may break it wherever its fault shows. */
const isInvariant = (check: string): boolean => invariants.some(({ id }) => id === check)

const inWords = ({ provider, within, check }: Made): string => `${provider}/${within} ${check}`

/** Milliseconds that a step may take: longer than the reference client waits, twice. */
const patience = 9500

/** What holds in every case and has a check of its own that says so first. */
const toldByChecks: { readonly [invariant: string]: string } = {
  'always.connection-kept': 'errors.refresh-trouble-survived',
  'always.bounded-requests': 'errors.refresh-trouble-bounded',
  'always.real-tokens-only': 'errors.no-junk-token',
  'always.own-token': 'install.customers-apart',
  'always.comes-to-an-end': 'errors.refresh-trouble-bounded',
  'always.no-secret-to-a-stranger': 'errors.redirect-of-api',
}

/** What turns red when a broken client plays the cases of the checks that it names. */
const play = async (broken: Broken): Promise<readonly Made[]> => {
  const at = async (provider: ProviderId): Promise<readonly Made[]> => {
    const only = made
      .filter((one) => one.provider === provider && broken.killedBy.includes(one.check))
      .map(({ within }) => within)
      .concat(broken.providers.includes(provider) ? (broken.also ?? []) : [])
    if (only.length === 0) return []
    const { cases } = await runConformance({
      provider,
      driver: clientDriver(brokenClient(broken), [], patience),
      only,
      jobs: 6,
      seed: broken.name,
    })
    return cases.flatMap(({ topic, name, checks }) =>
      checks
        .filter(({ id, verdict }) => (verdict === 'fail' || verdict === 'warn') && !broken.mayBreak?.includes(id))
        .map(({ id }) => ({ provider, within: `${topic}/${name}`, check: id })),
    )
  }
  return (await Promise.all(allProviders.map(at))).flat()
}

const played = new Map<Broken, Promise<readonly Made[]>>()

const killed = (broken: Broken): Promise<readonly Made[]> => {
  const running = played.get(broken) ?? play(broken)
  played.set(broken, running)
  return running
}

// Most of what they do is waiting: some at once take no longer than one.
describe.concurrent('A broken client', () => {
  it.each(brokenClients.map((broken) => [broken.says, broken] as const))(
    'that %s is found out',
    { timeout: 240_000 },
    async (_, broken) => {
      const red = await killed(broken)
      for (const provider of broken.providers) {
        const expected = new Set([
          ...made.filter((one) => one.provider === provider && broken.killedBy.includes(one.check)).map(({ check }) => check),
          ...broken.killedBy.filter(isInvariant),
        ])
        expect(expected.size, `${provider} has checks for it`).toBeGreaterThan(0)
        const found = red.filter((one) => one.provider === provider).map(({ check }) => check)
        expect(
          [...expected].filter((check) => !found.includes(check)),
          `unnoticed at ${provider}`,
        ).toEqual([])
      }
      const strange = red.filter(({ check }) => !broken.killedBy.includes(check) && !isInvariant(check))
      expect(strange.map(inWords), 'checks that are red for no fault of it').toEqual([])
    },
  )

  it('has a name of its own, and names checks that exist', () => {
    const names = brokenClients.map(({ name }) => name)
    expect(names.filter((name, at) => names.indexOf(name) < at)).toEqual([])
    const checks = new Set(made.map(({ check }) => check))
    expect(brokenClients.flatMap(({ killedBy }) => killedBy).filter((check) => !checks.has(check) && !isInvariant(check))).toEqual([])
  })
})

describe('Every conformance check', () => {
  /** The broken clients that a check catches, measured. */
  const killers = async ({ provider, within, check }: Made): Promise<readonly string[]> => {
    const found: string[] = []
    for (const broken of brokenClients)
      if ((await killed(broken)).some((one) => one.provider === provider && one.within === within && one.check === check))
        found.push(broken.name)
    return found
  }

  it('is killed in each of its cases, at each of its providers, by at least one broken client', async () => {
    const alive: string[] = []
    for (const one of made) if ((await killers(one)).length === 0) alive.push(inWords(one))
    expect(alive).toEqual([])
  }, 600_000)

  it('and every invariant is broken by at least one of them', async () => {
    const broken = new Set<string>()
    for (const client of brokenClients) for (const { check } of await killed(client)) broken.add(check)
    expect(invariants.map(({ id }) => id).filter((id) => !broken.has(id) && !broken.has(toldByChecks[id] ?? ''))).toEqual([])
  }, 600_000)

  it('stands with its killers in the table', async () => {
    const rows: string[] = []
    for (const { within, check } of made.filter(
      (one, at) => made.findIndex((o) => o.within === one.within && o.check === one.check) === at,
    )) {
      const cells = allProviders.map(async (provider) =>
        made.some((one) => one.provider === provider && one.within === within && one.check === check)
          ? (await killers({ provider, within, check })).join('<br>')
          : '',
      )
      rows.push(`| ${check}<br>*${within}* | ${(await Promise.all(cells)).join(' | ')} |`)
    }
    const table = [
      '# Checks, and the broken clients that each of them catches',
      '',
      'Written by `npx vitest run test/conformance/killed.test.ts -u`. An empty cell: the provider has no such case.',
      '',
      `| check, *case* | ${allProviders.join(' | ')} |`,
      `|${' --- |'.repeat(allProviders.length + 1)}`,
      ...rows,
      '',
      '## What holds in every case, and the broken clients that do not keep it',
      '',
      ...(await Promise.all(
        invariants.map(async ({ id, title }) => {
          const check = toldByChecks[id]
          if (check !== undefined) return `- \`${id}\` ${title}: told by \`${check}\``
          const by: string[] = []
          for (const broken of brokenClients) if ((await killed(broken)).some(({ check }) => check === id)) by.push(`\`${broken.name}\``)
          return `- \`${id}\` ${title}: ${by.join(', ')}`
        }),
      )),
      '',
      '## The broken clients',
      '',
      ...brokenClients.map(({ name, says }) => `- \`${name}\` ${says}`),
      '',
    ].join('\n')
    await expect(table).toMatchFileSnapshot('./checks.md')
  }, 600_000)
})
