/** Values that are mostly there at once: a request that has nothing to wait for is answered without a single promise. */

export type Soon<T> = T | Promise<T>

/** Goes on with a value: at once if it is there, else when it comes. */
export const andThen = <T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> =>
  value instanceof Promise ? value.then(next) : next(value)

/** What an act comes to; `otherwise` makes up for its failure, whether it is thrown now or later. */
export const orElse = <T>(act: () => Soon<T>, otherwise: (error: unknown) => T): Soon<T> => {
  try {
    const value = act()
    return value instanceof Promise ? value.catch(otherwise) : value
  } catch (error) {
    return otherwise(error)
  }
}
