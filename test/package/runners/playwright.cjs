const { expect, test, testWith } = require('authdouble/playwright')
const { startApp } = require('./app.cjs')

const connect = async (page, provider, more) => {
  await page.goto(await startApp(provider, more))
  await page.getByRole('link', { name: 'Connect' }).click()
}

for (const provider of ['zettle', 'ziina', 'vcita']) {
  test(`approves at ${provider}, twice`, async ({ page, double }) => {
    for (const time of ['first', 'second']) {
      await connect(page, double.provider(provider))
      await double.approve(page)
      await expect(page.getByRole('heading'), time).toHaveText('connected')
    }
    expect(double).toHaveAskedForAuthorization({ provider })
    expect(double).toHaveSentState()
  })

  test(`denies at ${provider}`, async ({ page, double }) => {
    await connect(page, double.provider(provider))
    await double.deny(page)
    await expect(page.getByRole('heading')).toHaveText('access_denied')
    expect(double).not.toHaveRefreshedOnce()
  })
}

test('approves as somebody else', async ({ page, double }) => {
  const { id, email } = await double.users.add('zettle', { email: 'second@shop.example' })
  await connect(page, double.provider('zettle'))
  await double.approve(page, { email })
  await expect(page.getByRole('heading')).toHaveText('connected')
  expect(double.journal.last({ outcome: 'redirected' }).user).toBe(id)
})

const unattended = testWith({ providers: ['zettle'] }, { interactive: false })
unattended('shows no pages where none are wanted', async ({ page, double }) => {
  await connect(page, double.provider('zettle'))
  await expect(page.getByRole('heading')).toHaveText('connected')
})

test('red: a request that is refused', async ({ page, double }) => {
  await connect(page, double.provider('zettle'), { client_id: 'nobody' })
  await double.approve(page)
})

test('red: a person whom nobody knows', async ({ page, double }) => {
  await connect(page, double.provider('zettle'))
  await double.approve(page, { email: 'nobody@shop.example' })
})

test('red: a code that is no secret in the report', async ({ page, double }) => {
  await connect(page, double.provider('zettle'))
  await double.approve(page)
  await expect(page.getByRole('heading')).toHaveText('connected')
  console.log(`code ${new URL(page.url()).searchParams.get('code')}`)
  expect(double).toHaveRefreshedOnce()
})
