/** Make it happen: what is rare out there, at a click. */

import { literal } from '../api/lines.js'
import { providers } from '../api/status.js'
import { useStore } from '../store.js'
import { Do } from '../ui/do.js'
import { Card } from '../ui/field.js'
import { Approvals } from './approvals.js'
import { ClockCard } from './clock.js'
import { Faults } from './faults.js'
import { Sandboxes } from './sandboxes.js'
import { World } from './world.js'

const rotation = (id: string, old: 'published' | 'gone') => ({
  title: `New signing key at ${id}`,
  method: 'POST',
  path: `/providers/${id}/keys`,
  body: { old },
  library: `await double.keys.rotate(${literal(id)}, ${literal(old)})`,
})

const Keys = () => {
  const known = useStore(providers)
  return (
    <Card title="Signing keys" note="Sign with a new key from now on; the old one stays published, or is gone.">
      <ul class="plainlist">
        {known.map(({ id, name }) => (
          <li key={id} class="row wrap">
            <span class="grow">{name}</span>
            <Do kind="small" action={rotation(id, 'published')} name={`Rotate the key of ${name}`}>
              Rotate
            </Do>
            <Do kind="small" action={rotation(id, 'gone')} name={`Rotate, old one gone: the key of ${name}`}>
              Rotate, old one gone
            </Do>
          </li>
        ))}
      </ul>
    </Card>
  )
}

export const Act = () => (
  <div class="page columns">
    <div class="cards">
      <ClockCard />
      <Faults />
    </div>
    <div class="cards">
      <Approvals />
      <Keys />
      <World />
      <Sandboxes />
    </div>
  </div>
)
