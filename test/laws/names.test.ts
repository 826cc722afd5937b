import { expect, it } from 'vitest'
import { sourcesBelow, withoutComments } from './sources.js'

const rooms = ['provider', 'protocol', 'wire', 'store', 'server', 'instruments', 'pages', 'reach']
const names = /\b(i?zettle|ziina|zoho|zentail|vcita|intandem)\b/i

it.each(rooms)('no provider is named in %s', (room) => {
  const guilty = sourcesBelow(`src/${room}`).flatMap(({ path, text }) =>
    withoutComments(text)
      .split('\n')
      .filter((line) => names.test(line) && !/^(import|export) .*providers\//.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  )
  expect(guilty).toEqual([])
})
