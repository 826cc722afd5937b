/** Where the parts of a sandbox are; braces keep them on one node of a cluster. */
export const redisKeys = (prefix: string, sandbox: string) => {
  const base = `${prefix}{${sandbox}}`
  return {
    records: `${base}:records`,
    until: `${base}:until`,
    journal: `${base}:journal`,
    serial: `${base}:serial`,
    lock: `${base}:lock`,
    sandbox: `${base}:room`,
  }
}
export type RedisKeys = ReturnType<typeof redisKeys>
