/** `/quirks`: every quirk, how it stands, and the toggles. */

import type { PlacedQuirk, Toggles } from '../provider/quirk.js'
import { quirksOf, settledValue } from '../provider/quirk.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Call, Resource } from './call.js'
import { instanceAt, ok } from './call.js'
import { invalid, isObject, isToggle, members, notFound } from './check.js'

const view = (instance: ProviderInstance, { paths, quirk }: PlacedQuirk) => {
  const toggles = instance.toggles()
  const settled = settledValue(quirk, toggles[quirk.name])
  return {
    provider: instance.provider.id,
    name: quirk.name,
    ...(quirk.was === undefined ? {} : { formerly: quirk.was }),
    says: quirk.description,
    path: paths[0],
    value: 'value' in settled ? settled.value : quirk.provider,
    is: quirk.provider,
    otherwise: quirk.standard,
    ...(quirk.variants ? { variants: Object.keys(quirk.variants) } : {}),
    dormant: quirk.optIn === true,
    toggled: Object.hasOwn(toggles, quirk.name),
    source: quirk.source,
  }
}

const all = (instances: Iterable<ProviderInstance>) => ({
  quirks: [...instances].flatMap((instance) => quirksOf(instance.provider.settings).map((placed) => view(instance, placed))),
})

const found = (call: Call): { readonly instance: ProviderInstance; readonly placed: PlacedQuirk } => {
  const instance = instanceAt(call, call.part('provider'))
  const placed = quirksOf(instance.provider.settings).find(({ quirk }) => [quirk.name, quirk.was].includes(call.part('name')))
  if (!placed) throw notFound(`${instance.provider.id} has no quirk ${call.part('name')}`)
  return { instance, placed }
}

/** @throws ControlError */
const toggle = ({ sandbox }: Call, toggles: Toggles, field: string): void => {
  try {
    sandbox.toggleAll(toggles)
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error), field)
  }
}

export const quirks: Resource = {
  'GET /quirks': ({ sandbox }) => ok(all(sandbox.instances.values())),
  'PUT /quirks': (call) => {
    const { body } = call
    if (!isObject(body)) throw invalid('the body is an object of toggles by provider/name')
    for (const [name, value] of Object.entries(body)) {
      if (!isToggle(value)) throw invalid(`${name} is true, false, null, a number or a string`, name)
      if (!name.includes('/')) throw invalid(`quirks are named provider/name, not ${JSON.stringify(name)}`, name)
    }
    // One by one on a trial run, so that the message names the one at fault; none is set unless all can be.
    const before = [...call.sandbox.instances.values()].map((instance) => [instance, instance.toggles()] as const)
    try {
      for (const [name, value] of Object.entries(body)) toggle(call, { [name]: value } as Toggles, name)
    } catch (error) {
      for (const [instance, toggles] of before) instance.setToggles(toggles)
      throw error
    }
    return ok(all(call.sandbox.instances.values()))
  },
  'DELETE /quirks': ({ sandbox }) => {
    sandbox.untoggle()
    return ok(all(sandbox.instances.values()))
  },
  'GET /quirks/:provider': (call) => ok(all([instanceAt(call, call.part('provider'))])),
  'DELETE /quirks/:provider': (call) => {
    const instance = instanceAt(call, call.part('provider'))
    call.sandbox.untoggle(instance.provider.id)
    return ok(all([instance]))
  },
  'GET /quirks/:provider/:name': (call) => {
    const { instance, placed } = found(call)
    return ok(view(instance, placed))
  },
  'PUT /quirks/:provider/:name': (call) => {
    const { instance, placed } = found(call)
    const { value } = members(call.body, ['value'])
    if (!isToggle(value)) throw invalid('value is true, false, null, a number or a string', 'value')
    toggle(call, { [`${instance.provider.id}/${placed.quirk.name}`]: value }, 'value')
    return ok(view(instance, placed))
  },
  'DELETE /quirks/:provider/:name': (call) => {
    const { instance, placed } = found(call)
    call.sandbox.untoggle(`${instance.provider.id}/${placed.quirk.name}`)
    return ok(view(instance, placed))
  },
}
