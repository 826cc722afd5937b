import { writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { clientThat } from './client.mjs'

/** Writes into the file that is in use, and not all at once. */
export default clientThat(async (file, text) => {
  writeFileSync(file, text.slice(0, text.length / 2))
  await setTimeout(40)
  writeFileSync(file, text)
})
