/** Labelled fields of a form. */

import type { ComponentChildren } from 'preact'

interface Labelled {
  readonly label: string
}

export const Text = ({
  label,
  value,
  set,
  type = 'text',
  list,
  placeholder,
}: Labelled & {
  readonly value: string
  readonly set: (value: string) => void
  readonly type?: 'text' | 'number'
  readonly list?: string
  readonly placeholder?: string
}) => (
  <label class="field">
    <span>{label}</span>
    <input
      type={type}
      value={value}
      list={list}
      placeholder={placeholder}
      spellcheck={false}
      onInput={(event) => set(event.currentTarget.value)}
    />
  </label>
)

export const Area = ({
  label,
  value,
  set,
  placeholder,
}: Labelled & { readonly value: string; readonly set: (value: string) => void; readonly placeholder?: string }) => (
  <label class="field">
    <span>{label}</span>
    <textarea rows={2} value={value} placeholder={placeholder} spellcheck={false} onInput={(event) => set(event.currentTarget.value)} />
  </label>
)

export const Select = ({
  label,
  value,
  set,
  options,
  any,
}: Labelled & {
  readonly value: string
  readonly set: (value: string) => void
  readonly options: readonly (readonly [value: string, shown: string])[]
  /** What stands for no choice; without it there is none. */
  readonly any?: string
}) => (
  <label class="field">
    <span>{label}</span>
    <select value={value} onChange={(event) => set(event.currentTarget.value)}>
      {any !== undefined && <option value="">{any}</option>}
      {options.map(([one, shown]) => (
        <option key={one} value={one}>
          {shown}
        </option>
      ))}
    </select>
  </label>
)

export const Check = ({ label, value, set }: Labelled & { readonly value: boolean; readonly set: (value: boolean) => void }) => (
  <label class="inline">
    <input type="checkbox" checked={value} onChange={(event) => set(event.currentTarget.checked)} />
    <span>{label}</span>
  </label>
)

export const Card = ({
  title,
  children,
  note,
}: {
  readonly title: string
  readonly children: ComponentChildren
  readonly note?: ComponentChildren
}) => (
  <section class="card">
    <h2>{title}</h2>
    {note !== undefined && <p class="quiet">{note}</p>}
    {children}
  </section>
)
