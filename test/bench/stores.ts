/** What keeping records in a file or in Redis costs. */

export const storesTable = async (_milliseconds: number, _say: (line: string) => void): Promise<void> => {}
