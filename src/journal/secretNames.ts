/** Which members, parameters and headers carry secrets, however they are spelt. */

const secret = new Set([
  'accesstoken',
  'actortoken',
  'apikey',
  'assertion',
  'clientassertion',
  'clientsecret',
  'codeverifier',
  'devicecode',
  'idtoken',
  'idtokenhint',
  'logouttoken',
  'password',
  'refreshtoken',
  'registrationaccesstoken',
  'subjecttoken',
  'token',
  'username',
])

/** A code is a secret on its way to the token endpoint; in an answer's body the word names an error. */
export type Where = 'sent' | 'answered'

/** `refresh_token`, `refreshToken`, `Refresh-Token` and `refresh_token[]` are one name. */
export const isSecretName = (name: string, where: Where): boolean => {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return secret.has(plain) || (where === 'sent' && (plain === 'code' || plain === 'authorizationcode'))
}

/** Headers all of whose value is a secret. */
export const isSecretHeader = (name: string): boolean =>
  /^(?:x-)?(?:api-?key|(?:auth|access|refresh|id|session)-?token|[\w-]*secret[\w-]*)$/i.test(name)

/** Headers whose value is a scheme and a secret (RFC 9110 §11.4), or a secret alone. */
export const isCredentialsHeader = (name: string): boolean => /^(?:proxy-)?authorization$/i.test(name)
