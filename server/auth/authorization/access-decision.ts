import { EvaluationError } from '../../../cel/cel-errors.ts'
import type { AccessRule, Verb } from './access-rule.ts'

/** The facts about a request that rules look at. A fact that is undefined is not known yet. */
export interface Facts {
  verb: Verb
  kind: string | undefined
  /** The adapter of a report; empty for other verbs. */
  adapter: string | undefined
  /** The values of the variables of expressions; one that is not known yet is absent. */
  variables(): Record<string, unknown>
}

/**
 * The result of one rule: it matches; it may match, which facts that are not known yet decide (`open`); or the reason why it
 * does not match.
 */
export type RuleResult = 'match' | 'open' | 'verb' | 'kind' | 'adapter' | 'when' | 'failed'

/** A rule that was looked at. `failure` is why its expression has no value; a deny rule matches then. */
export interface Step {
  rule: AccessRule
  result: RuleResult
  failure?: string
}

/** The decision on a request. */
export interface Decision {
  /** `open`: facts that are not known yet decide. */
  outcome: 'allow' | 'deny' | 'open'
  /** The rule that decided; of an open decision the first that may. Undefined where no rule matches, which denies. */
  rule: AccessRule | undefined
  /** The rules whose expressions failed. */
  failures: Step[]
}

/**
 * Decides on a request by rules, in their order: the first that matches decides, and without one the request is denied. The
 * outcome is open only where facts that are not known yet can change it. `observe` is called for each rule that was looked at.
 *
 * An expression that fails with all of its variables known makes an allow rule not match, and a deny rule match.
 */
export function decide(rules: readonly AccessRule[], facts: Facts, observe?: (step: Step) => void): Decision {
  const failures: Step[] = []
  const possible: AccessRule[] = []
  const conclude = (last: AccessRule | undefined): Decision => {
    const effect = last?.effect ?? 'deny'
    const isSettled = possible.every((rule) => rule.effect === effect)
    return { outcome: isSettled ? effect : 'open', rule: isSettled ? last : possible[0], failures }
  }
  for (const rule of rules) {
    const step = consider(rule, facts)
    observe?.(step)
    if (step.failure !== undefined) failures.push(step)
    if (step.result === 'match') return conclude(rule)
    if (step.result === 'open') possible.push(rule)
  }
  return conclude(undefined)
}

function consider(rule: AccessRule, facts: Facts): Step {
  const { verb, kind, adapter } = facts
  const { verbs, kinds, adapters, when } = rule
  let isOpen = false
  if (verbs && !verbs.has(verb)) return { rule, result: 'verb' }
  if (kinds && kind === undefined) isOpen = true
  else if (kinds && !kinds.has(kind as string)) return { rule, result: 'kind' }
  if (adapters && verb === 'report') {
    if (adapter === undefined) isOpen = true
    else if (!adapters.has(adapter)) return { rule, result: 'adapter' }
  }
  const step: Step = when ? evaluated(rule, facts) : { rule, result: 'match' }
  return isOpen && step.result === 'match' ? { ...step, result: 'open' } : step
}

/**
 * Evaluates `when`. A value that it has although a variable is not known is the value whatever the variable is: reading
 * that variable is an error, and only `&&`, `||` and macros like them have a value in spite of one.
 */
function evaluated(rule: AccessRule, facts: Facts): Step {
  const variables = facts.variables()
  const { when } = rule
  try {
    const value = when?.evaluate(variables)
    if (typeof value !== 'boolean') throw new EvaluationError('the value is no bool')
    return { rule, result: value ? 'match' : 'when' }
  } catch (error) {
    if ([...(when?.uses ?? [])].some((name) => !Object.hasOwn(variables, name)))
      return { rule, result: 'open' }
    // Also of a defect of the engine: no failure may let a request through.
    const failure = error instanceof EvaluationError ? error.reason : 'internal error'
    return { rule, result: rule.effect === 'deny' ? 'match' : 'failed', failure }
  }
}
