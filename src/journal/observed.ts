/** The boundary between an exchange and whoever looks on: journal, event streams, the log. */

/** Looking on cannot fail what is looked at: the exchange is decided and stored by then. */
export const observed = (look: () => void): void => {
  try {
    look()
  } catch (error) {
    process.emitWarning(`an observer of an exchange failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
