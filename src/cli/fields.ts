/** What may stand in a config file: the options of the server, and clients and users of one's own. */

import { providers as shipped } from '../providers/index.js'
import { optionSchemas } from '../server/serverOptions.js'
import { suggestion } from '../validation/nearest.js'
import type { Members, Schema } from '../validation/schema.js'
import { custom, flag, isObject, list, object, port, text, uri } from '../validation/schema.js'

const ids = shipped.map(({ id }) => id)

/** Which providers come from files is known once these are loaded: the config asks for the name again then. */
const provider: Schema<string> = {
  json: { anyOf: [{ enum: ids }, { type: 'string', pattern: '^[a-z][a-z0-9-]*$' }] },
  problems: (value, path = []) => {
    const named = typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value)
    return named ? [] : [{ path, message: `is one of ${ids.join(', ')}, or the id of a provider from a file` }]
  },
}

const clients = list(
  object(
    {
      provider,
      clientId: text('As it is sent.'),
      clientSecret: text('As it is sent; where a provider issues a user name, that goes with the password.'),
      username: text('The Basic user name, where the provider issues one.'),
      password: text('The Basic password, where the provider issues one.'),
      name: text('Shown on the consent page.'),
      redirectUris: list(uri(), 'Where codes may be sent, to the letter.'),
      loopback: flag('Any redirect URI at a loopback address is taken as registered.'),
      trusted: flag('No consent is asked.'),
      scope: list(text(), "All of the demo client's when left out."),
    },
    { required: ['provider', 'clientId', 'clientSecret'], called: 'field' },
  ),
  'Clients of your own; the first of a provider takes the place of the demo client.',
)

const users = list(
  object(
    {
      provider,
      id: text('The subject of its tokens.'),
      email: text('Logs in with it.'),
      name: text('Shown to people.'),
      profile: custom<{ readonly [member: string]: unknown }>(
        { type: 'object', description: "What the provider's answers say of the user." },
        (value) => (isObject(value) ? undefined : 'is an object'),
      ),
    },
    { required: ['provider', 'id'], called: 'field' },
  ),
  'Users of your own; the first of a provider approves when nobody is named.',
)

/** What is no function and no object of the running process, and says TLS in two words. */
const { watch: _watch, tls: _tls, providers: _providers, ...options } = optionSchemas

/** Quirks of providers that come from files are known once these are loaded: the server checks them when it starts. */
const ofShipped = new RegExp(`^(${ids.join('|')})/`)
const quirks: Schema = {
  get json() {
    return { ...options.quirks.json, patternProperties: { [`^(?!(${ids.join('|')})/)[a-z][a-z0-9-]*/`]: {} } }
  },
  problems: (value, path = []) => {
    if (!isObject(value)) return options.quirks.problems(value, path)
    const names = Object.entries(value).filter(([name]) => ofShipped.test(name) || !/^[a-z][a-z0-9-]*\//.test(name))
    return options.quirks.problems(Object.fromEntries(names), path)
  },
}

/** A provider by its id, or by the path of its file. */
const providerName: Schema<string> = custom({ anyOf: [{ enum: ids }, { type: 'string', pattern: '[./]' }] }, (value) => {
  if (typeof value === 'string' && (/[./\\]/.test(value) || ids.some((id) => id === value))) return undefined
  return `is one of ${ids.join(', ')}, or a file such as ./acme.yaml${typeof value === 'string' ? suggestion(value, ids) : ''}`
})

/** The whole file, field by field. */
const fields: Members = {
  $schema: text('This schema, for editors.'),
  ...options,
  quirks,
  providers: list(providerName, 'Only these providers, by id or by file; all when left out.', 1),
  clients,
  users,
  tls: flag("A second port that speaks TLS under the providers' real host names."),
  tlsPort: port('That port.'),
}

export const configFields = object(fields, { called: 'field' })

/** The published JSON Schema of the file. */
export const configSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'authdouble configuration',
  ...configFields.json,
})
