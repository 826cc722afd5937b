/** At the foot of the page: what was done last, as a line for a shell and as one for the library. */

import { lesson, notice } from '../api/actions.js'
import { createStore, useStore } from '../store.js'
import { Copy } from './copy.js'

const open = createStore(true)

const Line = ({ label, text }: { readonly label: string; readonly text: string }) => (
  <div class="line">
    <span class="quiet">{label}</span>
    <code tabIndex={0}>{text}</code>
    <Copy text={text} name={`the ${label} line`} />
  </div>
)

export const LessonBar = () => {
  const now = useStore(lesson)
  const shown = useStore(open)
  const said = useStore(notice)
  return (
    <footer class="lesson">
      <div class="row">
        <button type="button" class="small plain" aria-expanded={shown} onClick={() => open.set(!shown)}>
          <span aria-hidden="true">{shown ? '▾' : '▸'}</span> By hand
        </button>
        <span class="quiet grow">{now ? now.title : 'Every button here is a call of the control API: its lines are shown here.'}</span>
        <span role="status" class={said?.bad ? 'bad notice' : 'good notice'} key={said?.serial}>
          {said?.text ?? ''}
        </span>
      </div>
      {shown && now && (
        <div class="lines">
          <Line label="curl" text={now.curl} />
          <Line label="library" text={now.library} />
        </div>
      )}
    </footer>
  )
}
