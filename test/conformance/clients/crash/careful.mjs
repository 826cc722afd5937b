import { renameSync, writeFileSync } from 'node:fs'
import { clientThat } from './client.mjs'

export default clientThat((file, text) => {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
})
