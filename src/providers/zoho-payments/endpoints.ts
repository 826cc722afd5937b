/** The endpoints of Zoho Payments. */

import { documented, quirk } from '../../provider/quirk.js'
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
const centres = Object.values(homes).filter((one) => one !== host)

const apiHosts = { host: 'payments.zoho.in', alsoHosts: ['payments.zoho.com', 'paymentssandbox.zoho.in'] }

/** A call of the API. Paths and answers beside those of the payments list are inferred: the text names scopes only. */
const call = <M extends 'GET' | 'POST' | 'PUT'>(method: M, path: string, scope: string, body: object) =>
  ({
    operation: 'resource',
    methods: [method],
    path: `/api/v1/${path}`,
    ...apiHosts,
    scope: `ZohoPay.${scope}`,
    requires: ['account_id'],
    names: { account_id: '{user.account_id}' },
    answer: { status: 200, body: { code: 0, message: 'success', ...body } },
    wording: apiErrors,
  }) as const

export const endpoints = {
  authorize: { operation: 'authorize', methods: ['GET'], path: '/oauth/v2/org/auth', host, alsoHosts: centres },
  token: { operation: 'token', methods: ['POST'], path: '/oauth/v2/token', host, alsoHosts: centres },
  revoke: {
    operation: 'revoke',
    methods: ['POST'],
    path: quirk('revokes-at-token-revoke', documented('OAuth, step 5; off: the newer developer portal'), {
      provider: '/oauth/v2/token/revoke',
      standard: '/oauth/v2/revoke/token',
      description: 'The revocation path is /oauth/v2/token/revoke; the newer portal names /oauth/v2/revoke/token',
    }),
    host,
    alsoHosts: centres,
  },
  payments: call('GET', 'payments', 'payments.READ', { payments: [] }),
  createPayment: call('POST', 'payments', 'payments.CREATE', { payment: {} }),
  updatePayment: call('PUT', 'payments', 'payments.UPDATE', { payment: {} }),
  refunds: call('GET', 'refunds', 'refunds.READ', { refunds: [] }),
  createRefund: call('POST', 'refunds', 'refunds.CREATE', { refund: {} }),
  generateCode: { operation: 'portal', methods: ['GET', 'POST'], path: '/developerconsole', host, portal: 'code' },
} as const
