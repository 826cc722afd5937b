/** Toggles of quirks: which there are, and what each takes. */

import type { Provider } from '../provider/define.js'
import type { Toggles } from '../provider/quirk.js'
import { quirksOf, settledValue } from '../provider/quirk.js'
import { suggestion } from '../validation/nearest.js'
import type { Path, Problem, Schema } from '../validation/schema.js'
import { isObject } from '../validation/schema.js'

/** What is wrong with a toggle, in the words of the quirk. */
export const toggleProblem = (providers: readonly Provider[], name: string, toggle: unknown): string | undefined => {
  const slash = name.indexOf('/')
  const provider = providers.find(({ id }) => id === name.slice(0, Math.max(slash, 0)))
  const all = providers.flatMap(({ id, settings }) => quirksOf(settings).map(({ quirk }) => `${id}/${quirk.name}`))
  const found = provider && quirksOf(provider.settings).find(({ quirk }) => [quirk.name, quirk.was].includes(name.slice(slash + 1)))
  if (!found)
    return `no quirk is named ${name}: quirks are named provider/name, and \`authdouble providers <id>\` lists them${suggestion(name, all)}`
  const settled = settledValue(found.quirk, toggle as never)
  return 'error' in settled ? settled.error : undefined
}

/** Toggles of quirks of these providers, by `provider/name`. */
export const togglesSchema = (providers: readonly Provider[], description?: string): Schema<Toggles> => ({
  get json() {
    return {
      type: 'object',
      ...(description === undefined ? {} : { description }),
      properties: Object.fromEntries(
        providers.flatMap((provider) =>
          quirksOf(provider.settings).flatMap(({ quirk }) => {
            const type = ['boolean', 'number', 'string', 'null']
            const now = [`${provider.id}/${quirk.name}`, { description: quirk.description, type }] as const
            if (quirk.was === undefined) return [now]
            return [now, [`${provider.id}/${quirk.was}`, { description: `Is named ${quirk.name} now.`, deprecated: true, type }] as const]
          }),
        ),
      ),
      additionalProperties: false,
    }
  },
  problems: (value, path: Path = []): readonly Problem[] =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, toggle]) => {
          const message = toggleProblem(providers, name, toggle)
          return message === undefined ? [] : [{ path: [...path, name], message }]
        })
      : [{ path, message: 'is an object of quirks' }],
})
