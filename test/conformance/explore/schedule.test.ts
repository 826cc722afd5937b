import { describe, expect, it } from 'vitest'
import { readSchedule } from '../../../src/conformance/explore/readSchedule.js'

const sound = {
  format: 'authdouble-schedule',
  version: 1,
  provider: 'acme',
  seed: 's',
  turns: [
    { act: { do: 'connect' } },
    { wait: 'after-its-end', trouble: { operation: 'token', grant: 'refresh_token', fault: 'lost' }, act: { do: 'call', times: 5 } },
    { act: { do: 'crash', during: { step: 'call', stop: { operation: 'token', phase: 'after' } } } },
  ],
}

const changed = (change: object): string => JSON.stringify({ ...sound, ...change })

describe('A schedule in a file', () => {
  it('is read as it was written', () => {
    expect(readSchedule(JSON.stringify(sound))).toEqual(sound)
  })

  it.each([
    [changed({ format: 'other' }), 'format is authdouble-schedule'],
    [changed({ version: 2 }), 'version is 1'],
    [changed({ turns: [] }), 'turns is a list'],
    [changed({ turns: [{ act: { do: 'dance' } }] }), 'turns[0].act.do is one of'],
    [changed({ turns: [{ wait: 'soon', act: { do: 'call' } }] }), 'turns[0].wait is one of'],
    [changed({ turns: [{ trouble: { operation: 'token', fault: 'gremlins' }, act: { do: 'call' } }] }), 'turns[0].trouble.fault is one of'],
    [changed({ turns: [{ act: { do: 'call', times: 1000 } }] }), 'turns[0].act.times is a number from 1 to 20'],
    [changed({ turns: [{ act: { do: 'overlap', first: 'call', beside: 'call' } }] }), 'turns[0].act.stop is'],
    [changed({ turns: [{ act: { do: 'forge', browser: 'a', how: 'nicely' } }] }), 'turns[0].act.how is one of'],
    [changed({ turns: [{ act: { do: 'connect', idToken: 'odd' } }] }), 'turns[0].act.idToken is one of'],
    [changed({ turns: [{ act: { do: 'end', what: 'everything' } }] }), 'turns[0].act.what is one of'],
    ['[]', 'this is no schedule'],
  ])('%s is refused with the member that is wrong', (text, message) => {
    expect(() => readSchedule(text)).toThrow(message)
  })
})
