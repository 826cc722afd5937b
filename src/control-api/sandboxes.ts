/** `/`, `/sandboxes`, `/reset`, `/state`: the sandbox at a glance, and others beside it. */

import { listTokens } from '../issuance/issuedTokens.js'
import { providerAddress } from '../issuance/providerAddress.js'
import { version } from '../package/version.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { SandboxInput } from '../sandbox/sandboxInput.js'
import { sandboxInputSchema, sandboxRequest } from '../sandbox/sandboxInput.js'
import { SandboxError } from '../sandbox/sandboxRequest.js'
import { exportState, importState } from '../sandbox/state.js'
import { assertValid } from '../validation/check.js'
import type { Call, Resource } from './call.js'
import { created, noContent, ok } from './call.js'
import type { Members } from './check.js'
import { ControlError, integer, invalid, isObject, isToggle, members, notFound } from './check.js'
import { clockChange, clockView } from './clock.js'
import { reached } from './reached.js'

const providersOf = (sandbox: Sandbox) =>
  Object.fromEntries([...sandbox.instances.values()].map((instance) => [instance.provider.id, providerAddress(sandbox, instance)]))

const view = (call: Call, sandbox: Sandbox) => {
  const expiresAt = call.registry.expiry(sandbox.name)
  return reached(call, {
    name: sandbox.name,
    url: sandbox.url(),
    admin: `${sandbox.url()}/__admin`,
    providers: providersOf(sandbox),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  })
}

const glance = async ({ registry, sandbox }: Call) => {
  const admin = `${sandbox.url()}/__admin`
  const tokens = await listTokens(sandbox)
  const records = Object.values(await sandbox.store.snapshot())
  const count = (kind: 'client' | 'user') =>
    records.flatMap((kinds) => Object.values(kinds[kind] ?? {})).filter((one) => !('removed' in one && one.removed)).length
  const links = [
    'sandboxes',
    'clock',
    'clients',
    'users',
    'tokens',
    'quirks',
    'faults',
    'approvals',
    'journal',
    'events',
    'state',
    'openapi.json',
  ]
  return {
    name: sandbox.name,
    url: sandbox.url(),
    admin,
    version,
    clock: clockView(sandbox.clock),
    quirks: Object.fromEntries(
      [...sandbox.instances.values()].flatMap((instance) =>
        Object.entries(instance.toggles()).map(([name, toggle]) => [`${instance.provider.id}/${name}`, toggle]),
      ),
    ),
    counts: {
      clients: count('client'),
      users: count('user'),
      tokens: tokens.length,
      faults: sandbox.faults.list().length,
      journal: sandbox.journal.size(),
      sandboxes: registry.sandboxes.size,
    },
    providers: providersOf(sandbox),
    links: Object.fromEntries(links.map((link) => [link.replace('.json', ''), `${admin}/${link}`])),
  }
}

/** @throws ControlError */
const open = (call: Call): Sandbox => {
  const said = (call.body ?? {}) as SandboxInput
  const input = said.clock === undefined ? said : { ...said, clock: clockChange(said.clock, 'clock') }
  integer(-Number.MAX_SAFE_INTEGER)(input as Members, 'seed')
  const { quirks, ...rest } = input
  assertValid(sandboxInputSchema(call.registry.providers), rest, 'sandboxes')
  if (quirks !== undefined && !isObject(quirks)) throw invalid('quirks is an object', 'quirks')
  for (const [name, toggle] of Object.entries(quirks ?? {}))
    if (!isToggle(toggle)) throw invalid(`${name} is true, false, null, a number or a string`, `quirks.${name}`)
  const request = sandboxRequest(input)
  try {
    return call.registry.open(request)
  } catch (error) {
    if (error instanceof SandboxError && error.why === 'full') throw new ControlError(503, 'too_many', error.message)
    if (error instanceof SandboxError) throw new ControlError(409, 'exists', error.message, 'name')
    throw invalid(error instanceof Error ? error.message : String(error), 'quirks')
  }
}

export const sandboxes: Resource = {
  'GET /': async (call) => ok(reached(call, await glance(call))),
  'GET /sandboxes': (call) => ok({ sandboxes: [...call.registry.sandboxes.values()].map((sandbox) => view(call, sandbox)) }),
  'POST /sandboxes': (call) => created(view(call, open(call))),
  'GET /sandboxes/:name': (call) => {
    const sandbox = call.registry.sandboxes.get(call.part('name'))
    if (!sandbox) throw notFound(`there is no sandbox ${call.part('name')}`)
    return ok(view(call, sandbox))
  },
  'DELETE /sandboxes/:name': async ({ registry, part }) => {
    if (!(await registry.remove(part('name')))) throw notFound(`there is no sandbox ${part('name')}`)
    return noContent
  },
  'POST /reset': async ({ sandbox, body }) => {
    members(body, [])
    await sandbox.reset()
    return noContent
  },
  'GET /state': async ({ sandbox }) => ok(await exportState(sandbox)),
  'PUT /state': async ({ sandbox, body }) => {
    await importState(sandbox, body)
    return noContent
  },
}
