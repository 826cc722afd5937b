/** The client in one schedule: its processes over one state directory, each started when it is first needed. */

import type { Answer, Asked, ClientEnvironment, Driver, Session } from '../drivers/driver.js'
import type { ClientEnd } from '../runner/verdict.js'

/** The first process or the second. */
export type Which = 0 | 1

export interface Client {
  readonly hello: Answer
  readonly can: (ability: string) => boolean
  readonly ask: (which: Which, asked: Asked) => Promise<Answer>
  /** Processes that were started so far. */
  readonly started: () => readonly Which[]
  readonly kill: (which: Which) => Promise<void>
  /** Starts a process again, with the same storage. */
  readonly restart: (which: Which) => Promise<Answer>
  /** Sets the clock of all processes, where the client lets it be set. */
  readonly setClock: (now: number) => Promise<void>
  readonly leave: () => Promise<{ readonly end: ClientEnd; readonly output: readonly { readonly where: string; readonly text: string }[] }>
}

/** @param now the time at which the client is to begin, in epoch seconds */
export const startClient = async (driver: Driver, given: ClientEnvironment, now: number): Promise<Client> => {
  let time = now
  const first = await driver.start({ ...given, now })
  const hello = await first.ask({ step: 'hello' })
  const abilities = new Set([...(hello.steps ?? []), ...(driver.restarts ? ['restart'] : []), ...(driver.kills ? ['kill'] : [])])
  const tell = async (session: Session): Promise<void> => {
    if (abilities.has('clock')) await session.ask({ step: 'clock', now: time })
  }
  if (hello.state === 'ok') await tell(first)
  const startSecond = async (): Promise<Session> => {
    const session = await driver.start({ ...given, now: time })
    await session.ask({ step: 'hello' })
    await tell(session)
    return session
  }
  // Several steps at once in the second process start it once.
  let second: Promise<Session> | undefined
  const at = async (which: Which): Promise<Session> => {
    if (which === 0) return first
    second ??= startSecond()
    return second
  }
  const sessions = async (): Promise<readonly Session[]> => [first, ...(second ? [await second] : [])]
  return {
    hello,
    can: (ability) => abilities.has(ability),
    ask: async (which, asked) => (await at(which)).ask(asked),
    started: () => (second ? [0, 1] : [0]),
    kill: async (which) => void (await (await at(which)).kill()),
    restart: async (which) => {
      const session = await at(which)
      const answer = await session.restart()
      if (answer.state === 'ok') await tell(session)
      return answer
    },
    setClock: async (to) => {
      time = to
      await Promise.all((await sessions()).map(tell))
    },
    leave: async () => {
      const all = await sessions()
      const ends = await Promise.all(all.map((session) => session.leave()))
      const output = all.flatMap((session) => {
        const { stdout, stderr } = session.written()
        // On a program's standard output stand its answers.
        const out = driver.kind === 'module' ? [{ where: 'standard output', text: stdout }] : []
        return [...out, { where: 'standard error', text: stderr }]
      })
      return { end: ends.find(({ how }) => how !== 'own') ?? ends[0] ?? { how: 'own' }, output }
    },
  }
}
