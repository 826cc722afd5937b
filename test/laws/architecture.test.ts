import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './sources.js'

const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')

describe('ARCHITECTURE.md', () => {
  const named = [...new Set([...page.matchAll(/`((?:src|test|fixtures|openapi)\/[\w./<>-]+)`/g)].map(([, path = '']) => path))]

  it('names files that exist', () => {
    expect(named.length).toBeGreaterThan(30)
    expect(named.filter((path) => !path.includes('<') && !existsSync(join(root, path)))).toEqual([])
  })

  it('has every folder of src on a floor', () => {
    const law = readFileSync(join(root, 'test/laws/floors.test.ts'), 'utf8')
    const table = law.slice(law.indexOf('const floors'), law.indexOf('\n}\n'))
    const rooms = [...table.matchAll(/^ {2}'?([\w-]+)'?: \d+,/gm)].map(([, room = '']) => room)
    const drawing = page.slice(page.indexOf('## Floors'), page.indexOf('## The way'))
    expect(rooms.length).toBeGreaterThan(15)
    expect(rooms.filter((room) => !new RegExp(`(^|\\s)${room}(\\.ts)?(\\s|$)`, 'm').test(drawing))).toEqual([])
  })
})
