/** The endpoints of Zentail. */

const host = 'api.zentail.com'

export const endpoints = {
  token: { operation: 'token', methods: ['POST'], path: '/v1/token', host },
  salesOrders: {
    operation: 'resource',
    methods: ['GET'],
    path: '/v1/salesOrder',
    host,
    answer: { status: 200, body: { results: [] } },
  },
  warehouses: {
    operation: 'resource',
    methods: ['GET'],
    path: '/v1/warehouses',
    host,
    answer: { status: 200, body: { results: [{ warehouseId: '4', canUpdateInventory: true, name: '{user.name}' }] } },
  },
  adHocTokens: { operation: 'portal', methods: ['GET', 'POST'], path: '/user/settings', host: 'www.zentail.com', portal: 'token' },
  install: { operation: 'portal', methods: ['GET', 'POST'], path: '/apps/install', host: 'www.zentail.com', portal: 'install' },
} as const
