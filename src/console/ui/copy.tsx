/** A button that copies a text, and says that it has. */

import { useEffect, useState } from 'preact/hooks'

/** Without leave to use the clipboard, or on plain HTTP beyond this machine, through a field that is selected. */
export const copy = async (text: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const field = document.createElement('textarea')
    field.value = text
    document.body.append(field)
    field.select()
    document.execCommand('copy')
    field.remove()
  }
}

export const Copy = ({
  text,
  label = 'Copy',
  name,
}: {
  readonly text: string | (() => string)
  readonly label?: string
  readonly name?: string
}) => {
  const [done, set] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => set(false), 1500)
    return () => clearTimeout(timer)
  }, [done])
  const act = (): void => {
    void copy(typeof text === 'string' ? text : text()).then(() => set(true))
  }
  return (
    <button type="button" class="small" onClick={act} aria-label={name === undefined ? undefined : `${label} ${name}`}>
      <span aria-live="polite">{done ? 'Copied' : label}</span>
    </button>
  )
}
