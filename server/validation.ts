import { Ajv, type AnySchema, type ErrorObject } from 'ajv'
import formats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import { joinPath } from './json.ts'
import { keywords } from './keywords.ts'
import type { Violation } from './problems.ts'

/** Keywords that only say that another one failed, which has said so itself. */
const ECHOES = new Set(['allOf', 'if', 'propertyNames', 'x-property-names'])

const shared = {
  allErrors: true,
  verbose: true,
  removeAdditional: false,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  addUsedSchema: false,
} as const

/** Bodies are taken as they are; parameters are text, and become what their schema says. */
const bodies = extend(new Ajv({ ...shared, coerceTypes: false, useDefaults: false }))
const parameters = extend(new Ajv({ ...shared, coerceTypes: true, useDefaults: true }))

/** Compiles the schemas of the document for Fastify. */
export const validatorCompiler: FastifySchemaCompiler<AnySchema> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? bodies : parameters).compile(schema)

/** Ajv's errors as the violations that a problem lists. */
export function toViolations(errors: ErrorObject[]): Violation[] {
  const violations = errors
    .filter(({ keyword }) => !ECHOES.has(keyword))
    .map((error) => {
      const { keyword, message = 'is invalid', params, propertyName, data } = error
      const named = propertyName ?? params.missingProperty ?? params.additionalProperty ?? params.missing
      const about = keyword === 'required' || keyword === 'additionalProperties' || propertyName !== undefined
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
  additionalProperties: () => 'is not a member that this request can have',
  enum: ({ allowedValues }) => `must be one of ${(allowedValues as unknown[]).join(', ')}`,
}

const isShort = (value: unknown) =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && value.length <= 256)

/** The keys of a JSON pointer, array indexes as numbers. */
function keysOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')))
}

function extend(ajv: Ajv): Ajv {
  formats.default(ajv)
  const rfc3339 = ajv.formats['date-time'] as { validate: (text: string) => boolean }
  ajv.addFormat('date-time', {
    type: 'string',
    validate: (text: string) => rfc3339.validate(text) && fitsDatabase(text),
  })
  ajv.addVocabulary(['example', 'xml', 'externalDocs', 'x-alias-of', 'x-excludes', 'x-partial'])
  for (const keyword of keywords) ajv.addKeyword(keyword)
  return ajv
}

/**
 * RFC 3339 wants a colon in offsets; PostgreSQL's offsets end before 16 hours, its calendar has no year 0 (in UTC, the
 * form in which times are kept), and its leap second no fraction.
 */
function fitsDatabase(text: string): boolean {
  const time = text.toUpperCase()
  if (!/(Z|[-+](0\d|1[0-5]):\d\d)$/.test(time) || /:60\.\d*[1-9]/.test(time)) return false
  const year = new Date(time.replace(/:60(?=[.Z+-])/, ':59').replace(' ', 'T')).getUTCFullYear()
  return !Number.isNaN(year) && year >= 1 && !time.startsWith('0000')
}
