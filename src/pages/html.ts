/** Writes HTML in which everything that is put in is escaped. */

export interface Html {
  readonly html: string
}

const escapes: { readonly [char: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char)

type Piece = string | number | Html | readonly Html[] | undefined

const written = (piece: Piece): string => {
  if (piece === undefined) return ''
  if (typeof piece === 'string' || typeof piece === 'number') return escaped(String(piece))
  return 'html' in piece ? piece.html : piece.map(({ html }) => html).join('')
}

/** A template whose values are escaped unless they are HTML already. */
export const html = (strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html => ({
  html: strings.reduce((text, string, at) => text + written(pieces[at - 1]) + string),
})
