import type { Expression } from '../../../cel/expression.ts'

/** One rule of `x-kubernetes-validations`. */
export interface Rule {
  /** As it is written. */
  text: string
  expression: Expression
  message: string
  messageExpression: Expression | undefined
  reason: Reason
  /** The path of the reported field, from the value that the rule is evaluated for. */
  path: readonly (string | number)[]
  /** Whether it compares with the former value, and whether it is evaluated without one, too. */
  isTransition: boolean
  isOptional: boolean
}

/** The reasons that a rule may give for its violations; the first one is the default. */
export const REASONS = [
  'FieldValueInvalid',
  'FieldValueForbidden',
  'FieldValueRequired',
  'FieldValueDuplicate',
] as const
export type Reason = (typeof REASONS)[number]
