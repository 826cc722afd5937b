/** Where the parts of a sandbox are; braces keep them on one node of a cluster. */
export const keysOf = (prefix: string, sandbox: string) => {
  const base = `${prefix}{${sandbox}}`
  return {
    records: `${base}:records`,
    until: `${base}:until`,
    journal: `${base}:journal`,
    serial: `${base}:serial`,
    lock: `${base}:lock`,
    room: `${base}:room`,
  }
}
export type Keys = ReturnType<typeof keysOf>
