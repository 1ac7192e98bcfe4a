import { EvaluationError, ExpressionError } from './cel-errors.ts'
import type { Value } from './cel-values.ts'
import { Compiler, type Names } from './compiler.ts'
import { type Budget, COST_LIMIT, Evaluation, type Run } from './evaluation.ts'
import { parseExpression } from './syntax/expression-parser.ts'

/** A compiled expression; it keeps nothing of an evaluation. */
export interface Expression {
  readonly text: string
  /** The name of the type of its values; `dyn` where only an evaluation tells it. */
  readonly type: string
  /** The variables that it uses. */
  readonly uses: ReadonlySet<string>
  /**
   * The value for values of the variables, which are JSON: its numbers are doubles. Throws an EvaluationError, whose
   * reason holds no value of the variables, for an operation that fails, and beyond the budget: COST_LIMIT, unless it is
   * given one, which it takes its cost from.
   */
  evaluate(variables: Record<string, unknown>, budget?: Budget): Value
}

/**
 * Compiles an expression of CEL over variables, which are of dynamic types unless `names` says otherwise. Throws an
 * ExpressionError, whose message names the place, for a wrong syntax, for names and functions that there are not, and for
 * types that do not fit.
 */
export function compileExpression(text: string, variables: readonly string[], names: Names = {}): Expression {
  const { run, type, uses } = compiled(text, variables, names)
  return {
    text,
    type,
    uses,
    evaluate(values, budget = { left: COST_LIMIT }) {
      const evaluation = new Evaluation(budget)
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

type Parts = Pick<Expression, 'type' | 'uses'> & { run: Run }

function compiled(text: string, variables: readonly string[], names: Names): Parts {
  const tree = parseExpression(text)
  const compiler = new Compiler(text, variables, names)
  try {
    const { run, type } = compiler.compile(tree)
    const { name } = compiler.inference.known(type)
    return { run, type: name.startsWith('?') ? 'dyn' : name, uses: compiler.used }
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError('its types are too large', text, 0)
    throw error
  }
}
