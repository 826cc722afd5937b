/** What a person allows: all that was asked for or a part of it, and what was allowed before. */

import type { AuthorizeSettings } from '../provider/settings.js'
import type { DecisionContext, Request } from './context.js'
import type { Tx } from './records.js'

const consentKey = (client: string, user: string): string => `${client}|${user}`

/** OpenID Connect Core 1.0 §3.1.2.1: what was approved before needs no page. */
export const hasApproved = (tx: Tx, client: string, user: string, scope: readonly string[]): boolean => {
  const approved = tx.get('consent', consentKey(client, user))?.scope.split(' ')
  return approved !== undefined && scope.every((one) => approved.includes(one))
}

/** Kept only where somebody may ask for no page. */
export const rememberConsent = (tx: Tx, settings: AuthorizeSettings, client: string, user: string, scope: readonly string[]): void => {
  if (settings.prompts === null || hasApproved(tx, client, user, scope)) return
  const before = tx.get('consent', consentKey(client, user))?.scope.split(' ') ?? []
  tx.put('consent', consentKey(client, user), { scope: [...new Set([...before, ...scope])].join(' ') })
}

/** A person who unticks some of what was asked for grants the rest. */
export const consented = ({ approval, settings }: DecisionContext, { ticked }: Request, asked: readonly string[]): readonly string[] => {
  const granted = ticked ?? ('scope' in approval ? approval.scope : undefined)
  return settings.authorize?.partialConsent && granted ? asked.filter((scope) => granted.includes(scope)) : asked
}

/** Whoever approves with no box ticked has said no. */
export const allowsNothing = ({ choice, ticked }: Request, asked: readonly string[]): boolean =>
  choice === 'approve' && ticked !== undefined && asked.length > 0 && !asked.some((scope) => ticked.includes(scope))
