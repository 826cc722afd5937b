import { readFileSync, writeFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { providers } from '../../src/index.js'
import { isQuirk } from '../../src/provider/quirk.js'
import { shapeProblems } from '../../src/provider-files/shape.js'
import { providerSchema } from '../tables/providerSchema.js'

const file = new URL('../../openapi/provider.schema.json', import.meta.url)

it('the published schema is made from the types that providers are written in (npm run tables writes it)', () => {
  const wanted = `${JSON.stringify(providerSchema(), null, 2)}\n`
  if (process.env['WRITE_TABLES'] === '1') writeFileSync(file, wanted)
  else expect(readFileSync(file, 'utf8')).toBe(wanted)
})

const validate = new Ajv2020({ strict: false, inlineRefs: false }).compile(JSON.parse(readFileSync(file, 'utf8')))

/** A declaration as a file would say it. */
const asFile = (value: unknown): unknown => {
  if (isQuirk(value)) {
    const { name, provider, standard, variants, description, source, optIn } = value
    return {
      quirk: name,
      source,
      provider: asFile(provider),
      standard: asFile(standard),
      description,
      ...(variants ? { variants: asFile(variants) } : {}),
      ...(optIn === undefined ? {} : { optIn }),
    }
  }
  if (Array.isArray(value)) return value.map(asFile)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, asFile(inner)]))
}

it.each(providers.map((provider) => [provider.id, provider] as const))(
  '%s, written as a file, fits the schema and our reading of it',
  (_, provider) => {
    const { dialect, ...settings } = asFile(provider.settings) as { readonly [section: string]: unknown }
    const content = { id: provider.id, name: provider.name, docs: provider.docs, settings, errors: dialect }
    validate(content)
    expect(validate.errors ?? []).toEqual([])
    expect(shapeProblems(content)).toEqual([])
  },
)

it('what does not fit is found by the schema and by our reading of it', () => {
  for (const settings of [
    { acces: {} },
    { access: { lifetime: '1h' } },
    { pkce: { methods: ['S255'] } },
    { access: { lifetime: { quirk: 'x', provider: 1, standard: 2, description: 'no source' } } },
    { endpoints: { token: { operation: 'tokens', path: '/t' } } },
  ]) {
    expect([settings, validate({ settings })]).toEqual([settings, false])
    expect([settings, shapeProblems({ settings }).length]).toEqual([settings, 1])
  }
})
