/** Sandboxes: worlds beside this one. */

import { useState } from 'preact/hooks'
import { base } from '../api/client.js'
import { literal } from '../api/lines.js'
import type { Sandbox } from '../types.js'
import { Do } from '../ui/do.js'
import { Card, Text } from '../ui/field.js'
import { useAsked } from '../use.js'

const creation = (name: string) => {
  const wish = name === '' ? {} : { name }
  return {
    title: 'Create a sandbox',
    method: 'POST',
    path: '/sandboxes',
    body: wish,
    library: `await double.sandbox(${name === '' ? '' : literal(wish)})`,
  }
}

const deletion = (name: string) => ({
  title: `Delete ${name}`,
  method: 'DELETE',
  path: `/sandboxes/${name}`,
  library: 'await sandbox.close()',
})

/** The server's own path, below a proxy perhaps. */
const root = base.replace(/\/~[^/]+$/, '')

export const Sandboxes = () => {
  const [name, set] = useState('')
  const { value } = useAsked<{ readonly sandboxes: readonly Sandbox[] }>('/sandboxes')
  const list = value?.sandboxes ?? []
  return (
    <Card title="Sandboxes" note="Each has its own records, clock, journal, faults, approvals and quirks.">
      <ul class="plainlist">
        <li class="row wrap">
          <a class="grow" href={`${root}/__admin/ui`}>
            default
          </a>
          {root === base && <span class="chip">you are here</span>}
        </li>
        {list.slice(0, 200).map((one) => (
          <li key={one.name} class="row wrap">
            <a class="grow" href={`${root}/~${one.name}/`}>
              {one.name}
            </a>
            {base === `${root}/~${one.name}` ? (
              <span class="chip">you are here</span>
            ) : (
              <Do kind="small danger" action={deletion(one.name)} name={`Delete ${one.name}`}>
                Delete
              </Do>
            )}
          </li>
        ))}
        {list.length > 200 && <li class="quiet">and {list.length - 200} more</li>}
      </ul>
      <div class="row wrap">
        <Text label="Name" value={name} set={set} placeholder="made up" />
        <Do action={creation(name)} then={() => set('')}>
          Create
        </Do>
      </div>
    </Card>
  )
}
