/** What may stand in a config file, field by field: in words, as JSON Schema, and what is wrong with a value. */

import type { Toggle } from '../provider/quirk.js'
import { quirksOf, settledValue } from '../provider/quirk.js'
import { providers as shipped } from '../providers/index.js'

/** One field: its JSON Schema, which says in words what it is, and what is wrong with a value. */
interface Field {
  readonly schema: { readonly [member: string]: unknown }
  readonly wrong: (value: unknown) => string | undefined
  /** What is wrong further inside, once the value itself is not. */
  readonly inside?: (value: unknown) => readonly Inner[]
}

export interface Inner {
  readonly path: readonly (string | number)[]
  readonly message: string
}

const ids = shipped.map(({ id }) => id)

const textField = (description: string): Field => ({
  schema: { type: 'string', minLength: 1, description },
  wrong: (value) => (typeof value === 'string' && value !== '' ? undefined : 'is a string'),
})
const flagField = (description: string): Field => ({
  schema: { type: 'boolean', description },
  wrong: (value) => (typeof value === 'boolean' ? undefined : 'is true or false'),
})
const portField = (description: string): Field => ({
  schema: { type: 'integer', minimum: 0, maximum: 65_535, description },
  wrong: (value) => (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535 ? undefined : 'is a port from 0 to 65535'),
})

/** What is wrong with a toggle, in the words of the quirk. */
const toggleProblem = (name: string, toggle: unknown): string | undefined => {
  const slash = name.indexOf('/')
  const provider = shipped.find(({ id }) => id === name.slice(0, Math.max(slash, 0)))
  const found = provider && quirksOf(provider.settings).find(({ quirk }) => quirk.name === name.slice(slash + 1))
  if (!found) return `no quirk is named ${name}: quirks are named provider/name, and \`authdouble providers <id>\` lists them`
  const settled = settledValue(found.quirk, toggle as Toggle)
  return 'error' in settled ? settled.error : undefined
}

export const isObject = (value: unknown): value is { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textsField = (description: string): Field => ({
  schema: { type: 'array', items: { type: 'string', minLength: 1 }, description },
  wrong: (value) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '') ? undefined : 'is a list of strings',
})

const profileField: Field = {
  schema: { type: 'object', description: "What the provider's answers say of the user." },
  wrong: (value) => (isObject(value) ? undefined : 'is an object'),
}

const providerField: Field = {
  schema: { enum: ids },
  wrong: (value) => (ids.some((id) => id === value) ? undefined : `is one of ${ids.join(', ')}`),
}

/** A list of clients or users: each an object of these members. */
const partiesField = (description: string, members: { readonly [name: string]: Field }, required: readonly string[]): Field => ({
  schema: {
    type: 'array',
    description,
    items: {
      type: 'object',
      required,
      additionalProperties: false,
      properties: Object.fromEntries(Object.entries(members).map(([name, { schema }]) => [name, schema])),
    },
  },
  wrong: (value) => (Array.isArray(value) && value.every(isObject) ? undefined : 'is a list of objects'),
  inside: (value) =>
    (value as readonly { readonly [member: string]: unknown }[]).flatMap((one, at) => [
      ...required.filter((name) => one[name] === undefined).map((name) => ({ path: [at], message: `${name} is missing` })),
      ...Object.entries(one).flatMap(([name, inner]) => {
        const member = Object.hasOwn(members, name) ? members[name] : undefined
        const message = member ? said(member.wrong(inner), inner) : `unknown field; there are ${Object.keys(members).join(', ')}`
        return message === undefined ? [] : [{ path: [at, name], message }]
      }),
    ]),
})

export const said = (wrong: string | undefined, value: unknown): string | undefined =>
  wrong === undefined ? undefined : `${wrong}, not ${JSON.stringify(value)}`

const clientMembers = {
  provider: providerField,
  clientId: textField('As it is sent.'),
  clientSecret: textField('As it is sent; where a provider issues a user name, that goes with the password.'),
  username: textField('Ziina: the Basic user name.'),
  password: textField('Ziina: the Basic password.'),
  name: textField('Shown on the consent page.'),
  redirectUris: textsField('Where codes may be sent, to the letter.'),
  loopback: flagField('Any redirect URI at a loopback address is taken as registered.'),
  trusted: flagField('No consent is asked.'),
  scope: textsField("All of the demo client's when left out."),
}
const userMembers = {
  provider: providerField,
  id: textField('The subject of its tokens.'),
  email: textField('Logs in with it.'),
  name: textField('Shown to people.'),
  profile: profileField,
}

/** The whole file, field by field; the JSON Schema is made from this. */
export const fields: { readonly [name: string]: Field } = {
  $schema: textField('This schema, for editors.'),
  port: portField('Port; 0 for any.'),
  host: textField('Address to listen on; 127.0.0.1 and ::1 when left out.'),
  providers: {
    schema: { type: 'array', items: { enum: ids }, minItems: 1, description: 'Only these providers; all when left out.' },
    wrong: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((id) => ids.includes(id)) ? undefined : `is a list out of ${ids.join(', ')}`,
  },
  interactive: flagField('Show log-in and consent pages; otherwise the first user approves at once.'),
  tolerant: flagField('Turn all also-takes-... quirks on.'),
  quirks: {
    schema: {
      type: 'object',
      description: 'Quirks by provider/name: true as the provider does, false as a plain server would, a variant, or a value.',
      properties: Object.fromEntries(
        shipped.flatMap((provider) =>
          quirksOf(provider.settings).map(({ quirk }) => [
            `${provider.id}/${quirk.name}`,
            { description: quirk.description, type: ['boolean', 'number', 'string', 'null'] },
          ]),
        ),
      ),
      additionalProperties: false,
    },
    wrong: (value) => (isObject(value) ? undefined : 'is an object of quirks'),
    inside: (value) =>
      Object.entries(value as object).flatMap(([name, toggle]) => {
        const message = toggleProblem(name, toggle)
        return message === undefined ? [] : [{ path: [name], message }]
      }),
  },
  clients: partiesField('Clients of your own; the first of a provider takes the place of the demo client.', clientMembers, [
    'provider',
    'clientId',
    'clientSecret',
  ]),
  users: partiesField('Users of your own; the first of a provider approves when nobody is named.', userMembers, ['provider', 'id']),
  seed: {
    schema: { type: ['integer', 'string'], description: 'The same ids, codes and opaque tokens on every run.' },
    wrong: (value) => (Number.isInteger(value) || (typeof value === 'string' && value !== '') ? undefined : 'is a number or a string'),
  },
  adminToken: textField('What control calls must carry as a bearer token.'),
  allowedHosts: textsField('Host names under which the control API answers too.'),
  reveal: flagField('Show secrets in the journal instead of fingerprints.'),
  journalLimit: {
    schema: { type: 'integer', minimum: 1, description: 'How many exchanges the journal keeps; 10000 when left out.' },
    wrong: (value) => (Number.isInteger(value) && Number(value) > 0 ? undefined : 'is a number from 1 up'),
  },
  state: textField('Keep records in this JSON file; in memory when left out.'),
  baseUrl: {
    schema: { type: 'string', format: 'uri', description: 'How the server names itself.' },
    wrong: (value) => (typeof value === 'string' && URL.canParse(value) ? undefined : 'is a URL'),
  },
  tls: flagField("A second port that speaks TLS under the providers' real host names."),
  tlsPort: portField('That port.'),
  proxy: flagField("Be a forward proxy too, for the providers' real hosts and no others."),
}

/** The published JSON Schema of the file. */
export const configSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'authdouble configuration',
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])),
})
