/** The whole sandbox: reset, kept in a file, loaded again. */

import { perform, say, teach } from '../api/actions.js'
import { call } from '../api/client.js'
import { forget } from '../api/events.js'
import { literal } from '../api/lines.js'
import { status } from '../api/status.js'
import { Do } from '../ui/do.js'
import { Card } from '../ui/field.js'
import { download } from '../ui/text.js'

const reset = { title: 'Reset the sandbox', method: 'POST', path: '/reset', library: 'await double.reset()' }
const keep = { title: 'Save the world', method: 'GET', path: '/state', library: 'await double.state.export()' }

const save = async (): Promise<void> => {
  teach(keep)
  try {
    download(`authdouble-${status.get()?.name ?? 'world'}.json`, JSON.stringify(await call('GET', '/state'), undefined, 1))
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), true)
  }
}

const load = async (file: File): Promise<void> => {
  try {
    const body: unknown = JSON.parse(await file.text())
    await perform({
      title: 'Load a world',
      method: 'PUT',
      path: '/state',
      body,
      file: file.name,
      library: `await double.state.import(JSON.parse(await readFile(${literal(file.name)}, 'utf8')))`,
    })
  } catch {
    say(`${file.name} is no JSON`, true)
  }
}

export const World = () => (
  <Card title="World" note="Records, clock, toggles, faults and approvals of this sandbox, with the real values of its tokens.">
    <div class="row wrap">
      <Do kind="danger" action={reset} then={forget}>
        Reset
      </Do>
      <button type="button" onClick={() => void save()} onFocus={() => teach(keep)}>
        Save to a file
      </button>
      <label class="button">
        Load from a file
        <input
          type="file"
          class="hidden"
          accept="application/json,.json"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            if (file) void load(file)
            event.currentTarget.value = ''
          }}
        />
      </label>
    </div>
  </Card>
)
