import { ExpressionError } from '../../../cel/cel-errors.ts'
import { compileExpression } from '../../../cel/expression.ts'
import { MEMBERS, VARIABLES } from '../../conditions/condition-rule.ts'
import type { Condition } from '../../openapi/kinds.ts'
import type { Entity, Wrong } from './reference-checks.ts'

/** The types of the conditions that the rules of the database make, beside those of adapters. */
const RESERVED = ['Available', 'Ready', 'Reconciled', 'LastKnownReconciled']

/**
 * The rules that the conditions of an entity break: each type is there once, is none that adapters or the database make
 * (`ofAdapters`, of all kinds), and each expression compiles.
 */
export function wrongConditions({ conditions = [] }: Entity, ofAdapters: ReadonlySet<string>): Wrong[] {
  return conditions.flatMap((condition, index): Wrong[] => {
    const at = `conditions[${index}]`
    const { type } = condition
    const wrong: Wrong[] = []
    if (type !== undefined && conditions.findIndex((other) => other.type === type) !== index)
      wrong.push([`${at}.type`, type, 'must not be there twice'])
    if (RESERVED.includes(type) || ofAdapters.has(type))
      wrong.push([`${at}.type`, type, 'must not be the type of a built-in condition'])
    return [...wrong, ...wrongExpressions(at, condition)]
  })
}

function wrongExpressions(at: string, condition: Partial<Condition>): Wrong[] {
  const { when, output } = condition
  return MEMBERS.flatMap((member): Wrong[] => {
    const text = (member === 'when' ? when : output?.[member])?.expression
    if (text === undefined) return []
    try {
      compileExpression(text, VARIABLES)
      return []
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      const path = member === 'when' ? 'when' : `output.${member}`
      return [
        [
          `${at}.${path}.expression`,
          text,
          `must be an expression of CEL, for the condition ${condition.type}: ${error.message}`,
        ],
      ]
    }
  })
}
