import { Ajv, type AnySchema, type KeywordDefinition } from 'ajv'
import formats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import { MAX_VIOLATIONS, Problem, type Violation } from '../http/problems.ts'
import type { Document } from '../openapi/document.ts'
import { keywords } from './keywords.ts'
import type { SpecSchemas } from './spec-schemas/provider-schemas.ts'

const shared = {
  allErrors: true,
  verbose: true,
  removeAdditional: false,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  addUsedSchema: false,
} as const

/** Compiles the schemas of the document for Fastify; specs must fit the schemas given. */
export function validatorCompiler(specSchemas: SpecSchemas): FastifySchemaCompiler<AnySchema> {
  const own = keywords(specSchemas)
  // Bodies are taken as they are; parameters are text, and become what their schema says.
  const bodies = extend(new Ajv({ ...shared, coerceTypes: false, useDefaults: false }), own)
  const parameters = extend(new Ajv({ ...shared, coerceTypes: true, useDefaults: true }), own)
  return ({ schema, httpPart }) => (httpPart === 'body' ? bodies : parameters).compile(schema)
}

/** Compiles schemas of bodies by where the document has them: `#/components/schemas/…`. */
export function referenceCompiler(document: Document, specSchemas: SpecSchemas) {
  // The document around them is no schema.
  const options = { ...shared, strict: false, coerceTypes: false, useDefaults: false }
  const ajv = extend(new Ajv(options), keywords(specSchemas))
  ajv.addSchema(document as AnySchema, 'document', false)
  return (reference: string) => ajv.compile({ $ref: `document${reference}` })
}

/** What is asked of a list, in a language of its own. */
const LANGUAGE = new Set(['search', 'order', 'orderBy', 'cursor'])

/** How many violations the detail tells as well: many clients log nothing else. */
const TOLD = 3

const isOfLanguage = ({ field, constraint = '' }: Violation) =>
  LANGUAGE.has(field) && ['maxLength', 'excludes'].includes(constraint)

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

function extend(ajv: Ajv, keywords: KeywordDefinition[]): Ajv {
  formats.default(ajv)
  const rfc3339 = ajv.formats['date-time'] as { validate: (text: string) => boolean }
  ajv.addFormat('date-time', {
    type: 'string',
    validate: (text: string) => rfc3339.validate(text) && fitsDatabase(text),
  })
  ajv.addVocabulary(['example', 'xml', 'externalDocs', 'x-alias-of', 'x-excludes', 'x-partial', 'x-any'])
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
