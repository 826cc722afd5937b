/** What a person does here: a call, with the lines that do the same by hand. */

import { createStore } from '../store.js'
import { call, token } from './client.js'
import { adminCurl } from './lines.js'
import { refresh, status } from './status.js'

export interface Action {
  /** In a few words, as on its button. */
  readonly title: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  /** Where the body is a file: its name, in place of what is in it. */
  readonly file?: string
  /** The same by the library. */
  readonly library: string
}

export interface Lesson {
  readonly title: string
  readonly curl: string
  readonly library: string
}

const lessonOf = ({ title, method, path, body, file, library }: Action): Lesson => ({
  title,
  curl: adminCurl(status.get()?.url ?? location.origin, method, path, file === undefined ? body : { file }, token.get() !== undefined),
  library,
})

/** What was done last, or is about to be. */
export const lesson = createStore<Lesson | undefined>(undefined)

export interface Notice {
  readonly text: string
  readonly bad: boolean
  readonly serial: number
}

export const notice = createStore<Notice | undefined>(undefined)

let serial = 0

export const say = (text: string, bad = false): void => {
  serial += 1
  notice.set({ text, bad, serial })
}

export const teach = (action: Action): void => lesson.set(lessonOf(action))

/** @returns what the server answered; undefined when it refused, which is told */
export const perform = async <T>(action: Action): Promise<T | undefined> => {
  teach(action)
  try {
    const answer = await call<T>(action.method, action.path, action.body)
    say(`${action.title}: done`)
    refresh()
    return (answer ?? true) as T
  } catch (error) {
    say(`${action.title}: ${error instanceof Error ? error.message : String(error)}`, true)
    return undefined
  }
}
