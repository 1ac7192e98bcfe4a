import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../../config/schema.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { Document } from '../../openapi/operations.ts'
import { type AccessRule, usesResource } from './access-rule.ts'
import { AccessRules } from './access-rules.ts'
import { Authorizer } from './authorizer.ts'
import { decidedBy, unreachableRules } from './unreachable-rules.ts'

/** How often the failures of one rule are logged at most. */
const LOG_INTERVAL_MS = 60_000

/**
 * The authorization by the rules of the configuration; undefined without rules, which allows everything. Warns of rules that
 * can never match, and of rules by which lists are denied.
 */
export function openAuthorization(
  { rules: settings, groups_claim }: Config['server']['authorization'],
  document: Document,
  logger: FastifyBaseLogger,
  metrics: Metrics,
): Authorizer | undefined {
  if (!settings.length) return undefined
  const rules = new AccessRules(settings)
  for (const line of doubtsOf(rules.all)) logger.warn(line)
  for (const verb of new Set(Object.values(document['x-verbs']))) metrics.accessDenied(verb, 0)
  for (const { name, when } of rules.all) if (when) metrics.accessRuleFailed(name, 0)
  const logged = new Map<string, number>()
  return new Authorizer(rules, Object.keys(document['x-kinds']), groups_claim, {
    denied: (verb) => metrics.accessDenied(verb),
    failed(rule, reason) {
      metrics.accessRuleFailed(rule)
      const now = performance.now()
      if (now - (logged.get(rule) ?? Number.NEGATIVE_INFINITY) < LOG_INTERVAL_MS) return
      logged.set(rule, now)
      logger.warn({ rule, reason }, 'a rule of authorization could not be evaluated')
    },
  })
}

/** The warnings about rules that are right each on its own. */
function doubtsOf(rules: readonly AccessRule[]): string[] {
  const nameOf = ({ index, name }: AccessRule) => `server.authorization.rules[${index}] (${name})`
  const lists = new Set(['list'])
  return [
    ...unreachableRules(rules).map(
      ({ rule, by }) =>
        `${nameOf(rule)} can never match: all that it matches is decided by ${by.map(nameOf).join(' and ')}`,
    ),
    ...rules
      .filter((rule) => usesResource(rule) && (rule.verbs?.has('list') ?? true))
      .filter((rule) => !decidedBy(rules, { ...rule, verbs: lists }))
      .map(
        (rule) =>
          `${nameOf(rule)} looks at the resource, which a list has none of: lists that this rule would decide are denied`,
      ),
  ]
}
