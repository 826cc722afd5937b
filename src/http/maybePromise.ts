/** Values that are mostly there at once: a request that has nothing to wait for is answered without a single promise. */

export type MaybePromise<T> = T | Promise<T>

/** Goes on with a value: at once if it is there, else when it comes. */
export const chain = <T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> =>
  value instanceof Promise ? value.then(next) : next(value)

/** What an act comes to; `onError` makes up for its failure, whether it is thrown now or later. */
export const recover = <T>(act: () => MaybePromise<T>, onError: (error: unknown) => T): MaybePromise<T> => {
  try {
    const value = act()
    return value instanceof Promise ? value.catch(onError) : value
  } catch (error) {
    return onError(error)
  }
}
