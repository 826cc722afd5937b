// Never gets to its end while it is imported.
await new Promise(() => setInterval(() => {}, 1000))
