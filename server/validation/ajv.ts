import { Ajv, type AnySchema, type KeywordDefinition, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import type { Document } from '../openapi/operations.ts'
import { keywords } from './keywords.ts'
import type { SpecSchemas } from './spec-schemas/spec-schema.ts'

const shared = {
  allErrors: true,
  verbose: true,
  removeAdditional: false,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  addUsedSchema: false,
} as const

/** Compiles the schemas of the document for Fastify, each when it is used first; specs must fit the schemas given. */
export function validatorCompiler(specSchemas: SpecSchemas): FastifySchemaCompiler<AnySchema> {
  const own = keywords(specSchemas)
  // Bodies are taken as they are; parameters are text, and are converted to the type of their schema.
  const bodies = extend(new Ajv({ ...shared, coerceTypes: false, useDefaults: false }), own)
  const parameters = extend(new Ajv({ ...shared, coerceTypes: true, useDefaults: true }), own)
  return ({ schema, httpPart }) => whenUsed(() => (httpPart === 'body' ? bodies : parameters).compile(schema))
}

/** A validator that is compiled when it is used first: compiling all of them takes half of the start of a server. */
function whenUsed(compile: () => ValidateFunction): ValidateFunction {
  let compiled: ValidateFunction | undefined
  const validate = ((data: unknown) => {
    compiled ??= compile()
    const isValid = compiled(data)
    validate.errors = compiled.errors
    return isValid
  }) as ValidateFunction
  return validate
}

/** Compiles schemas of bodies by where the document has them: `#/components/schemas/…`. */
export function referenceCompiler(document: Document, specSchemas: SpecSchemas) {
  // The document around them is no schema.
  const options = { ...shared, strict: false, coerceTypes: false, useDefaults: false }
  const ajv = extend(new Ajv(options), keywords(specSchemas))
  ajv.addSchema(document as AnySchema, 'document', false)
  return (reference: string) => ajv.compile({ $ref: `document${reference}` })
}

function extend(ajv: Ajv, keywords: KeywordDefinition[]): Ajv {
  formats.default(ajv)
  const rfc3339 = ajv.formats['date-time'] as { validate: (text: string) => boolean }
  ajv.addFormat('date-time', {
    type: 'string',
    validate: (text: string) => rfc3339.validate(text) && fitsDatabase(text),
  })
  ajv.addVocabulary([
    'example',
    'xml',
    'externalDocs',
    'x-alias-of',
    'x-excludes',
    'x-requires',
    'x-partial',
    'x-any',
  ])
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
