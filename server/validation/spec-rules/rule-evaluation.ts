import { CostError, EvaluationError } from '../../../cel/cel-errors.ts'
import { isList, isMap, Optional, typeOf, type Value, valueAt } from '../../../cel/cel-values.ts'
import type { Budget } from '../../../cel/evaluation.ts'
import { joinPath } from '../../lib/json-values.ts'
import { MAX_VIOLATIONS, type Violation } from '../../problem.ts'
import type { Place } from './places.ts'
import type { Reason, Rule } from './rule.ts'

/** The cost limit of all rules of one spec together (cel/evaluation.ts), and the least cost of each evaluation. */
export const RULES_COST = 500_000
const EVALUATION = 5

/** A longer message is not taken from an expression. */
const MAX_MESSAGE_BYTES = 5 * 1024

/** The keywords of JSON Schema that say the same as a reason. */
const KEYWORDS: Partial<Record<Reason, string>> = {
  FieldValueRequired: 'required',
  FieldValueDuplicate: 'uniqueItems',
}

type Path = readonly (string | number)[]

/**
 * Evaluates the rules of a place and those within it, for a spec that fits its schema and the one that it replaces, both
 * as `typedValue` gives them. Returns the violations; those of an expression that fails are among them.
 */
export function evaluateRules(root: Place, spec: Value, old: Value | undefined): Violation[] {
  const evaluation = new RuleEvaluation()
  try {
    evaluation.visit(root, spec, old, ['spec'])
  } catch (error) {
    if (!(error instanceof Ended)) throw error
  }
  return evaluation.violations
}

/** No more rules are evaluated. */
class Ended extends Error {}

class RuleEvaluation {
  readonly violations: Violation[] = []
  private readonly budget: Budget = { left: RULES_COST }

  visit(place: Place | undefined, value: Value, former: Value | undefined, path: Path): void {
    // As in Kubernetes, rules say nothing of null.
    if (!place?.hasRules || value === null) return
    // As in Kubernetes, null is no former value.
    const old = former ?? undefined
    for (const rule of place.rules) this.evaluate(rule, value, old, path)
    if (isList(value)) {
      const correspond =
        place.listKeys && isList(old ?? null) ? byKeys(old as readonly Value[], place.listKeys) : undefined
      value.forEach((item, index) => {
        this.visit(place.item(index), item, correspond?.(item), [...path, index])
      })
    } else if (typeOf(value) === 'map') {
      for (const [name, member] of Object.entries(value as { [name: string]: Value }))
        this.visit(place.member(name), member, memberOf(old, name), [...path, name])
    }
  }

  private evaluate(rule: Rule, self: Value, old: Value | undefined, path: Path): void {
    const { isTransition, isOptional } = rule
    // Without a former value a transition is none.
    if (isTransition && old === undefined && !isOptional) return
    const values = { self, oldSelf: isOptional ? new Optional(old) : old }
    try {
      this.budget.left -= EVALUATION
      const result = rule.expression.evaluate(values, this.budget)
      if (result === true) return
      if (result !== false)
        throw new EvaluationError(`the rule gives ${typeOf(result)}, and must give a bool`)
    } catch (error) {
      // Also of a defect of the engine: no expression may fail a request.
      const reason = error instanceof EvaluationError ? error.reason : 'internal error'
      this.add(path, `${reason}: evaluation error for rule: ${rule.text}`, rule)
      if (error instanceof CostError) throw new Ended()
      return
    }
    this.add([...path, ...rule.path], this.messageOf(rule, values), rule)
  }

  private add(path: Path, message: string, { reason }: Rule): void {
    const field = joinPath([...path])
    const isTold = this.violations.some((each) => each.field === field && each.message === message)
    if (isTold) return
    const constraint = KEYWORDS[reason]
    this.violations.push({ field, message, ...(constraint && { constraint }) })
    if (this.violations.length >= MAX_VIOLATIONS) throw new Ended()
  }

  /** The message of a violation: the one that its expression makes, or where that fails the one that is written. */
  private messageOf({ message, messageExpression }: Rule, values: Record<string, unknown>): string {
    if (!messageExpression) return message
    try {
      const text = messageExpression.evaluate(values, this.budget)
      const isUsable =
        typeof text === 'string' &&
        text.trim() !== '' &&
        !/[\n\r]/.test(text) &&
        Buffer.byteLength(text) <= MAX_MESSAGE_BYTES
      return isUsable ? text.trim() : message
    } catch {
      return message
    }
  }
}

const memberOf = (old: Value | undefined, name: string): Value | undefined =>
  old !== undefined && isMap(old) ? valueAt(old, name) : undefined

/** Finds the item of a list that has the same values of some members as another item. */
function byKeys(list: readonly Value[], keys: readonly string[]): (item: Value) => Value | undefined {
  const keyOf = (item: Value) =>
    JSON.stringify(
      keys.map((key) => {
        const value = memberOf(item, key)
        return value === undefined ? [] : [typeOf(value), String(value)]
      }),
    )
  const items = new Map(list.map((item) => [keyOf(item), item]))
  return (item) => items.get(keyOf(item))
}
