/** The known word that is written most like one that is not known. */

/** How many letters must be changed, added or left out to make one of the other (Levenshtein). */
export const editDistance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= to.length; j += 1) {
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

/** Undefined where no word is near: a guess that is nothing like what was written helps nobody. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const asked = word.slice(0, 100).toLowerCase()
  let best: { readonly word: string; readonly far: number } | undefined
  for (const one of known) {
    const far = editDistance(asked, one.toLowerCase())
    if (!best || far < best.far) best = { word: one, far }
  }
  return best && best.far <= Math.max(1, Math.floor(Math.max(asked.length, best.word.length) / 2)) ? best.word : undefined
}

/** `; did you mean port?`, or nothing. */
export const suggestion = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known)
  return near === undefined ? '' : `; did you mean ${near}?`
}
