/** Preloaded into Node processes by `NODE_OPTIONS`: turns their requests to the double that the environment names. */
import { intercept } from './intercept.js'

const { AUTHDOUBLE_INTERCEPT_URL: url, AUTHDOUBLE_INTERCEPT_HOSTS: hosts, AUTHDOUBLE_INTERCEPT_TLS: tls } = process.env

if (url && hosts) intercept({ url, hosts: hosts.split(','), others: 'refuse', endpoints: { tls } })
