/** What was issued in a sandbox and where it came from; ending it, on time or before. */

import type { TokenKind } from '../journal/entry.js'
import type { DecisionContext } from '../protocol/context.js'
import { mintedOrigin } from '../protocol/issuance.js'
import type { AccessToken, ApiKey, Code, End, Kind, RefreshToken, Tx } from '../protocol/records.js'
import { connectionStatus, isReplaced, withEnd } from '../protocol/tokens.js'
import type { ProviderInstance } from '../sandbox/providerInstance.js'
import type { Sandbox } from '../sandbox/sandbox.js'

export type TokenState = 'live' | End

export interface TokenView {
  readonly provider: string
  readonly kind: TokenKind
  /** By which lineage names it: an opaque token itself, the identifying claim of a signed one. */
  readonly id: string
  /** As the client holds it; absent for signed tokens, which are not kept. */
  readonly value?: string
  readonly state: TokenState
  readonly clientId: string
  readonly user: string
  readonly scope: string
  /** Epoch seconds; null when it does not end by itself. */
  readonly expiresAt: number | null
  readonly issuedAt?: number
  readonly from?: string
  /** The ids of what was made from it. */
  readonly made: readonly string[]
}

/** Everything that is said must fit. */
export interface TokenFilter {
  readonly provider?: string
  /** A token as a client holds it, signed ones too. */
  readonly value?: string
  readonly id?: string
  readonly kind?: TokenKind
  readonly client?: string
  readonly user?: string
  readonly state?: TokenState
}

const tables = { code: 'code', access: 'access_token', refresh: 'refresh_token', apiKey: 'assertion' } as const satisfies {
  readonly [K in Kind]?: TokenKind
}
type Table = keyof typeof tables
const tableOf = (kind: TokenKind): Table | undefined => (Object.keys(tables) as Table[]).find((table) => tables[table] === kind)

const signed = (instance: ProviderInstance, kind: TokenKind): boolean => {
  const { access, refresh, assertion } = instance.settings()
  const format =
    kind === 'access_token'
      ? access.format
      : kind === 'refresh_token'
        ? refresh.format
        : kind === 'assertion'
          ? assertion?.format
          : undefined
  return format?.kind === 'jwt'
}

type TokenRecord = AccessToken | RefreshToken | Code | ApiKey

const stateOf = (
  context: DecisionContext,
  record: TokenRecord,
  users: { readonly [id: string]: { readonly removed?: boolean } },
  get: Tx['get'],
): TokenState => {
  if (record.ended !== undefined) return record.ended
  if ('connection' in record && connectionStatus({ get } as Tx, record) !== 'yes') return 'revoked'
  if (users[record.user]?.removed === true) return 'revoked'
  if ('refreshes' in record && isReplaced(context, { get } as Tx, record)) return 'rotated'
  return record.expires !== null && record.expires <= context.now ? 'expired' : 'live'
}

/** The id claims that a signed token may carry, without a look at its signature. */
const idsIn = (value: string): readonly string[] => {
  const [, claims] = value.split('.')
  if (claims === undefined) return [value]
  try {
    const read: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString())
    return [value, ...Object.values(read as object).filter((one): one is string => typeof one === 'string')]
  } catch {
    return [value]
  }
}

const listOf = async (sandbox: Sandbox, instance: ProviderInstance): Promise<readonly TokenView[]> => {
  const context = await sandbox.decide(instance, (one) => one)
  const records = (await sandbox.store.snapshot())[instance.provider.id] ?? {}
  const get: Tx['get'] = (kind, id) => (records[kind] as { readonly [id: string]: never } | undefined)?.[id]
  const made = new Map<string, string[]>()
  const rows = (Object.keys(tables) as Table[]).flatMap((table) =>
    Object.entries((records[table] ?? {}) as { readonly [id: string]: TokenRecord }).map(([id, record]) => ({ table, id, record })),
  )
  for (const { id, record } of rows) if ('from' in record) made.set(record.from, [...(made.get(record.from) ?? []), id])
  return rows.map(({ table, id, record }) => ({
    provider: instance.provider.id,
    kind: tables[table],
    id,
    ...(signed(instance, tables[table]) ? {} : { value: id }),
    state: stateOf(context, record, records.user ?? {}, get),
    clientId: 'client' in record ? record.client : id,
    user: record.user,
    scope: record.scope,
    ...('issued' in record ? { issuedAt: record.issued } : {}),
    expiresAt: record.expires,
    ...('from' in record && record.from !== mintedOrigin && record.from !== 'seed' ? { from: record.from } : {}),
    made: made.get(id) ?? [],
  }))
}

const fits = (token: TokenView, { value, id, kind, client, user, state }: TokenFilter, ids: readonly string[]): boolean =>
  (value === undefined || ids.includes(token.id)) &&
  (id === undefined || token.id === id) &&
  (kind === undefined || token.kind === kind) &&
  (client === undefined || token.clientId === client) &&
  (user === undefined || token.user === user) &&
  (state === undefined || token.state === state)

/** Codes, tokens and keys that fit, those of one provider after another's. */
export const listTokens = async (sandbox: Sandbox, selection: TokenFilter = {}): Promise<readonly TokenView[]> => {
  const instances = [...sandbox.instances.values()].filter(
    ({ provider }) => selection.provider === undefined || provider.id === selection.provider,
  )
  const lists = await Promise.all(instances.map((instance) => listOf(sandbox, instance)))
  return lists.flatMap((list, at) => {
    const { value } = selection
    const { optionalPrefix = '' } = instances[at]?.settings().refresh ?? {}
    const ids = value === undefined ? [] : [...idsIn(value), `${optionalPrefix}${value}`]
    return list.filter((token) => fits(token, selection, ids))
  })
}

type Change = (context: DecisionContext, tx: Tx, table: Table, id: string) => void

/** An API key has no connection and no memory of how it ended but its time. */
const expire: Change = (context, tx, table, id) => {
  const record = tx.get(table, id)
  if (!record) return
  tx.put(table, id, table === 'apiKey' ? { ...record, expires: context.now } : withEnd(context, record, 'expired'))
}

const revoke: Change = (context, tx, table, id) => {
  const record = tx.get(table, id)
  if (!record) return
  tx.put(table, id, withEnd(context, record, 'revoked'))
  if (!('refreshes' in record) || context.settings.revoke?.cascades !== true) return
  for (const made of record.live ?? []) {
    const access = tx.get('access', made)
    if (access) tx.put('access', made, withEnd(context, access, 'revoked'))
  }
}

const changeAll =
  (change: Change) =>
  async (sandbox: Sandbox, selection: TokenFilter): Promise<readonly TokenView[]> => {
    const chosen = await listTokens(sandbox, selection)
    for (const { provider, kind, id } of chosen) {
      const instance = sandbox.instances.get(provider)
      const table = tableOf(kind)
      if (instance && table) await sandbox.decide(instance, (context, tx) => change(context, tx, table, id))
    }
    const ids = new Set(chosen.map(({ provider, kind, id }) => `${provider} ${kind} ${id}`))
    return (await listTokens(sandbox)).filter(({ provider, kind, id }) => ids.has(`${provider} ${kind} ${id}`))
  }

/** The server says expired now; what the tokens say of themselves stays as it was. @returns what was expired */
export const expireTokens = changeAll(expire)

/** Ends tokens, as the user or the provider would. @returns what was ended */
export const revokeTokens = changeAll(revoke)
