module.exports = {
  testMatch: /playwright\.cjs$|sample\.spec\.js$/,
  reporter: [['json', { outputFile: 'playwright.json' }]],
  timeout: 60_000,
  expect: { timeout: 20_000 },
  workers: 1,
  use: {
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
    },
  },
}
