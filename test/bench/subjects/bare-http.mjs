// The ceiling: node:http with fixed answers.
import { createServer } from 'node:http'

const token = JSON.stringify({ access_token: 'a'.repeat(64), token_type: 'Bearer', expires_in: 3600, scope: 'openid' })
const user = JSON.stringify({ sub: 'user', email: 'user@example.com', name: 'User' })
const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
createServer((request, response) => {
  if (request.method === 'POST') {
    request.resume().on('end', () => response.writeHead(200, { ...headers, 'content-length': token.length }).end(token))
  } else response.writeHead(200, { ...headers, 'content-length': user.length }).end(user)
}).listen(Number(process.env.PORT), '127.0.0.1')
