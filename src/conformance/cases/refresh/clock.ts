/** A client whose own clock is wrong: it must live with that, for nobody's clock is right. */

import type { Case, Finding, Findings } from '../../runner/case.js'
import { inapplicable, met, rfc, unmet } from '../../runner/case.js'
import type { Profile } from '../../runner/profile.js'
import { calls, check, entriesOf, fine, inWords, notSoFar, refreshes, stepsOf } from '../reading.js'
import { refreshing } from '../when.js'
import { answered, expire } from './need.js'

const hour = 3600

/** An hour, or more where a token lives longer: it looks expired, or fresh, when it is not. */
const wrongBy = ({ expires }: Profile): number => Math.max(hour, (expires ?? 0) + hour)

interface Wrong {
  readonly name: string
  readonly title: string
  readonly id: string
  /** 1: ahead; -1: behind. */
  readonly direction: 1 | -1
  /** Refreshes of its calls that are right. */
  readonly allowed: number
  readonly fix: string
}

const calling = 'with a wrong clock'

const lives = ({ name, title, id, direction, allowed, fix }: Wrong): Case => ({
  topic: 'refresh',
  name,
  title,
  applies: (profile) => refreshing(profile) && profile.expires !== null,
  needs: ['callback', 'call', 'clock'],
  checks: () => [
    check(
      `${id}-works`,
      'must',
      rfc(6749, '5.1', 'expires_in counts seconds from the response, whatever any clock says'),
      { title: 'goes on although its clock is wrong', expected: 'API calls that work, if need be after a refresh', fix },
      { recovers: true, consequence: 'connection-lost' },
    ),
    check(
      `${id}-once`,
      'should',
      rfc(6749, '1.5', 'A refresh is made when the access token is no longer valid'),
      {
        title: 'does not refresh at every call because its clock is wrong',
        expected: `at most ${allowed} refresh${allowed > 1 ? 'es' : ''} for four calls`,
        fix,
      },
      { forbids: true },
    ),
  ],
  play: async (context) => {
    if (!(await context.connect())) return
    if ((await context.clock(direction * wrongBy(context.profile))).state !== 'ok') return
    // Behind, it thinks a token good that has ended.
    if (direction < 0) expire(context)
    for (let turn = 0; turn < 4 && !context.over(); turn += 1) {
      if (answered(await context.ask('call', calling)) || !context.can('refresh') || turn > 0) continue
      await context.ask('refresh', `${calling}: told`)
    }
  },
  judge: (played): Findings => {
    const steps = stepsOf(played, calling)
    const made = calls(entriesOf(steps))
    const both = (finding: Finding): Findings => ({ [`${id}-works`]: finding, [`${id}-once`]: finding })
    if (steps.length === 0 || made.length + refreshes(entriesOf(steps)).length === 0) return both(notSoFar(played, 'no call was made'))
    const sent = refreshes(entriesOf([...steps, ...stepsOf(played, `${calling}: told`)]))
    const last = steps.at(-1)
    return {
      [`${id}-works`]: answered(last) ? met(...made.filter(fine).slice(-1)) : unmet(last ? inWords(last) : 'no call', ...made, ...sent),
      [`${id}-once`]:
        sent.length > allowed
          ? unmet(`${sent.length} refreshes for ${steps.length} calls`, ...sent)
          : made.some(fine)
            ? met(...made)
            : inapplicable('its calls do not work, which another check says'),
    }
  },
})

export const clockCases: readonly Case[] = [
  lives({
    name: 'lives-with-a-clock-that-is-ahead',
    title: "A client whose clock is ahead by more than a token's life works, and does not refresh at every call",
    id: 'refresh.clock-ahead',
    direction: 1,
    allowed: 1,
    fix: 'Compute the end of a token from expires_in and your own clock at the response; compare no time of yours with one of the provider.',
  }),
  lives({
    name: 'lives-with-a-clock-that-is-behind',
    title: 'A client whose clock is behind finds out by the 401 that its token has ended',
    id: 'refresh.clock-behind',
    direction: -1,
    allowed: 1,
    fix: 'Refresh after a 401 too, whatever your own clock says of the token.',
  }),
]
