/** An application as it might be in production: the provider's hosts are in its source, and it knows of no double. */

const { CLIENT_ID = '', CLIENT_SECRET = '', REDIRECT_URI = '' } = process.env

const json = async (response) => {
  const body = await response.json()
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${JSON.stringify(body)}`)
  return body
}

// What the user's browser would do; the double approves at once.
const authorize = new URL('https://oauth.zettle.com/authorize')
authorize.search = new URLSearchParams({
  response_type: 'code',
  client_id: CLIENT_ID,
  redirect_uri: REDIRECT_URI,
  scope: 'READ:USERINFO',
  state: 'a-state',
})
const landed = await fetch(authorize, { redirect: 'manual' })
const callback = new URL(landed.headers.get('location') ?? '')
if (callback.searchParams.get('state') !== 'a-state') throw new Error(`unexpected answer to the authorization request: ${callback}`)

const { access_token: token } = await json(
  await fetch('https://oauth.zettle.com/token', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT_URI,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    }),
  }),
)
const user = await json(await fetch('https://oauth.zettle.com/users/self', { headers: { authorization: `Bearer ${token}` } }))
console.log(`connected as ${user.uuid}`)
