/** The samples of docs/in-your-tests.md, by the heading under which each stands. */

import { readFile } from 'node:fs/promises'

/** @throws Error when there is no such heading, or no sample below it */
export const sampleOf = async (heading: string): Promise<string> => {
  const page = await readFile('docs/in-your-tests.md', 'utf8')
  const section = page.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const [, sample] = /^```\w+\n([\s\S]*?)^```/m.exec(section) ?? []
  if (sample === undefined) throw new Error(`docs/in-your-tests.md has no sample below ${JSON.stringify(heading)}`)
  return sample
}
