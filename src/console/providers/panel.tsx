/** Providers: where they are, who the demo client is, what they do differently, and a flow to try. */

import { providers, quirks } from '../api/status.js'
import { hrefOf, route } from '../route.js'
import { useStore } from '../store.js'
import type { Provider } from '../types.js'
import { QuirkCard } from '../ui/quirk.js'
import { About } from './about.js'
import { TryIt } from './try.js'

const views = [
  ['about', 'Endpoints and credentials'],
  ['try', 'Try it'],
  ['quirks', 'Quirks'],
] as const

type View = (typeof views)[number][0]

const Quirks = ({ provider }: { readonly provider: Provider }) => {
  const own = useStore(quirks).filter((quirk) => quirk.provider === provider.id)
  return (
    <ul class="quirks">
      {own.map((quirk) => (
        <QuirkCard key={quirk.name} quirk={quirk} />
      ))}
    </ul>
  )
}

const Shown = ({ view, provider }: { readonly view: View; readonly provider: Provider }) => {
  if (view === 'try') return <TryIt provider={provider} />
  return view === 'quirks' ? <Quirks provider={provider} /> : <About provider={provider} />
}

export const Providers = () => {
  const { params } = useStore(route)
  const known = useStore(providers)
  const provider = known.find(({ id }) => id === params['provider']) ?? known[0]
  if (!provider) return <p class="empty quiet">Asking which providers there are…</p>
  const view = views.find(([id]) => id === params['view'])?.[0] ?? 'about'
  return (
    <div class="page cards">
      <nav class="row wrap choose" aria-label="Provider">
        {known.map(({ id, name }) => (
          <a
            key={id}
            class="button"
            href={hrefOf('providers', { provider: id, view: params['view'] })}
            aria-current={id === provider.id ? 'true' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      <nav class="row wrap views" aria-label={`About ${provider.name}`}>
        {views.map(([id, title]) => (
          <a key={id} href={hrefOf('providers', { provider: provider.id, view: id })} aria-current={id === view ? 'true' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <Shown view={view} provider={provider} />
    </div>
  )
}
