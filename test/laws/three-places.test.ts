import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { settle } from '../../src/provider/quirk.js'
import type { Settings } from '../../src/provider/settings.js'
import { providers } from '../../src/providers/index.js'
import { root } from './sources.js'

const ids = providers.map(({ id }) => id)

describe('a provider has one name in three places', () => {
  it('src/providers, fixtures and openapi name the same providers', () => {
    const files = readdirSync(join(root, 'src/providers'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    const seeded = readdirSync(join(root, 'fixtures')).filter((name) => existsSync(join(root, 'fixtures', name, 'seed.json')))
    const described = readdirSync(join(root, 'openapi'))
      .filter((name) => name.endsWith('.yaml') && name !== 'control.yaml')
      .map((name) => name.replace(/\.yaml$/, ''))
    expect(files.toSorted()).toEqual(ids.toSorted())
    expect(seeded.toSorted()).toEqual(ids.toSorted())
    expect(described.toSorted()).toEqual(ids.toSorted())
  })

  it.each(ids)('%s: the paths that are served are the paths that are described', (id) => {
    const provider = providers.find((one) => one.id === id)
    const document = parse(readFileSync(join(root, 'openapi', `${id}.yaml`), 'utf8')) as {
      paths: { [path: string]: { [method: string]: unknown } }
    }
    const served = Object.values(settle<Settings>(provider?.settings ?? {}).endpoints).flatMap(({ methods, path }) =>
      methods.map((method) => `${method} ${path}`),
    )
    const methods = ['get', 'post', 'put', 'patch', 'delete']
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((method) => methods.includes(method))
        .map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(served.filter((one) => !described.includes(one))).toEqual([])
  })
})
