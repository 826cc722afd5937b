import { expect, it } from 'vitest'
import { type Level, logRequests } from '../../src/cli/line.js'

it('What authdouble itself could not do is told at every level but silence, with where it happened', () => {
  const told = (level: Level): string => {
    let text = ''
    const watch = logRequests(
      () => undefined,
      (line) => {
        text += line
      },
      false,
      level,
    )
    watch({ sandbox: '', method: 'GET', path: '/zettle/token', status: 500, id: undefined, took: 0, mistake: new Error('a bug') })
    return text
  }
  expect(told('silent')).toBe('')
  for (const level of ['error', 'warn', 'info', 'debug'] as const)
    expect(told(level)).toMatch(/^\d\d:\d\d:\d\d GET \/zettle\/token -> 500 0 ms\n {2}Error: a bug\n\s+at .*mistake\.test/)
})
