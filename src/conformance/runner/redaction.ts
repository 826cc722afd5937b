/** Keeps secrets out of a report: in the exchanges, and wherever else they may have been said. */

import type { JournalEntry, ProviderAddress } from '../../index.js'
import { fingerprint, redact, secretsOf } from '../../index.js'

export interface Redaction {
  readonly entries: readonly JournalEntry[]
  readonly text: (text: string) => string
}

const inUrls = /([?&](?:code|access_token|refresh_token|client_secret|assertion|code_verifier|token)=)([^&#\s"']+)/g

export const createRedaction = (address: ProviderAddress, entries: readonly JournalEntry[]): Redaction => {
  const said = [address.clientSecret, address.password, address.assertion].filter((one): one is string => one !== undefined)
  const secrets = [...new Set([...said, ...entries.flatMap(secretsOf)])].sort((a, b) => b.length - a.length)
  return {
    entries: entries.map(redact),
    text: (text) =>
      secrets
        .reduce((shown, secret) => shown.replaceAll(secret, fingerprint(secret)), text)
        .replace(inUrls, (_, name: string, value: string) => `${name}${value.startsWith('‹') ? value : fingerprint(decode(value))}`),
  }
}

const decode = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
