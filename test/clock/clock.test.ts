import { expect, it } from 'vitest'
import { createClock, latestTime, parseDuration } from '../../src/clock/clock.js'

const machine = 1_700_000_000.437

it('ten advances of 100 ms move a clock by a second, whether it stands still or runs', () => {
  for (const freezes of [true, false]) {
    const clock = createClock(() => machine)
    if (freezes) clock.freeze()
    for (let i = 0; i < 10; i += 1) clock.advance('100ms')
    expect(clock.now()).toBe(1_700_000_001.437)
  }
})

it('a clock that is frozen and runs again is where it was', () => {
  let now = machine
  const clock = createClock(() => now)
  clock.advance('2h')
  const before = clock.state()
  clock.freeze()
  clock.run()
  expect(clock.state()).toEqual(before)
  clock.freeze()
  now += 60
  expect(clock.now()).toBe(1_700_007_200.437)
  clock.run()
  expect(clock.now()).toBe(1_700_007_200.437)
  now += 0.001
  expect(clock.now()).toBe(1_700_007_200.438)
})

it('goes to a time that has not passed, and to no other', () => {
  const clock = createClock(() => machine)
  expect(clock.advanceTo(1_700_000_030.5)).toBe(1_700_000_030.5)
  expect(clock.now()).toBe(1_700_000_030.5)
  expect(() => clock.advanceTo(1_700_000_030.499)).toThrow('has passed')
  expect(() => clock.advanceTo(Number.NaN)).toThrow('has passed')
  expect(clock.freeze(1_800_000_000)).toBe(1_800_000_000)
  expect(clock.advanceTo(1_800_000_000.001)).toBe(1_800_000_000.001)
})

it('stays between 1970 and the year 9999, and changes nothing when it is sent elsewhere', () => {
  const clock = createClock(() => machine)
  expect(() => clock.freeze(-1)).toThrow('9999')
  expect(() => clock.freeze(Number.NaN)).toThrow('9999')
  expect(() => clock.advanceTo(latestTime + 1)).toThrow('9999')
  expect(clock.freeze(latestTime)).toBe(latestTime)
  expect(() => clock.advance('1ms')).toThrow('9999')
  expect(clock.now()).toBe(latestTime)
})

it('a length of time is whole milliseconds, and a hundred years at most', () => {
  expect([90, '90', '90s', '200ms', '1h30m', '0.0004', '1.2345s'].map(parseDuration)).toEqual([90, 90, 90, 0.2, 5400, 0, 1.235])
  expect(['', '-1', '1y', '36500000d', 'Infinity', '1 h'].map(parseDuration)).toEqual(Array(6).fill(undefined))
  expect([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e12].map(parseDuration)).toEqual(Array(4).fill(undefined))
})
