// Says in which process it runs; with COUNTS=timer it leaves a timer behind.
export default () => ({
  client: `process ${process.pid}`,
  callback: () => {},
  call: () => {
    if (process.env.COUNTS === 'timer') setInterval(() => {}, 1000)
  },
})
