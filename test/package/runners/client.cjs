// A client in a few lines: what the tests of each runner put to the test.
const post = async ({ tokenUrl, clientId, clientSecret }, members) => {
  const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...members })
  const answer = await fetch(tokenUrl, { method: 'POST', body })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json()
}

exports.refresh = (provider, token) => post(provider, { grant_type: 'refresh_token', refresh_token: token })
