/** Clients that lose what they hold, or mix it up, in how they write it down. */

import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrokenClient } from '../entry.js'
import { everywhere, refreshing, rotating } from '../entry.js'
import type { Habits } from '../habits.js'
import { habits } from '../habits.js'
import type { Storage, Tokens } from '../storage.js'
import { bug } from './bug.js'

/** Tokens are read from memory, and written when and how somebody says. */
const writing =
  (write: (storage: Storage, user: string, tokens: Tokens, folder: string, before: Tokens | undefined) => void) => (): Partial<Habits> => {
    const memory = new Map<string, Tokens>()
    let folder = ''
    return {
      storage: (given) => {
        const storage = habits.storage(given)
        folder = join(given.stateDir, 'store')
        return {
          ...storage,
          read: (kind, key) => (kind === 'tokens' && memory.has(key) ? memory.get(key) : storage.read(kind, key)),
          remove: (kind, key) => {
            if (kind === 'tokens') memory.delete(key)
            storage.remove(kind, key)
          },
        }
      },
      save: (storage, user, tokens) => {
        const before = storage.read('tokens', user) as Tokens | undefined
        memory.set(user, tokens)
        write(storage, user, tokens, folder, before)
      },
    }
  }

const fileOf = (folder: string, user: string): string =>
  join(folder, `tokens-${createHash('sha256').update(user).digest('hex').slice(0, 32)}.json`)

/** Cuts what is written to a column of so many characters. */
const column = (width: number, ...members: readonly ('access_token' | 'refresh_token')[]): Partial<Habits> => ({
  save: (storage, user, tokens) => {
    const cut = Object.fromEntries(members.map((name) => [name, tokens[name]?.slice(0, width)]).filter(([, value]) => value !== undefined))
    habits.save(storage, user, { ...tokens, ...cut })
  },
})

/** Changes the access token on its way into the store. */
const storing = (change: (token: string) => string): Partial<Habits> => ({
  save: (storage, user, tokens) => habits.save(storage, user, { ...tokens, access_token: change(tokens.access_token) }),
})

const delay = 300

/** Writes later; whoever has ended by then, or whose directory is gone, never does. */
const later = (milliseconds: number, write: () => void): void =>
  void setTimeout(() => {
    try {
      write()
    } catch {
      // Too late.
    }
  }, milliseconds)

export const brokenStores: readonly BrokenClient[] = [
  bug(
    'writes-a-moment-later',
    'writes new tokens a third of a second after they came',
    'connection-lost',
    rotating,
    writing((storage, user, tokens) => later(delay, () => habits.save(storage, user, tokens))),
  ),
  bug(
    'writes-in-two-halves',
    'writes its store in place, in two halves with a pause between them',
    'connection-lost',
    refreshing,
    writing((_, user, tokens, folder) => {
      const text = JSON.stringify(tokens)
      const file = fileOf(folder, user)
      writeFileSync(file, text.slice(0, text.length / 2))
      later(delay / 6, () => writeFileSync(file, text))
    }),
  ),
  bug(
    'writes-the-refresh-token-later',
    'writes a new access token at once, and the new refresh token a moment later',
    'connection-lost',
    rotating,
    writing((storage, user, tokens, _, before) => {
      habits.save(storage, user, before?.refresh_token ? { ...tokens, refresh_token: before.refresh_token } : tokens)
      later(delay, () => habits.save(storage, user, tokens))
    }),
  ),
  bug(
    'writes-at-the-second-use',
    'writes the tokens of a refresh only when it uses them for the next call',
    'connection-lost',
    rotating,
    () => {
      const memory = new Map<string, Tokens>()
      return {
        storage: (given) => {
          const storage = habits.storage(given)
          return {
            ...storage,
            read: (kind, key) => {
              const fresh = kind === 'tokens' ? memory.get(key) : undefined
              if (!fresh) return storage.read(kind, key)
              memory.delete(key)
              storage.write('tokens', key, fresh)
              return fresh
            },
          }
        },
        save: (_, user, tokens) => void memory.set(user, tokens),
      }
    },
  ),
  bug('forgets-before-it-asks', 'removes its tokens from the store while a refresh is under way', 'connection-lost', refreshing, () => {
    let storage: Storage | undefined
    return {
      storage: (given) => {
        const made = habits.storage(given)
        const memory = new Map<string, unknown>()
        storage = {
          ...made,
          read: (kind, key) => {
            const found = made.read(kind, key)
            if (kind !== 'tokens') return found
            if (found !== undefined) memory.set(key, found)
            return found ?? memory.get(key)
          },
        }
        return storage
      },
      refreshing: (given, tokens) => {
        const parameters = habits.refreshing(given, tokens)
        storage?.remove('tokens', 'me')
        return parameters
      },
    }
  }),
  bug(
    'tokens-in-memory',
    'keeps its tokens in memory only',
    'connection-lost',
    everywhere,
    writing(() => undefined),
  ),
  bug('access-token-in-255-characters', 'cuts access tokens to 255 characters', 'connection-lost', everywhere, column(255, 'access_token')),
  bug(
    'access-token-in-1024-characters',
    'cuts access tokens to 1024 characters',
    'connection-lost',
    everywhere,
    column(1024, 'access_token'),
  ),
  bug(
    'access-token-in-2048-characters',
    'cuts access tokens to 2048 characters',
    'connection-lost',
    everywhere,
    column(2048, 'access_token'),
  ),
  bug(
    'refresh-token-in-255-characters',
    'cuts refresh tokens to 255 characters',
    'connection-lost',
    refreshing,
    column(255, 'refresh_token'),
  ),
  bug(
    'refresh-token-in-1024-characters',
    'cuts refresh tokens to 1024 characters',
    'connection-lost',
    refreshing,
    column(1024, 'refresh_token'),
  ),
  bug('plus-becomes-a-space', 'decodes access tokens as if they came from a form: a plus becomes a space', 'connection-lost', everywhere, {
    ...storing((token) => token.replaceAll('+', ' ')),
  }),
  bug(
    'no-equals-at-the-end',
    'cuts the equals signs off the end of access tokens',
    'connection-lost',
    everywhere,
    storing((token) => token.replace(/=+$/, '')),
  ),
  bug(
    'tokens-percent-encoded',
    'percent-encodes access tokens before it sends them',
    'connection-lost',
    everywhere,
    storing(encodeURIComponent),
  ),
  bug(
    'tokens-in-lower-case',
    'stores access tokens in a column without regard to case',
    'connection-lost',
    everywhere,
    storing((token) => token.toLowerCase()),
  ),

  bug(
    'one-place-for-all-customers',
    'keeps the tokens of the last customer, for all of them',
    'secret-exposed',
    everywhere,
    { customer: () => 'me' },
    {
      needs: ['customers'],
    },
  ),
  bug(
    'one-refresh-for-all-customers',
    'hands the tokens of a refresh under way to every customer who waits for one',
    'secret-exposed',
    refreshing,
    {},
    {
      needs: ['customers'],
      wrap: (steps, { flights }) => {
        const {
          get,
          set,
          delete: remove,
        } = { get: flights.get.bind(flights), set: flights.set.bind(flights), delete: flights.delete.bind(flights) }
        flights.get = () => get('all')
        flights.set = (_, begun) => set('all', begun)
        flights.delete = () => remove('all')
        return steps
      },
    },
  ),
]
