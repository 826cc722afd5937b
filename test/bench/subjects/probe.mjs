// Loaded into a subject: answers each message with the memory that is left after a collection.
process.on('message', () => {
  globalThis.gc()
  globalThis.gc()
  process.send(process.memoryUsage())
})
