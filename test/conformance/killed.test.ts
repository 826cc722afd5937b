import { describe, expect, it } from 'vitest'
import { cases } from '../../src/conformance/cases/index.js'
import { clientDriver } from '../../src/conformance/drivers/module.js'
import { profiles } from '../../src/conformance/profiles.js'
import { casesOf, runConformance } from '../../src/conformance/run.js'
import type { ProviderId } from '../../src/index.js'
import type { Broken } from './broken/broken.js'
import { brokenClient } from './broken/broken.js'
import { brokenClients } from './broken/index.js'

const checksOf = (provider: ProviderId) =>
  casesOf(provider).flatMap((one) => one.checks(profiles[provider]).map(({ id }) => ({ id, only: `${one.topic}/${one.name}` })))

/** The checks that noticed a broken client at a provider, among those that should. */
const noticed = async (broken: Broken, provider: ProviderId): Promise<readonly string[]> => {
  const only = checksOf(provider).flatMap(({ id, only }) => (broken.killedBy.includes(id) ? [only] : []))
  if (only.length === 0) return []
  const { cases } = await runConformance({ provider, driver: clientDriver(brokenClient(broken)), only, seed: broken.name })
  return cases.flatMap(({ checks }) => checks.flatMap(({ id, verdict }) => (verdict === 'fail' || verdict === 'warn' ? [id] : [])))
}

const killers = (check: string): readonly Broken[] => brokenClients.filter(({ killedBy }) => killedBy.includes(check))

describe('A broken client', () => {
  it.each(brokenClients.map((broken) => [broken.says, broken] as const))('that %s is found out', async (_, broken) => {
    for (const provider of broken.providers) {
      const asked = checksOf(provider).filter(({ id }) => broken.killedBy.includes(id))
      expect(
        [...new Set(asked.map(({ id }) => id))].filter((id) => id.length > 0),
        `${provider} has checks for it`,
      ).not.toEqual([])
      const found = await noticed(broken, provider)
      expect(
        [...new Set(asked.map(({ id }) => id))].filter((id) => !found.includes(id)),
        `${broken.name} at ${provider} goes unnoticed`,
      ).toEqual([])
    }
  })
})

describe('Every conformance check', () => {
  const ids = [...new Set(cases.flatMap((one) => one.providers.flatMap((provider) => one.checks(profiles[provider]).map(({ id }) => id))))]

  it('is killed by at least one broken client', () => {
    expect(ids.filter((id) => killers(id).length === 0)).toEqual([])
  })

  it('is one that exists, where a broken client names it', () => {
    expect(brokenClients.flatMap(({ killedBy }) => killedBy).filter((id) => !ids.includes(id))).toEqual([])
  })

  it('stands with its killers in the table', async () => {
    const rows = ids.map(
      (id) =>
        `| ${id} | ${killers(id)
          .map(({ name, says }) => `\`${name}\` ${says}`)
          .join('<br>')} |`,
    )
    const table = `# Checks, and the broken clients that each of them catches\n\nWritten by \`npx vitest run test/conformance/killed.test.ts -u\`.\n\n| check | caught |\n| --- | --- |\n${rows.join('\n')}\n`
    await expect(table).toMatchFileSnapshot('./checks.md')
  })
})
