import { EvaluationError } from '../../cel/cel-errors.ts'
import { compileExpression, type Expression } from '../../cel/expression.ts'
import { doubleText } from '../../cel/functions.ts'

/** A rule that maps a condition, as the table of kinds keeps it: expressions over VARIABLES. */
export interface ConditionRule {
  type: string
  when: string
  status: string
  reason: string
  message: string
}

/** The result of a rule, as store_mapped_conditions takes it. */
export type Result =
  | { type: string; status: 'True' | 'False'; reason: string; message: string }
  | { type: string; failed: string }

/** A rule whose expressions are compiled. */
export interface CompiledRule {
  type: string
  /** The condition; undefined where there is to be none. A failure of an expression is a result, and throws nothing. */
  evaluate(variables: Record<string, unknown>): Result | undefined
}

/** The names that expressions may use (docs/conditions.md). */
export const VARIABLES = ['statuses', 'resource'] as const

/** The expressions of a rule, in the order in which they are evaluated. */
export const MEMBERS = ['when', 'status', 'reason', 'message'] as const
type Member = (typeof MEMBERS)[number]

const MAX_REASON_BYTES = 256
const MAX_MESSAGE_BYTES = 2048

/** Compiles a rule. Throws an ExpressionError when an expression cannot be compiled. */
export function compileRule(rule: ConditionRule): CompiledRule {
  const compiled = new Map(MEMBERS.map((member) => [member, compileExpression(rule[member], VARIABLES)]))
  const { type } = rule
  return {
    type,
    evaluate(variables) {
      const at = (member: Member) => evaluated(member, compiled.get(member) as Expression, variables)
      try {
        const when = at('when')
        if (typeof when !== 'boolean') throw new EvaluationError('when: the value is no bool')
        if (!when) return undefined
        const status = statusOf(at('status'))
        const reason = textOf(at('reason'), 'reason')
        if (Buffer.byteLength(reason) > MAX_REASON_BYTES)
          throw new EvaluationError(`reason: the value is longer than ${MAX_REASON_BYTES} bytes`)
        return { type, status, reason, message: cut(textOf(at('message'), 'message'), MAX_MESSAGE_BYTES) }
      } catch (error) {
        // Also of a defect of the engine: no expression may refuse a write.
        return { type, failed: error instanceof EvaluationError ? error.reason : 'internal error' }
      }
    },
  }
}

function evaluated(member: Member, expression: Expression, variables: Record<string, unknown>): unknown {
  try {
    return expression.evaluate(variables)
  } catch (error) {
    if (error instanceof EvaluationError) throw new EvaluationError(`${member}: ${error.reason}`)
    throw error
  }
}

function statusOf(value: unknown): 'True' | 'False' {
  const text = String(value).toLowerCase()
  if ((typeof value === 'boolean' || typeof value === 'string') && text === 'true') return 'True'
  if ((typeof value === 'boolean' || typeof value === 'string') && text === 'false') return 'False'
  throw new EvaluationError('status: the value is neither true nor false')
}

function textOf(value: unknown, member: Member): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return doubleText(value)
  throw new EvaluationError(`${member}: the value is neither a text nor a number`)
}

/** A text without the characters beyond a number of bytes. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true })
}
