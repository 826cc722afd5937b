/** A quirk: what it says, where that is known from, and its switch. */

import { perform } from '../api/actions.js'
import { literal } from '../api/lines.js'
import type { Quirk } from '../types.js'
import { Do } from './do.js'

const written = (value: unknown): string => (value === undefined ? 'left out' : typeof value === 'string' ? value : JSON.stringify(value))

const short = (value: unknown): string => {
  const text = written(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

const grades: { readonly [grade: string]: string } = {
  documented: 'the provider’s text says so',
  sample: 'a sample of the provider shows so',
  observed: 'a public report; the text is silent',
  inferred: 'inferred; the text is silent',
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const full = (quirk: Quirk): string => `${quirk.provider}/${quirk.name}`

const set = (quirk: Quirk, value: unknown) => ({
  title: `Set ${full(quirk)}`,
  method: 'PUT',
  path: `/quirks/${full(quirk)}`,
  body: { value },
  library: `double.quirks.set(${literal(full(quirk))}, ${literal(value)})`,
})

const unset = (quirk: Quirk) => ({
  title: `Put ${full(quirk)} back`,
  method: 'DELETE',
  path: `/quirks/${full(quirk)}`,
  library: `double.quirks.reset(${literal(full(quirk))})`,
})

const Figure = ({ quirk }: { readonly quirk: Quirk }) => (
  <label class="inline">
    <span class="hidden">Value of {quirk.name}</span>
    <input
      type="number"
      class="narrow"
      value={String(quirk.value ?? '')}
      onChange={(event) => {
        const text = event.currentTarget.value
        if (text !== '') void perform(set(quirk, Number(text)))
      }}
    />
  </label>
)

const Switch = ({ quirk }: { readonly quirk: Quirk }) => {
  const variants = quirk.variants ?? []
  const chosen = same(quirk.value, quirk.is) ? 'true' : same(quirk.value, quirk.otherwise) ? 'false' : 'other'
  return (
    <label class="inline">
      <span class="hidden">How {quirk.name} stands</span>
      <select
        value={chosen}
        onChange={(event) => {
          const { value } = event.currentTarget
          if (value !== 'other') void perform(set(quirk, value === 'true' ? true : value === 'false' ? false : value))
        }}
      >
        <option value="true">as the provider: {short(quirk.is)}</option>
        <option value="false">as a plain server: {short(quirk.otherwise)}</option>
        {variants.map((variant) => (
          <option key={variant} value={variant}>
            variant: {variant}
          </option>
        ))}
        {chosen === 'other' && <option value="other">now: {short(quirk.value)}</option>}
      </select>
    </label>
  )
}

export const QuirkCard = ({ quirk }: { readonly quirk: Quirk }) => (
  <li class={quirk.toggled ? 'quirk toggled' : 'quirk'}>
    <div class="row wrap">
      <code class="name">{full(quirk)}</code>
      <span class={`grade ${quirk.source.grade}`} title={grades[quirk.source.grade]}>
        {quirk.source.grade}
      </span>
      {quirk.dormant && <span class="chip">off unless asked for</span>}
      {quirk.toggled && <span class="chip strong">switched here</span>}
    </div>
    <p>{quirk.says}</p>
    <p class="quiet">
      Known from: {quirk.source.where}
      {quirk.source.quote === undefined ? '' : `: “${quirk.source.quote}”`}
    </p>
    <div class="row wrap">
      <Switch quirk={quirk} />
      {typeof quirk.is === 'number' && <Figure quirk={quirk} />}
      {quirk.toggled && (
        <Do kind="small" action={unset(quirk)} name={`Put ${full(quirk)} back`}>
          Put back
        </Do>
      )}
    </div>
  </li>
)
