/** `/quirks`: every quirk, how it stands, and the toggles. */

import type { PlacedQuirk, Toggles } from '../../provider/quirk.js'
import { quirksOf, settledValue } from '../../provider/quirk.js'
import type { Place } from '../place.js'
import type { Call, Resource } from './call.js'
import { ok, placeAt } from './call.js'
import { invalid, isObject, isToggle, members, notFound } from './check.js'

const view = (place: Place, { paths, quirk }: PlacedQuirk) => {
  const toggles = place.toggles()
  const settled = settledValue(quirk, toggles[quirk.name])
  return {
    provider: place.provider.id,
    name: quirk.name,
    says: quirk.says,
    path: paths[0],
    value: 'value' in settled ? settled.value : quirk.is,
    is: quirk.is,
    otherwise: quirk.otherwise,
    ...(quirk.variants ? { variants: Object.keys(quirk.variants) } : {}),
    dormant: quirk.dormant === true,
    toggled: Object.hasOwn(toggles, quirk.name),
    source: quirk.source,
  }
}

const all = (places: Iterable<Place>) => ({
  quirks: [...places].flatMap((place) => quirksOf(place.provider.settings).map((placed) => view(place, placed))),
})

const found = (call: Call): { readonly place: Place; readonly placed: PlacedQuirk } => {
  const place = placeAt(call, call.part('provider'))
  const placed = quirksOf(place.provider.settings).find(({ quirk }) => quirk.name === call.part('name'))
  if (!placed) throw notFound(`${place.provider.id} has no quirk ${call.part('name')}`)
  return { place, placed }
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
  'GET /quirks': ({ sandbox }) => ok(all(sandbox.places.values())),
  'PUT /quirks': (call) => {
    const { body } = call
    if (!isObject(body)) throw invalid('the body is an object of toggles by provider/name')
    for (const [name, value] of Object.entries(body)) {
      if (!isToggle(value)) throw invalid(`${name} is true, false, null, a number or a string`, name)
      if (!name.includes('/')) throw invalid(`quirks are named provider/name, not ${JSON.stringify(name)}`, name)
    }
    // One by one on a trial run, so that the message names the one at fault; none is set unless all can be.
    const before = [...call.sandbox.places.values()].map((place) => [place, place.toggles()] as const)
    try {
      for (const [name, value] of Object.entries(body)) toggle(call, { [name]: value } as Toggles, name)
    } catch (error) {
      for (const [place, toggles] of before) place.setToggles(toggles)
      throw error
    }
    return ok(all(call.sandbox.places.values()))
  },
  'DELETE /quirks': ({ sandbox }) => {
    sandbox.untoggle()
    return ok(all(sandbox.places.values()))
  },
  'GET /quirks/:provider': (call) => ok(all([placeAt(call, call.part('provider'))])),
  'DELETE /quirks/:provider': (call) => {
    const place = placeAt(call, call.part('provider'))
    call.sandbox.untoggle(place.provider.id)
    return ok(all([place]))
  },
  'GET /quirks/:provider/:name': (call) => {
    const { place, placed } = found(call)
    return ok(view(place, placed))
  },
  'PUT /quirks/:provider/:name': (call) => {
    const { place, placed } = found(call)
    const { value } = members(call.body, ['value'])
    if (!isToggle(value)) throw invalid('value is true, false, null, a number or a string', 'value')
    toggle(call, { [`${place.provider.id}/${placed.quirk.name}`]: value }, 'value')
    return ok(view(place, placed))
  },
  'DELETE /quirks/:provider/:name': (call) => {
    const { place, placed } = found(call)
    call.sandbox.untoggle(`${place.provider.id}/${placed.quirk.name}`)
    return ok(view(place, placed))
  },
}
