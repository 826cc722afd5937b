/** What a client of the corpus is told, and what it knows about the provider it was written for. */

/** Where everything is and who the client is, as the runner tells it. */
export interface Address {
  readonly provider: string
  readonly issuer: string
  /** The client's own directory, which outlives its process. */
  readonly stateDir: string
  readonly baseUrl: string
  readonly authorizeUrl?: string
  readonly tokenUrl: string
  readonly revokeUrl?: string
  readonly userinfoUrl?: string
  readonly resourceUrl?: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly username?: string
  readonly password?: string
  readonly assertion?: string
  readonly redirectUri: string
  readonly scope?: string
}

/** What the author of a client reads in a provider's documents. */
export interface Facts {
  /** How the token endpoint learns who the client is. */
  readonly authenticates: 'basic' | 'body' | 'issued-username'
  readonly json?: true
  /** What stands before the access token, with its space. */
  readonly scheme: string
  /** Whether a callback carries the state of a request: always, only if the app began it, or never. */
  readonly state: 'always' | 'when-asked' | 'never'
  /** Every redirect names its issuer. */
  readonly namesIssuer?: true
  readonly refreshes: boolean
  /** Where the provider's keys lie, under its base URL, if it signs ID tokens. */
  readonly keys?: string
  /** How a connection is ended. */
  readonly ends?: 'delete-with-access-token' | 'post-refresh-token' | 'post-own-access-token' | 'rfc7009'
  /** Members of every authorization request. */
  readonly asks?: { readonly [name: string]: string }
  /** No response_type is wanted. */
  readonly noResponseType?: true
  /** No redirect took place when the code was made, so none is named when it is redeemed. */
  readonly noRedirectUri?: true
}

/** A provider of the specifications. */
const plain: Facts = { authenticates: 'basic', scheme: 'Bearer ', state: 'always', refreshes: true, keys: '/jwks', ends: 'rfc7009' }

const known: { readonly [provider: string]: Facts } = {
  plain: { ...plain, namesIssuer: true },
  ziina: {
    authenticates: 'issued-username',
    scheme: 'Bearer ',
    state: 'always',
    namesIssuer: true,
    refreshes: true,
    keys: '/oidc/jwks',
    asks: { prompt: 'consent' },
  },
  zettle: { authenticates: 'body', scheme: 'Bearer ', state: 'always', refreshes: true, ends: 'delete-with-access-token' },
  'zoho-payments': {
    authenticates: 'body',
    scheme: 'Zoho-oauthtoken ',
    state: 'when-asked',
    refreshes: true,
    ends: 'post-refresh-token',
    asks: { soid: 'zohopay.1', access_type: 'offline', prompt: 'consent' },
    noRedirectUri: true,
  },
  zentail: { authenticates: 'basic', scheme: '', state: 'never', refreshes: false },
  vcita: {
    authenticates: 'body',
    json: true,
    scheme: 'Bearer ',
    state: 'always',
    refreshes: false,
    keys: '/oauth/discovery/keys',
    ends: 'post-own-access-token',
    noResponseType: true,
  },
}

export const factsOf = ({ provider }: Address): Facts => known[provider] ?? plain
