import { EvaluationError, ExpressionError } from './cel-errors.ts'
import type { Value } from './cel-values.ts'
import { Compiler } from './compiler.ts'
import { Evaluation, type Run } from './evaluation.ts'
import { parseExpression } from './syntax/expression-parser.ts'

/** A compiled expression; it keeps nothing of an evaluation. */
export interface Expression {
  readonly text: string
  /**
   * The value for values of the variables, which are JSON: its numbers are doubles. Throws an EvaluationError, whose
   * reason holds no value of the variables, for an operation that fails, and beyond the cost limit.
   */
  evaluate(variables: Record<string, unknown>): Value
}

/**
 * Compiles an expression of CEL over variables of dynamic types. Throws an ExpressionError, whose message names the place,
 * for a wrong syntax, for names and functions that there are not, and for types that do not fit.
 */
export function compileExpression(text: string, variables: readonly string[]): Expression {
  const run = compiled(text, variables)
  return {
    text,
    evaluate(values) {
      const evaluation = new Evaluation()
      for (const name of variables)
        evaluation.slots.push(Object.hasOwn(values, name) ? (values[name] as Value) : undefined)
      try {
        return run(evaluation)
      } catch (error) {
        // Values may be nested deeper than the stack is.
        if (error instanceof RangeError) throw new EvaluationError('nested too deep')
        throw error
      }
    },
  }
}

function compiled(text: string, variables: readonly string[]): Run {
  const tree = parseExpression(text)
  try {
    return new Compiler(text, variables).compile(tree).run
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError('its types are too large', text, 0)
    throw error
  }
}
