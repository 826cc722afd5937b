/** The public door: a double in this process. */

import { sharedKey } from '../http/providerKeys.js'
import { providerAddress } from '../issuance/providerAddress.js'
import type { Provider } from '../provider/define.js'
import type { Toggles } from '../provider/quirk.js'
import type { ProviderId, ProviderIdOf, QuirkNameOf } from '../providers/index.js'
import { providers as shipped } from '../providers/index.js'
import { createSandboxRegistry, runSeed } from '../sandbox/sandboxRegistry.js'
import { assertValid } from '../validation/check.js'
import { ValidationError } from '../validation/errors.js'
import type { DemoCallback } from './demoCallback.js'
import type { Double } from './double.js'
import { doubleOf } from './double.js'
import { createInProcess } from './inProcess.js'
import { openListeners } from './listeners.js'
import { createRequestHandler } from './requestHandler.js'
import type { ProviderPath, ServerOptions } from './serverOptions.js'
import { serverOptionsSchema } from './serverOptions.js'

/** A double that knows its providers and their quirks by name. */
export type DoubleOf<P> = Double<QuirkNameOf<P>, ProviderIdOf<P>>

/** The providers themselves; what is none of them is told later, with all else that is wrong. */
const chosenProviders = async ({ providers }: ServerOptions): Promise<readonly Provider[]> => {
  if (!Array.isArray(providers)) return shipped
  const chosen = await Promise.all(
    providers.map(async (one: ProviderId | Provider | ProviderPath) => {
      if (typeof one === 'object') return [one]
      // Ids have neither dots nor slashes.
      if (typeof one !== 'string' || !/[./\\]/.test(one)) return shipped.filter(({ id }) => id === one)
      return [await (await import('../provider-files/load.js')).loadProviderFile(one)]
    }),
  )
  const all = chosen.flat()
  const twice = all.find(({ id }, at) => all.findIndex((other) => other.id === id) !== at)
  if (twice) throw new ValidationError('providers', `two providers are named ${twice.id}`)
  return all
}

/** What it takes to read one is loaded for it alone. */
const openStateFile = async (path: string, fsync: boolean | undefined) => {
  const [{ openFile }, { keptInstrumentsSchema }] = await Promise.all([import('../store/file.js'), import('../sandbox/stateSchemas.js')])
  return openFile(path, { fsync, instruments: keptInstrumentsSchema })
}

/** An address as URLs write it. One that means every address is none that a client could ask. */
const authorityOf = (address: string): string =>
  address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '[::1]' : address.includes(':') ? `[${address}]` : address

/**
 * Starts a double on a free port.
 *
 * @throws ValidationError that names the option that is wrong, and the nearest right word; ProviderFileError with file and line; Error with `code` EADDRINUSE when the port is taken;
 * CannotOpen when the state file is in use, is none of ours, or cannot be written, or when Redis does not answer
 * @example
 * await using double = await createServer({ providers: ['zettle'] })
 * await fetch(double.provider('zettle').tokenUrl, { method: 'POST', body: new URLSearchParams({ ... }) })
 */
export const createServer = async <const P extends ProviderId | Provider | ProviderPath = ProviderId>(
  options: ServerOptions<P> = {},
): Promise<DoubleOf<P>> => {
  const providers = await chosenProviders(options)
  assertValid(serverOptionsSchema(providers), options, 'createServer')
  let url = options.baseUrl?.replace(/\/$/, '') ?? ''
  if (options.state !== undefined && options.store !== undefined)
    throw new ValidationError('store', 'records are kept in a state file or in a store, not in both')
  if (options.fsync === true && options.state === undefined)
    throw new ValidationError('fsync', 'fsync is for a state file: name one with state')
  const file = options.state === undefined ? undefined : await openStateFile(options.state, options.fsync)
  const redis = options.store === undefined ? undefined : await (await import('../store/redis/open.js')).openRedis(options.store)
  const kept = redis ? { starts: redis.starts, store: redis.store('default', { journalLimit: options.journalLimit }) } : file
  const registry = createSandboxRegistry(
    {
      name: 'default',
      providers,
      url: () => url,
      ...(options.seed === undefined ? {} : { seed: runSeed(String(options.seed), kept?.starts ?? 0) }),
      ...(options.quirks ? { toggles: options.quirks as Toggles } : {}),
      ...(options.tolerant ? { tolerant: true } : {}),
      ...(options.interactive ? { approval: { ask: true } as const } : {}),
      ...(options.journalLimit === undefined ? {} : { journalLimit: options.journalLimit }),
      ...(options.journalBytes === undefined ? {} : { journalBytes: options.journalBytes }),
      ...(kept ? { store: kept.store } : {}),
    },
    redis,
  )
  const hosts = options.host === undefined ? ['127.0.0.1', '::1'] : typeof options.host === 'string' ? [options.host] : options.host
  const control = async () =>
    (await import('../control-api/router.js')).createControl({
      registry,
      reveal: options.reveal ?? false,
      adminToken: options.adminToken,
      allowedHosts: [...hosts, ...(options.allowedHosts ?? [])],
      baseUrl: options.baseUrl,
    })
  let controlling: ReturnType<typeof control> | undefined
  let callback: Promise<DemoCallback> | undefined
  const handle = createRequestHandler(
    registry,
    () => {
      controlling ??= control()
      return controlling
    },
    async ({ sandbox, instance }, raw) => {
      if (!sandbox || !instance) return
      const { callbackPage, exchangeAsCurl } = await import('../pages/callback.js')
      callback ??= import('./demoCallback.js').then(({ createDemoCallback }) => createDemoCallback())
      const address = providerAddress(sandbox, instance)
      const proof = `${raw.query}&${raw.body}`.includes('code_challenge=')
      await (await callback).expect((url) => {
        const code = url.searchParams.get('code')
        const curl = code === null ? undefined : exchangeAsCurl(instance.settings(), address, code, proof)
        return callbackPage({ provider: instance.provider.name, console: `${sandbox.url()}/__admin/ui`, url, curl })
      })
    },
    options.watch,
  )
  const { tls, proxy, caDirectory } = options
  const listeners = await openListeners(handle, registry.hosts, {
    port: options.port ?? 0,
    addresses: hosts,
    tls,
    proxy,
    caDirectory,
    watch: options.watch,
  })
  const authority = authorityOf(hosts[0] ?? '127.0.0.1')
  if (url === '') url = `http://${authority}:${listeners.port}`
  // The key is made while nobody waits for it: the first signature, not the start, may have to.
  const signs = (): boolean => [...registry.main.instances.values()].some((instance) => instance.settings().access.format.kind === 'jwt')
  setTimeout(() => void (signs() && sharedKey()), 100).unref()
  const { main } = registry
  const inside = createInProcess(handle)
  const close = async (): Promise<void> => {
    await listeners.close()
    await inside.close()
    await registry.close()
    ;(await callback)?.close()
  }
  const reach = {
    ...(listeners.tlsPort === undefined ? {} : { tls: `https://${authority}:${listeners.tlsPort}` }),
    ...(proxy ? { proxy: `http://${authority}:${listeners.port}` } : {}),
    ...(listeners.caFile === undefined ? {} : { ca: listeners.caFile }),
  }
  return doubleOf<QuirkNameOf<P>, ProviderIdOf<P>>({ registry, endpoints: reach, fetch: inside.fetch }, main, close)
}
