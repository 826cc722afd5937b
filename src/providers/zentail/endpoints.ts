/** The endpoints of Zentail. */

import { documented, inferred } from '../../provider/source.js'

const host = 'api.zentail.com'

export const endpoints = {
  token: documented('the flow, token request', 'https://api.zentail.com/v1/token', {
    operation: 'token',
    methods: ['POST'],
    path: '/v1/token',
    host,
  }),
  salesOrders: documented('API calls, curl line', '"https://api.zentail.com/v1/salesOrder?status=PENDING"', {
    operation: 'resource',
    methods: ['GET'],
    path: '/v1/salesOrder',
    host,
    answer: inferred('an account without orders; the answer is not printed', { status: 200, body: { results: [] } }),
  }),
  warehouses: documented('API reference, warehouses', 'GET /v1/warehouses', {
    operation: 'resource',
    methods: ['GET'],
    path: '/v1/warehouses',
    host,
    answer: documented('API reference, warehouses', '{"results":[{"warehouseId":"4","canUpdateInventory":', {
      status: 200,
      body: { results: [{ warehouseId: '4', canUpdateInventory: true, name: '{user.name}' }] },
    }),
  }),
  adHocTokens: documented('help article on API tokens', 'https://www.zentail.com/user/settings', {
    operation: 'portal',
    methods: ['GET', 'POST'],
    path: '/user/settings',
    host: 'www.zentail.com',
    portal: 'token',
  }),
  install: documented('the flow', 'clicking an "Install" button in the Zentail platform', {
    operation: 'portal',
    methods: ['GET', 'POST'],
    path: inferred('the text names no address of the page', '/apps/install'),
    host: 'www.zentail.com',
    portal: 'install',
  }),
} as const
