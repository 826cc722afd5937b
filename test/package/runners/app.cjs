// An application with one link, which sends the browser to the provider, and a callback.
const { createServer } = require('node:http')

/** @param more parameters of the authorization request */
exports.startApp = async ({ authorizeUrl, clientId }, more = {}) => {
  const server = createServer((request, response) => {
    const url = new URL(request.url, `http://${request.headers.host}`)
    response.setHeader('content-type', 'text/html')
    const { searchParams: came } = url
    if (url.pathname === '/callback') return response.end(`<h1>${came.has('code') ? 'connected' : came.get('error')}</h1>`)
    const redirect_uri = `${url.origin}/callback`
    const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri, state: crypto.randomUUID(), ...more })
    if (url.pathname === '/connect') return response.writeHead(302, { location: `${authorizeUrl}?${query}` }).end()
    // Its buttons are called like those of the double, and it is slow to send the browser there.
    const later = "event.preventDefault(); setTimeout(() => location = '/connect', 100)"
    response.end(`<main><a href="/connect" onclick="${later}">Connect</a> <button>Log in</button>
      <div class="choices"><button>Approve</button><button>Deny</button></div><p role="alert">Hello</p><footer>App</footer></main>`)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return `http://127.0.0.1:${server.address().port}/`
}
