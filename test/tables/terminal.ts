/** A picture of two terminals, as SVG. It is drawn from what the commands print, so that it shows nothing that they do not. */

const width = 1000
const lineHeight = 19
const characterWidth = 8.4
const padding = 16
const bar = 30
const gap = 16

export interface Terminal {
  readonly title: string
  readonly lines: readonly string[]
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** By what a part of a line begins with: its colour. */
const colours: readonly (readonly [RegExp, string])[] = [
  [/^\$ .*/, '#e6edf3'],
  [/^✗ FAIL/, '#ff7b72'],
  [/^▲ WARN/, '#e3b341'],
  [/^✓/, '#56d364'],
  [/^(?:->|→) 2\d\d/, '#56d364'],
  [/^(?:->|→) 4\d\d [\w-]+(?: \([\w-]+\))?/, '#e3b341'],
  [/^(?:expected|seen|evidence|fix|reference|reproduce) {2,}/, '#79c0ff'],
]

/** A line in parts, each with its colour. */
const parts = (line: string): readonly (readonly [text: string, colour: string])[] => {
  const found: [string, string][] = []
  for (let at = 0; at < line.length; ) {
    const rest = line.slice(at)
    const match = colours.map(([pattern, colour]) => [pattern.exec(rest)?.[0], colour] as const).find(([text]) => text !== undefined)
    const [text = rest.charAt(0), colour] = match ?? []
    const last = found.at(-1)
    if (colour === undefined && last && last[1] === '') last[0] += text
    else found.push([text, colour ?? ''])
    at += text.length
  }
  return found
}

const drawnLine = (line: string, x: number, y: number): string => {
  const spans = parts(line).map(([text, colour]) => (colour === '' ? escaped(text) : `<tspan fill="${colour}">${escaped(text)}</tspan>`))
  return `<text x="${x}" y="${y}" xml:space="preserve">${spans.join('')}</text>`
}

const heightOf = ({ lines }: Terminal): number => bar + padding * 2 + lines.length * lineHeight

const drawn = (terminal: Terminal, top: number): string => {
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (colour, at) => `<circle cx="${20 + at * 20}" cy="${top + bar / 2}" r="6" fill="${colour}"/>`,
  )
  const lines = terminal.lines.map((line, at) => drawnLine(line, padding, top + bar + padding + (at + 0.75) * lineHeight))
  return [
    `<rect x="0.5" y="${top + 0.5}" width="${width - 1}" height="${heightOf(terminal) - 1}" rx="8" fill="#0d1117" stroke="#30363d"/>`,
    ...dots,
    `<text x="${width / 2}" y="${top + bar / 2 + 5}" text-anchor="middle" fill="#8b949e">${escaped(terminal.title)}</text>`,
    ...lines,
  ].join('\n')
}

/** @throws Error when a line would not fit */
export const terminalPicture = (terminals: readonly Terminal[]): string => {
  const longest = Math.floor((width - 2 * padding) / characterWidth)
  const tooLong = terminals.flatMap(({ lines }) => lines).find((line) => line.length > longest)
  if (tooLong !== undefined) throw new Error(`longer than the ${longest} characters of a terminal: ${tooLong}`)
  let top = 0
  const boxes = terminals.map((terminal) => {
    const box = drawn(terminal, top)
    top += heightOf(terminal) + gap
    return box
  })
  const height = top - gap
  const font = 'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#c9d1d9"'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ${font}>\n<title>${escaped(terminals.map(({ title }) => title).join('. '))}</title>\n${boxes.join('\n')}\n</svg>\n`
}
