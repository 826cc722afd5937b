/** What can go wrong, as the client tells it: in the provider's error words, and never with a secret in it. */

/** The provider refused, in words. */
export class OAuthError extends Error {
  readonly kind = 'oauth'
  readonly code: string
  readonly status: number
  // A description may echo what was sent: it is looked at, and shown to nobody.
  readonly #description: string
  constructor(code: string, description = '', status = 0) {
    const word = code.replace(/[^\x20-\x7e]/g, '').slice(0, 60)
    super(`the provider answered ${word}`)
    this.code = word
    this.status = status
    this.#description = description
  }
  mentions(word: string): boolean {
    return this.#description.includes(word)
  }
}

/** An answer that is none, or that must not be believed. */
export class ProtocolError extends Error {
  readonly kind = 'protocol'
  readonly code: string
  readonly status: number
  constructor(code: string, status = 0) {
    super(code)
    this.code = code
    this.status = status
  }
}

/** No answer came. */
export class NetworkError extends Error {
  readonly kind = 'network'
  readonly code: string
  constructor(code: string) {
    super(`no answer: ${code}`)
    this.code = code
  }
}

/** Something that cannot be done now. */
export class Unable extends Error {
  readonly kind = 'other'
  readonly code = 'unable'
}

const codes = (error: unknown): readonly string[] => {
  if (typeof error !== 'object' || error === null) return []
  const { code, cause, name } = error as { readonly code?: unknown; readonly cause?: unknown; readonly name?: unknown }
  return [...(typeof code === 'string' ? [code] : []), ...codes(cause), ...(typeof name === 'string' ? [name] : [])]
}

/** A request that failed, without its URL or body. */
export const networkError = (error: unknown): NetworkError => new NetworkError(codes(error)[0] ?? 'unknown')
