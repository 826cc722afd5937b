// The ceiling for a server on Koa: router, body parser, fixed answers.
import Router from '@koa/router'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'

const router = new Router()
router.post('/token', (context) => {
  context.set('cache-control', 'no-store')
  context.body = { access_token: 'a'.repeat(64), token_type: 'Bearer', expires_in: 3600, scope: context.request.body.scope ?? 'openid' }
})
router.get('/userinfo', (context) => {
  context.body = { sub: 'user', email: 'user@example.com', name: 'User' }
})
router.get('/discovery', (context) => {
  context.body = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`member_${i}`, `http://127.0.0.1/path/${i}`]))
})
new Koa().use(bodyParser()).use(router.routes()).listen(Number(process.env.PORT), '127.0.0.1')
