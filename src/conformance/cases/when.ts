/** Where a case means something: predicates over the facts of a provider, by the names that cases use. */

import type { Profile } from '../runner/profile.js'

export type When = (profile: Profile) => boolean

/** The app sends the browser to an authorization endpoint. */
export const authorizing: When = ({ starts }) => starts === 'authorize'
/** Connections begin at the provider: a customer presses Install. */
export const installing: When = ({ starts }) => starts === 'install'
export const refreshing: When = (profile) => profile.refreshes
export const notRefreshing: When = (profile) => !profile.refreshes
/** A refresh may bring a new refresh token, which ends the old one. */
export const rotating: When = ({ rotating }) => rotating !== null
/** The reply to a refresh carries no refresh token. */
export const keepingOneRefreshToken: When = ({ refreshes: there, settings }) => there && settings.refresh.returned === 'never'
/** The redirect names its issuer. */
export const namingIssuer: When = ({ settings }) => settings.authorize?.adds['iss'] !== undefined
/** A scope of its own is asked for to get a refresh token. */
export const askingOffline: When = ({ settings }) => settings.authorize?.offline != null
/** An error of the token endpoint comes with status 200. */
export const errorsIn200: When = ({ settings }) => settings.dialect.code_expired.status === 200
/** Keys that the provider hands out are presented as assertions; one that the client signs itself is a case of its own. */
export const takingAssertions: When = ({ settings }) =>
  settings.assertion !== null && !settings.assertion.signedByClients && settings.token.grants['urn:ietf:params:oauth:grant-type:jwt-bearer']
/** Less time than somebody needs who leaves the code to a job or to the next call. */
export const hurrying: When = ({ codeLives }) => codeLives < 300

export const not =
  (when: When): When =>
  (profile) =>
    !when(profile)
export const both =
  (one: When, two: When): When =>
  (profile) =>
    one(profile) && two(profile)
