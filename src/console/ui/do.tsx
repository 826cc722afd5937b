/** A button that does something by the control API; who reaches it sees the lines that do the same. */

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Action } from '../api/actions.js'
import { perform, teach } from '../api/actions.js'

export interface DoProps {
  readonly action: Action | (() => Action | Promise<Action | undefined>)
  readonly children?: ComponentChildren
  readonly kind?: 'main' | 'danger' | 'small' | 'small danger'
  readonly disabled?: boolean
  /** What a screen reader says where the words on the button are not enough. */
  readonly name?: string
  readonly then?: (answer: unknown) => void
}

export const Do = ({ action, children, kind, disabled, name, then }: DoProps) => {
  const [busy, set] = useState(false)
  const preview = (): void => {
    if (typeof action !== 'function') teach(action)
  }
  const act = async (): Promise<void> => {
    set(true)
    try {
      const one = typeof action === 'function' ? await action() : action
      const answer = one && (await perform(one))
      if (answer !== undefined) then?.(answer)
    } finally {
      set(false)
    }
  }
  return (
    <button
      type="button"
      class={kind ?? ''}
      disabled={disabled || busy}
      aria-label={name}
      onClick={() => void act()}
      onPointerEnter={preview}
      onFocus={preview}
    >
      {children ?? (typeof action === 'function' ? '' : action.title)}
    </button>
  )
}
