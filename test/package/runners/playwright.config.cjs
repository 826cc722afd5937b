module.exports = {
  testMatch: 'playwright.cjs',
  reporter: [['json', { outputFile: 'playwright.json' }]],
  timeout: 15_000,
  workers: 1,
  use: {
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
    },
  },
}
