/** Users of a provider: who is there, and who approves when nobody is named. */

import type { DecisionContext } from './context.js'
import type { Tx, User } from './records.js'

/** A user who was not removed. */
export const activeUser = (tx: Tx, id: string): User | undefined => {
  const user = tx.get('user', id)
  return user?.removed === true ? undefined : user
}

/** All newcomers stand in one record: they are read only when everybody else has gone. */
const addedUsersKey = 'all'

/** The first of those who are still there, in the order in which they came. */
export const firstUser = ({ users }: DecisionContext, tx: Tx): User | undefined => {
  for (const id of users) {
    const user = activeUser(tx, id)
    if (user) return user
  }
  for (const id of tx.get('newcomers', addedUsersKey)?.users ?? []) {
    const user = activeUser(tx, id)
    if (user) return user
  }
  return undefined
}

export const addUser = (tx: Tx, user: User): void => {
  tx.put('user', user.id, user)
  tx.put('newcomers', addedUsersKey, { users: [...(tx.get('newcomers', addedUsersKey)?.users ?? []), user.id] })
}

/** What depends on the user is refused from now on. @returns false when there is none */
export const removeUser = (tx: Tx, id: string): boolean => {
  const user = activeUser(tx, id)
  if (!user) return false
  tx.put('user', id, { ...user, removed: true })
  const { users } = tx.get('newcomers', addedUsersKey) ?? { users: [] }
  if (users.includes(id)) tx.put('newcomers', addedUsersKey, { users: users.filter((one) => one !== id) })
  return true
}
