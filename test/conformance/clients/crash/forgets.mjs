import { clientThat } from './client.mjs'

/** Empties its file before it writes: what is lost then is lost for good. */
export default clientThat(async (file, text) => {
  const { rmSync, writeFileSync } = await import('node:fs')
  const { setTimeout } = await import('node:timers/promises')
  rmSync(file, { force: true })
  await setTimeout(40)
  writeFileSync(file, text)
})
