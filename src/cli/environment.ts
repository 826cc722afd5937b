/** The environment that tells a client where the double is, and who it is there. */

import type { ProviderAddress } from '../issuance/providerAddress.js'

const members: { readonly [name: string]: keyof ProviderAddress } = {
  BASE_URL: 'baseUrl',
  AUTHORIZE_URL: 'authorizeUrl',
  TOKEN_URL: 'tokenUrl',
  REVOKE_URL: 'revokeUrl',
  USERINFO_URL: 'userinfoUrl',
  RESOURCE_URL: 'resourceUrl',
  CLIENT_ID: 'clientId',
  CLIENT_SECRET: 'clientSecret',
  USERNAME: 'username',
  PASSWORD: 'password',
  ASSERTION: 'assertion',
  REDIRECT_URI: 'redirectUri',
  SCOPE: 'scope',
}

export interface Whereabouts {
  readonly url: string
  readonly admin: string
  readonly providers: { readonly [provider: string]: ProviderAddress }
}

/** `AUTHDOUBLE_URL`, `AUTHDOUBLE_ADMIN_URL` and, for each provider, `AUTHDOUBLE_<PROVIDER>_TOKEN_URL` and the like. */
export const environmentOf = ({ url, admin, providers }: Whereabouts): { readonly [name: string]: string } => {
  const variables: [string, string][] = [
    ['AUTHDOUBLE_URL', url],
    ['AUTHDOUBLE_ADMIN_URL', admin],
  ]
  for (const [id, address] of Object.entries(providers)) {
    const prefix = `AUTHDOUBLE_${id.toUpperCase().replaceAll('-', '_')}`
    for (const [name, member] of Object.entries(members)) {
      const value = address[member]
      if (value !== undefined) variables.push([`${prefix}_${name}`, value])
    }
  }
  return Object.fromEntries(variables)
}

/** As a dotenv file has it: quoted where a shell or a reader would stumble. */
export const dotenv = (variables: { readonly [name: string]: string }): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${/^[\w.:/@%+,=-]*$/.test(value) ? value : `"${value.replace(/["\\$`]/g, '\\$&')}"`}\n`)
    .join('')
