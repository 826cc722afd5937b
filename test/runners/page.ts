/** The samples of docs/in-your-tests.md, by the heading under which each stands. */

import { readFile } from 'node:fs/promises'

/** @param nth of the samples below the heading, from 0 @throws Error when there is no such heading, or no such sample below it */
export const sampleOf = async (heading: string, nth = 0): Promise<string> => {
  const page = await readFile('docs/in-your-tests.md', 'utf8')
  const section = page.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const [, sample] = [...section.matchAll(/^```\w+\n([\s\S]*?)^```/gm)][nth] ?? []
  if (sample === undefined) throw new Error(`docs/in-your-tests.md has no sample below ${JSON.stringify(heading)}`)
  return sample
}
