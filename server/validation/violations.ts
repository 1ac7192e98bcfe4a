import type { ErrorObject } from 'ajv'
import { joinPath } from '../lib/json-values.ts'
import { jsonOf } from '../lib/written-numbers.ts'
import { MAX_VIOLATIONS, Problem, type Violation } from '../problem.ts'

/** Keywords that only say that another one failed, which has said so itself. */
export const ECHOES = new Set(['allOf', 'discriminator', 'if', 'propertyNames', 'x-property-names'])

/** Keywords that speak of a member, which is there and should not be or the other way round. */
const MEMBERS = new Set([
  'required',
  'additionalProperties',
  'unevaluatedProperties',
  'dependentRequired',
  'dependencies',
])

/** Ajv's errors as the violations that a problem lists. */
export function toViolations(errors: ErrorObject[]): Violation[] {
  const violations = errors
    .filter(({ keyword }) => !ECHOES.has(keyword))
    .map((error) => {
      const { keyword, message = 'is invalid', params, propertyName } = error
      const data = 'value' in params ? params.value : error.data
      const named =
        propertyName ?? params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty
      const about = MEMBERS.has(keyword) || propertyName !== undefined
      return {
        field: joinPath([...keysOf(error.instancePath), ...(about ? [String(named)] : [])]),
        message: words[keyword]?.(params) ?? message,
        ...(!about && isShort(data) && { value: data }),
        constraint: keyword,
      }
    })
  // Two schemas that hold for one value may say the same of it.
  return [...new Map(violations.map((each) => [`${each.field} ${each.message}`, each])).values()]
}

const words: Record<string, (params: ErrorObject['params']) => string> = {
  required: () => 'is required',
  dependentRequired: ({ property }) => `is required where ${property} is there`,
  dependencies: ({ property }) => `is required where ${property} is there`,
  additionalProperties: () => 'is an unknown property',
  unevaluatedProperties: () => 'is an unknown property',
  'false schema': () => 'must not be there',
  not: () => 'is what it must not be',
  anyOf: () => 'must fit one of its alternatives',
  oneOf: ({ passingSchemas: several }) =>
    several ? 'must fit only one of its alternatives' : 'must fit one of its alternatives',
  const: ({ allowedValue }) => `must be ${written(allowedValue)}`,
  enum: ({ allowedValues }) => `must be one of ${(allowedValues as unknown[]).map(written).join(', ')}`,
}

const written = (value: unknown) => (typeof value === 'string' ? value : jsonOf(value))

const isShort = (value: unknown) =>
  Number.isFinite(value) || typeof value === 'boolean' || (typeof value === 'string' && value.length <= 256)

/** The keys of a JSON pointer, array indexes as numbers. */
export function keysOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')))
}

/** The parameters of a list that have a language of their own. */
const LANGUAGE = new Set(['search', 'order', 'orderBy', 'cursor', 'group_by'])

/** How many violations the detail tells as well: many clients log nothing else. */
const TOLD = 3

const isOfLanguage = ({ field, constraint = '' }: Violation) =>
  LANGUAGE.has(field) && ['maxLength', 'excludes', 'x-exclusive'].includes(constraint)

/** Ends a request that breaks rules; does nothing when there are none. */
export function refuse(violations: Violation[]) {
  const problem = problemOf(violations)
  if (problem) throw problem
}

/** The problem that lists violations; undefined when there are none. */
export function problemOf(violations: Violation[]): Problem | undefined {
  if (!violations.length) return undefined
  const code = violations.every(isOfLanguage) ? 'VAL-005' : 'VAL-000'
  const rules = violations.length === 1 ? '1 rule' : `${violations.length} rules`
  const told = violations.slice(0, TOLD).map(({ field, message }) => `${field} ${message}`.trim())
  const more = violations.length > TOLD ? ' …' : ''
  return new Problem(code, `The request breaks ${rules}: ${told.join('; ')}${more}`, {
    violations: violations.slice(0, MAX_VIOLATIONS),
  })
}
