/** The endpoints of Zoho Payments. */

import { quirk } from '../../provider/quirk.js'
import { documented, inferred } from '../../provider/source.js'
import { apiErrors } from './errorMessages.js'

export const host = 'accounts.zoho.in'
export const ends = { in: 'in', us: 'com', eu: 'eu', au: 'com.au', jp: 'jp', sa: 'sa', cn: 'com.cn', uk: 'uk' }
export const homes = {
  ...Object.fromEntries(Object.entries(ends).map(([at, end]) => [at, `accounts.zoho.${end}`])),
  ca: 'accounts.zohocloud.ca',
}
/** By the user's location, as homes are. */
export const apiDomains = {
  ...Object.fromEntries(Object.entries(ends).map(([at, end]) => [at, `https://www.zohoapis.${end}`])),
  ca: 'https://www.zohoapis.ca',
}
const alsoHosts = documented(
  'accounts documentation, data centres',
  'accounts.zoho.com.au',
  Object.values(homes).filter((one) => one !== host),
)

const apiHosts = {
  host: 'payments.zoho.in',
  alsoHosts: documented("the vendor's SDK", 'https://payments.zoho.com/api/v1', ['payments.zoho.com', 'paymentssandbox.zoho.in']),
}

const answer = 'the success envelope of the API; an account without payments'

/** A call of the API: of which kinds there are the text says by their scopes only. */
const call = <M extends 'GET' | 'POST' | 'PUT'>(method: M, path: string, scope: string, body: object) =>
  documented('OAuth, step 1, table of scopes; path: API reference', `ZohoPay.${scope}`, {
    operation: 'resource',
    methods: [method],
    path: `/api/v1/${path}`,
    ...apiHosts,
    scope: `ZohoPay.${scope}`,
    requires: documented('API reference', 'account_id', ['account_id']),
    names: { account_id: '{user.account_id}' },
    answer: inferred(answer, { status: 200, body: { code: 0, message: 'success', ...body } }),
    wording: apiErrors,
  } as const)

export const endpoints = {
  authorize: documented('the newer OAuth page of the API', 'https://accounts.zoho.in/oauth/v2/org/auth', {
    operation: 'authorize',
    methods: ['GET'],
    path: '/oauth/v2/org/auth',
    host,
    alsoHosts,
  }),
  token: documented('OAuth, step 2', 'https://accounts.zoho.in/oauth/v2/token?', {
    operation: 'token',
    methods: ['POST'],
    path: '/oauth/v2/token',
    host,
    alsoHosts,
  }),
  revoke: documented('OAuth, step 5', 'https://accounts.zoho.in/oauth/v2/token/revoke?', {
    operation: 'revoke',
    methods: ['POST'],
    path: quirk('revokes-at-token-revoke', documented('OAuth, step 5; off: the newer developer portal', '/oauth/v2/token/revoke?'), {
      provider: '/oauth/v2/token/revoke',
      standard: '/oauth/v2/revoke/token',
      description: 'The revocation path is /oauth/v2/token/revoke; the newer portal names /oauth/v2/revoke/token',
    }),
    host,
    alsoHosts,
  }),
  payments: call('GET', 'payments', 'payments.READ', { payments: [] }),
  createPayment: call('POST', 'payments', 'payments.CREATE', { payment: {} }),
  updatePayment: call('PUT', 'payments', 'payments.UPDATE', { payment: {} }),
  refunds: call('GET', 'refunds', 'refunds.READ', { refunds: [] }),
  createRefund: call('POST', 'refunds', 'refunds.CREATE', { refund: {} }),
  generateCode: documented('accounts documentation; OAuth, step 1', 'https://accounts.zoho.in/developerconsole', {
    operation: 'portal',
    methods: ['GET', 'POST'],
    path: '/developerconsole',
    host,
    portal: 'code',
  }),
} as const
