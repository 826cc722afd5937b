/** Light, dark, or as the machine is set. */

import { createStore, useStore } from '../store.js'

const place = 'authdouble-theme'
const themes = ['auto', 'light', 'dark'] as const

type Theme = (typeof themes)[number]

const theme = createStore<Theme>(themes.find((one) => one === localStorage.getItem(place)) ?? 'auto')

const apply = (): void => {
  document.documentElement.dataset['theme'] = theme.get()
}

apply()

export const ThemeButton = () => {
  const now = useStore(theme)
  const next = themes[(themes.indexOf(now) + 1) % themes.length] ?? 'auto'
  const turn = (): void => {
    localStorage.setItem(place, next)
    theme.set(next)
    apply()
  }
  return (
    <button type="button" class="small plain" onClick={turn} aria-label={`Theme: ${now}. Change to ${next}`} title={`Theme: ${now}`}>
      <span aria-hidden="true">{now === 'auto' ? '◐' : now === 'light' ? '○' : '●'}</span>
    </button>
  )
}
