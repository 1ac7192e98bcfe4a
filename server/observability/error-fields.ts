/**
 * What the log tells of an error. PostgreSQL's `detail`, `where`, `hint` and `internalQuery` are left out, since
 * they quote rows and parameters: what resources hold is nobody's business who reads logs.
 */
const FIELDS = ['code', 'severity', 'schema', 'table', 'column', 'constraint', 'routine', 'syscall'] as const

/** An error, its causes and its parts as fields of a log line. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const fields = error as Error & Partial<Record<(typeof FIELDS)[number], unknown>> & { errors?: unknown }
  return {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
    ...Object.fromEntries(
      FIELDS.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
    ),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
    ...(Array.isArray(fields.errors) && { errors: fields.errors.map(describeError) }),
  }
}
