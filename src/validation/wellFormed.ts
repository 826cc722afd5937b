/** Text that is Unicode: half a surrogate pair, which JSON can spell, is none. */

/** Whether every string in a value that was parsed from JSON is well-formed, names of members included. Does not recurse: depth is the sender's. */
export const isWellFormed = (value: unknown): boolean => {
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const one = waiting.pop()
    if (typeof one === 'string' && !one.isWellFormed()) return false
    if (typeof one !== 'object' || one === null) continue
    for (const [name, inner] of Object.entries(one)) {
      if (!name.isWellFormed()) return false
      waiting.push(inner)
    }
  }
  return true
}
