import type { ValidateFunction } from 'ajv'
import type { Config } from '../config/schema.ts'
import { parseWritten } from '../lib/written-numbers.ts'
import type { Document } from '../openapi/operations.ts'
import { referenceCompiler } from '../validation/ajv.ts'
import { loadSpecSchemas } from '../validation/spec-schemas/provider-schemas.ts'
import { toViolations } from '../validation/violations.ts'

interface Row {
  kind: string
  name: string
  labels: unknown
  spec: unknown
}

/**
 * Says of a resource, as JSON with its kind, name, labels and spec, why a create here would refuse it: by the document or by the
 * schemas of the provider. Undefined where it would not. Throws a StartError when these schemas cannot be followed.
 */
export function createRules(
  document: Document,
  settings: Config['server'],
): (row: string) => string | undefined {
  const specSchemas = loadSpecSchemas(document, settings)
  const compile = referenceCompiler(document, specSchemas)
  const checks = new Map<string, ValidateFunction>()
  return (row) => {
    const { kind, name, labels, spec } = parseWritten(row) as Row
    const check = checks.get(kind) ?? compile(`#/components/schemas/${kind}CreateRequest`)
    checks.set(kind, check)
    const violations = check({ kind, name, spec, ...(labels !== null && { labels }) })
      ? (specSchemas.get(kind)?.rules?.check(spec) ?? [])
      : toViolations(check.errors ?? [])
    return violations.map(({ field, message }) => `${field} ${message}`).at(0)
  }
}
