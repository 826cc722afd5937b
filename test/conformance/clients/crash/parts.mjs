import { clientThat } from './client.mjs'

/** Keeps the access token in one file and the refresh token in another, which it writes later. */
export default clientThat(
  async (file, text) => {
    const { renameSync, writeFileSync } = await import('node:fs')
    const { setTimeout } = await import('node:timers/promises')
    const { refresh_token: refreshToken } = JSON.parse(text)
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
    if (refreshToken === undefined) return
    await setTimeout(20)
    writeFileSync(`${file}.refresh`, refreshToken)
  },
  async (file) => {
    const { existsSync, readFileSync } = await import('node:fs')
    return existsSync(`${file}.refresh`) ? readFileSync(`${file}.refresh`, 'utf8') : undefined
  },
)
