/** What a server is started with: the options of the library, checked by one schema that flags, environment and config file share. */

import type { Provider } from '../provider/define.js'
import type { TogglesOf } from '../provider/quirk.js'
import type { ProviderId, QuirkNameOf } from '../providers/index.js'
import { providers as shipped } from '../providers/index.js'
import { togglesSchema } from '../sandbox/togglesSchema.js'
import { suggestion } from '../validation/nearest.js'
import type { Schema } from '../validation/schema.js'
import { custom, either, flag, integer, isObject, list, object, port, text, url } from '../validation/schema.js'
import type { RequestObserver } from './requestObserver.js'

/** A provider of your own in a file: `./acme.yaml`, `.json`, `.mjs`, or `.ts` where Node reads it. */
export type ProviderPath = `./${string}` | `../${string}` | `/${string}`

export interface ServerOptions<P extends ProviderId | Provider | ProviderPath = ProviderId | Provider | ProviderPath> {
  /** Ids of shipped providers, paths of provider files, or providers of your own; all shipped ones by default. */
  readonly providers?: readonly P[]
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** Addresses to listen on; 127.0.0.1 and ::1 by default. */
  readonly host?: string | readonly string[]
  /** Quirks by `provider/name`. */
  readonly quirks?: TogglesOf<QuirkNameOf<P>>
  /** All `also-takes-...` quirks on. */
  readonly tolerant?: boolean
  /** The same ids, codes and opaque tokens on every run. */
  readonly seed?: number | string
  /** Show log-in and consent pages; otherwise the first seeded user approves at once. */
  readonly interactive?: boolean
  /** How the server names itself, where a proxy stands before it. */
  readonly baseUrl?: string
  /** Show secrets in the journal instead of fingerprints. */
  readonly reveal?: boolean
  /** Asked for by the control API as a bearer token. */
  readonly adminToken?: string
  /** Host names, besides the machine's own, under which the control API answers. */
  readonly allowedHosts?: readonly string[]
  /** How many exchanges the journal keeps; 10,000 by default. */
  readonly journalLimit?: number
  /** How many bytes of exchanges the journal keeps; 64 MiB unless told. A body of more than 192 KiB is cut in any case. */
  readonly journalBytes?: number
  /** A JSON file in which the default sandbox keeps its records; they are in memory alone by default. */
  readonly state?: string
  /** Wait, with each promise, until the state file is on the disk and not only with the system: a power cut loses nothing then. */
  readonly fsync?: boolean
  /** A Redis (`redis://host:port`, `?prefix=` for its keys) in which all processes that name it are one double. */
  readonly store?: string
  readonly watch?: RequestObserver
  /** A second port that speaks TLS under the providers' real host names; port 0, the default, takes any free one. */
  readonly tls?: { readonly port?: number }
  /** Be a forward proxy on the same port: it answers for the providers' real hosts and refuses all others. */
  readonly proxy?: boolean
  /** Where the certificate authority for `tls` and `proxy` is kept; `$AUTHDOUBLE_CA_DIR`, else the user's state directory, by default. */
  readonly caDirectory?: string
}

const ids = shipped.map(({ id }) => id)

const isProvider = (value: unknown): value is Provider => isObject(value) && typeof value['id'] === 'string' && isObject(value['settings'])

const providerSchema: Schema<ProviderId | Provider | ProviderPath> = custom(
  { anyOf: [{ enum: ids }, { type: 'string', pattern: '[./]' }] },
  (value) => {
    if (isProvider(value) || ids.some((id) => id === value) || (typeof value === 'string' && /[./\\]/.test(value))) return undefined
    return `is one of ${ids.join(', ')}, or a file such as ./acme.yaml${typeof value === 'string' ? suggestion(value, ids) : ''}`
  },
)

const texts = (description: string) => list(text(), description)

/** One schema for each option, whichever way it comes. */
export const optionSchemas = {
  providers: list(providerSchema, 'Only these providers; all when left out.', 1),
  port: port('Port; 0 for any.'),
  host: either(text('Address to listen on; 127.0.0.1 and ::1 when left out.'), list(text(), undefined, 1)),
  quirks: togglesSchema(
    shipped,
    'Quirks by provider/name: true as the provider does, false as a plain server would, a variant, or a value.',
  ),
  tolerant: flag('Turn all also-takes-... quirks on.'),
  seed: custom<number | string>(
    { type: ['integer', 'string'], description: 'The same ids, codes and opaque tokens on every run.' },
    (value) => (Number.isSafeInteger(value) || (typeof value === 'string' && value !== '') ? undefined : 'is a whole number or a string'),
  ),
  interactive: flag('Show log-in and consent pages; otherwise the first user approves at once.'),
  baseUrl: url('How the server names itself.'),
  reveal: flag('Show secrets in the journal instead of fingerprints.'),
  adminToken: text('What control calls must carry as a bearer token.'),
  allowedHosts: texts('Host names under which the control API answers too.'),
  journalLimit: integer(1, 10_000_000, 'How many exchanges the journal keeps; 10000 when left out.'),
  journalBytes: integer(65_536, 2 ** 40, 'How many bytes of exchanges the journal keeps; 64 MiB when left out.'),
  state: text('Keep records in this JSON file; in memory when left out.'),
  fsync: flag('Wait until the state file is on the disk, so that a power cut loses nothing.'),
  store: custom<string>(
    { type: 'string', pattern: '^rediss?://.', description: 'Keep records in this Redis: all processes there are one double.' },
    (value) => (typeof value === 'string' && /^rediss?:\/\/./.test(value) ? undefined : 'is redis://host:port'),
  ),
  watch: custom<RequestObserver>({}, (value) => (typeof value === 'function' ? undefined : 'is a function')),
  tls: object(
    { port: port('That port; 0 for any.') },
    { description: "A second port that speaks TLS under the providers' real host names." },
  ),
  proxy: flag("Be a forward proxy too, for the providers' real hosts and no others."),
  caDirectory: text('Where the certificate authority for TLS and the proxy is kept.'),
} satisfies { readonly [K in keyof ServerOptions]-?: Schema<NonNullable<ServerOptions[K]>> }

/** The options of a server whose providers are these. */
export const serverOptionsSchema = (providers: readonly Provider[]) =>
  object({ ...optionSchemas, quirks: togglesSchema(providers) }, { called: 'option' })
