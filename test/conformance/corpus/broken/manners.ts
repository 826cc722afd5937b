/** Clients that end, block or mislead whoever drives them. */

import { spawn } from 'node:child_process'
import type { Steps } from '../client.js'
import { call, refresh } from '../client.js'
import type { BrokenClient } from '../entry.js'
import { everywhere, refreshing } from '../entry.js'
import { habits } from '../habits.js'
import { bug } from './bug.js'

/** Does something before a step. */
const before =
  (step: 'callback' | 'call', work: () => unknown) =>
  (steps: Steps): Steps => ({
    ...steps,
    [step]: async (asked: Parameters<Steps['call']>[0]) => {
      await work()
      return steps[step](asked)
    },
  })

/** Lets a step be well, whatever becomes of it. */
const swallowing =
  (step: 'callback' | 'refresh' | 'revoke') =>
  (steps: Steps): Steps => {
    const work = steps[step]
    return work
      ? {
          ...steps,
          [step]: async (asked: Parameters<Steps['call']>[0]) => void (await Promise.resolve(work(asked)).catch(() => undefined)),
        }
      : steps
  }

const daemon = (detached: boolean): void =>
  spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30_000)'], { detached, stdio: detached ? 'ignore' : 'inherit' }).unref()

export const brokenManners: readonly BrokenClient[] = [
  bug(
    'exits-when-it-is-loaded',
    'ends its process with 0 when it is loaded',
    'rule-broken',
    everywhere,
    {},
    { atImport: () => process.exit(0) },
  ),
  bug(
    'exits-in-a-callback',
    'ends its process with 0 in a callback',
    'rule-broken',
    everywhere,
    {},
    { wrap: before('callback', () => process.exit(0)) },
  ),
  bug(
    'exits-in-a-call',
    'ends its process with 0 in a call',
    'rule-broken',
    everywhere,
    {},
    { wrap: before('call', () => process.exit(0)) },
  ),
  bug(
    'sets-the-exit-code',
    'makes the exit code of its process 0, and sends access tokens in the query',
    'secret-exposed',
    everywhere,
    {
      resource: (given, tokens) => {
        const made = habits.resource(given, tokens)
        const url = new URL(made.url)
        url.searchParams.set('access_token', tokens.access_token)
        return { ...made, url: url.href }
      },
    },
    {
      atImport: () => {
        process.on('exit', () => {
          process.exitCode = 0
        })
      },
    },
  ),
  bug(
    'rejects-unheard',
    'leaves a rejected promise unhandled in a call',
    'rule-broken',
    everywhere,
    {},
    {
      wrap: before('call', () => void Promise.reject(new Error('nobody waits for this'))),
    },
  ),
  bug(
    'throws-in-a-timer',
    'throws in a timer that a callback set',
    'rule-broken',
    everywhere,
    {},
    {
      wrap: before('callback', () =>
        setTimeout(() => {
          throw new Error('nobody catches this')
        }, 5),
      ),
    },
  ),
  bug(
    'busy-loop-in-a-call',
    'computes for ever in a call',
    'rule-broken',
    everywhere,
    {},
    {
      wrap: before('call', () => {
        for (;;);
      }),
    },
  ),
  bug(
    'never-answers-a-callback',
    'never comes back from a callback',
    'rule-broken',
    everywhere,
    {},
    { wrap: before('callback', () => new Promise(() => undefined)) },
  ),
  bug(
    'junk-on-stdout',
    'writes lines of its own to standard output',
    'rule-broken',
    everywhere,
    {},
    {
      wrap: before('call', () => console.log('{"id":1,"ok":true}\nhello from the client')),
    },
  ),
  bug(
    'leaves-a-child-behind',
    'starts a child that inherits its output and outlives it',
    'rule-broken',
    everywhere,
    {},
    { wrap: before('callback', () => daemon(false)) },
  ),
  bug(
    'leaves-a-daemon-behind',
    'starts a detached child that outlives it',
    'rule-broken',
    everywhere,
    {},
    { wrap: before('callback', () => daemon(true)) },
  ),
  bug(
    'polls-without-being-asked',
    'calls the API thirty times a second once it is connected, for ever',
    'rule-broken',
    everywhere,
    {},
    {
      wrap: (steps, client) => ({
        ...steps,
        callback: async (asked) => {
          await steps.callback(asked)
          const user = client.habits.customer(asked, undefined)
          setInterval(() => void call(client, user).catch(() => undefined), 33)
        },
      }),
    },
  ),
  bug(
    'refreshes-by-a-clock',
    'refreshes five times a second without being asked, whether that works or not',
    'rule-broken',
    refreshing,
    {},
    {
      wrap: (steps, client) => ({
        ...steps,
        callback: async (asked) => {
          await steps.callback(asked)
          const user = client.habits.customer(asked, undefined)
          setInterval(() => {
            const tokens = client.storage.read('tokens', user) as Parameters<typeof refresh>[2] | undefined
            if (tokens) void refresh(client, user, tokens).catch(() => undefined)
          }, 200)
        },
      }),
    },
  ),
  bug(
    'says-ok-after-a-failed-callback',
    'says ok to every callback, whatever came of it',
    'rule-broken',
    everywhere,
    {},
    { wrap: swallowing('callback') },
  ),
  bug(
    'says-ok-after-a-failed-refresh',
    'says ok to every refresh, whatever came of it',
    'rule-broken',
    refreshing,
    {},
    { wrap: swallowing('refresh') },
  ),
  bug(
    'says-ok-after-a-failed-revocation',
    'says ok to every end of a connection, whatever came of it',
    'rule-broken',
    ['zettle', 'zoho-payments', 'vcita', 'plain'],
    {},
    {
      wrap: swallowing('revoke'),
    },
  ),
  bug(
    'says-200-over-a-401',
    'says that every call was answered 200',
    'rule-broken',
    everywhere,
    {},
    {
      wrap: (steps) => ({
        ...steps,
        call: async (asked) => {
          await Promise.resolve(steps.call(asked)).catch(() => undefined)
          return 200
        },
      }),
    },
  ),
  bug(
    'says-500-over-a-200',
    'says that every call was answered 500',
    'rule-broken',
    everywhere,
    {},
    {
      wrap: (steps) => ({
        ...steps,
        call: async (asked) => {
          await steps.call(asked)
          return 500
        },
      }),
    },
  ),
]
