import { CostError, EvaluationError } from './cel-errors.ts'
import type { Value } from './cel-values.ts'
import type { Type } from './static-types.ts'

/** What one evaluation may cost; reading a variable or a member costs 1. */
export const COST_LIMIT = 10_000

/** What evaluations may still cost; several may share one. */
export interface Budget {
  left: number
}

/** One evaluation: what it may cost, and the values of variables in their slots. */
export class Evaluation {
  readonly slots: (Value | undefined)[] = []
  private readonly budget: Budget

  constructor(budget: Budget) {
    this.budget = budget
  }

  /** Counts a step; throws a CostError beyond the budget, so that no evaluation takes long, whatever the data is. */
  charge(cost: number): void {
    this.budget.left -= cost
    if (this.budget.left < 0) throw new CostError('cost limit exceeded')
  }
}

/** Gives the value of a part of an expression, or throws an EvaluationError. */
export type Run = (evaluation: Evaluation) => Value

/** A part of an expression: the type of its values, and what gives one. */
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
