/** Copies with something changed, where it is done for every request. */

/** `{ ...value, ...by }`, at a tenth of its price: V8 is slow to add members to what a spread has made. */
export const merge = <T extends object>(value: T, by: Partial<T>): T => Object.assign({}, value, by)
