import { CostError, EvaluationError } from './cel-errors.ts'
import type { Value } from './cel-values.ts'
import type { Type } from './static-types.ts'

/** The cost limit of one evaluation; reading a variable or a member costs 1. */
export const COST_LIMIT = 10_000

/** The cost that is left to evaluations; several may share one budget. */
export interface Budget {
  left: number
}

/** One evaluation: its budget, and the values of variables in their slots. */
export class Evaluation {
  readonly slots: (Value | undefined)[] = []
  private readonly budget: Budget

  constructor(budget: Budget) {
    this.budget = budget
  }

  /** Counts a step; throws a CostError beyond the budget, so that no evaluation takes long with any data. */
  charge(cost: number): void {
    this.budget.left -= cost
    if (this.budget.left < 0) throw new CostError('cost limit exceeded')
  }
}

/** Gives the value of a part of an expression, or throws an EvaluationError. */
export type Run = (evaluation: Evaluation) => Value

/** A part of an expression: the type of its values, and the function that gives one. */
export interface Compiled {
  type: Type
  run: Run
}

/** The value of a part, or the error that it throws; that of the cost is thrown. */
export function attempt(run: Run, evaluation: Evaluation): Value | EvaluationError {
  try {
    return run(evaluation)
  } catch (error) {
    if (!(error instanceof EvaluationError) || error instanceof CostError) throw error
    return error
  }
}
