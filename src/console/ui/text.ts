/** Times, lengths of time and bodies as people read them. */

/** `14:03:22`, of the sandbox's clock; UTC, as the journal's own times. */
export const timeOf = (epoch: number): string => {
  const date = new Date(epoch * 1000)
  return Number.isNaN(date.getTime()) ? '—' : date.toISOString().slice(11, 19)
}

export const dateOf = (epoch: number): string => {
  const date = new Date(epoch * 1000)
  return Number.isNaN(date.getTime()) ? '—' : date.toISOString().slice(0, 10)
}

const units = [
  ['y', 31_536_000],
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** In its two largest units. */
export const lengthText = (seconds: number): string => {
  let left = Math.abs(Math.round(seconds))
  const parts: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(`${count} ${unit}`)
  }
  return parts.slice(0, 2).join(' ') || '0 s'
}

/** JSON is indented; all else stays as it came. */
export const bodyText = (body: string): string => {
  if (!/^\s*[{[]/.test(body)) return body
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2)
  } catch {
    return body
  }
}

export const download = (name: string, text: string, type = 'application/json'): void => {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = name
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
