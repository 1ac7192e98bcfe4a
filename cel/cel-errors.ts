/** How long a reason may be: some name all types of arguments. */
const MAX_REASON = 300

/** An expression that cannot be compiled. The message is for who wrote it: the reason, and the place in the text. */
export class ExpressionError extends Error {
  /** The index in the text at which the reason was found. */
  readonly position: number

  constructor(reason: string, text: string, position: number) {
    const short = reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON)}…` : reason
    super(`line ${placeOf(text, position)}: ${short}`)
    this.position = position
  }
}

/** Line and column of an index, both counted from 1. */
function placeOf(text: string, position: number): string {
  const lines = text.slice(0, position).split('\n')
  return `${lines.length}, column ${[...(lines.at(-1) ?? '')].length + 1}`
}

/**
 * An evaluation that gives no value. The reason holds words of the expression and names of types, but no value of the
 * data, so that a client may see it. It has no stack: an expression often fails in order to be caught by `||` or `&&`.
 */
export class EvaluationError extends Error {
  readonly reason: string

  constructor(reason: string) {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(reason)
    Error.stackTraceLimit = limit
    this.reason = reason
  }
}

/** An evaluation that cost more than it may. Unlike other errors, it is not caught by `||` and `&&`. */
export class CostError extends EvaluationError {}
