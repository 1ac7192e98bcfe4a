import type { AnySchema, ErrorObject, KeywordDefinition, ValidateFunction } from 'ajv'
import { isDeeperThan } from '../lib/json-values.ts'
import type { SpecSchemas } from './spec-schemas/spec-schema.ts'

/** The document's own keywords: rules that OpenAPI 3.0 has no words for. Specs must fit the schemas given. */
export const keywords = (specSchemas: SpecSchemas): KeywordDefinition[] => [
  {
    // The schema that names of members must fit; OpenAPI 3.0 has no propertyNames.
    keyword: 'x-property-names',
    type: 'object',
    macro: (propertyNames: AnySchema) => ({ propertyNames }),
  },
  {
    // How deep objects and arrays may nest, the value itself counted.
    keyword: 'x-max-depth',
    type: 'object',
    errors: 'full',
    validate: function maxDepth(limit: number, data: unknown, _schema: unknown, context: Context) {
      const valid = !isDeeperThan(data, limit)
      const message = `must not nest more than ${limit} objects and arrays`
      ;(maxDepth as unknown as ValidateFunction).errors = valid
        ? []
        : [violation('x-max-depth', context.instancePath, message)]
      return valid
    } as never,
  },
  {
    // How many bytes a text may have in UTF-8; maxLength counts characters.
    keyword: 'x-max-bytes',
    type: 'string',
    errors: 'full',
    validate: function maxBytes(limit: number, data: string, _schema: unknown, context: Context) {
      const valid = Buffer.byteLength(data) <= limit
      ;(maxBytes as unknown as ValidateFunction).errors = valid
        ? []
        : [violation('x-max-bytes', context.instancePath, `must not have more than ${limit} bytes`)]
      return valid
    } as never,
  },
  {
    // A member that must differ from item to item.
    keyword: 'x-unique-by',
    type: 'array',
    errors: 'full',
    validate: function uniqueBy(
      member: string,
      items: Record<string, unknown>[],
      _schema: unknown,
      context: Context,
    ) {
      const seen = new Set<unknown>()
      const errors = items.flatMap((item, index) => {
        const value = item?.[member]
        const repeated = value !== undefined && seen.has(value)
        seen.add(value)
        return repeated
          ? [
              violation(
                'x-unique-by',
                `${context.instancePath}/${index}/${member}`,
                'must not be repeated',
                value,
              ),
            ]
          : []
      })
      ;(uniqueBy as unknown as ValidateFunction).errors = errors
      return errors.length === 0
    } as never,
  },
  {
    // Members of which only one may be given; the first is told, as with x-excludes of parameters.
    keyword: 'x-exclusive',
    type: 'object',
    errors: 'full',
    validate: function exclusive(
      [member = '', other = '']: string[],
      data: Record<string, unknown>,
      _schema: unknown,
      context: Context,
    ) {
      const valid = (data[member] ?? null) === null || (data[other] ?? null) === null
      const message = `must not be given together with ${other}`
      ;(exclusive as unknown as ValidateFunction).errors = valid
        ? []
        : [violation('x-exclusive', `${context.instancePath}/${member}`, message)]
      return valid
    } as never,
  },
  {
    // Types of conditions that must be there; a group with `unless` may be absent when that type is True.
    keyword: 'x-required-conditions',
    type: 'array',
    errors: 'full',
    validate: function requiredConditions(
      groups: { types: string[]; unless?: string }[],
      items: { type?: unknown; status?: unknown }[],
      _schema: unknown,
      context: Context,
    ) {
      const statuses = new Map(items.map((item) => [item?.type, item?.status]))
      const errors = groups
        .filter(({ unless }) => statuses.get(unless) !== 'True')
        .flatMap(({ types }) => types.filter((type) => !statuses.has(type)))
        .sort()
        .map((type) =>
          violation(
            'x-required-conditions',
            context.instancePath,
            `must contain a condition of the type ${type}`,
          ),
        )
      ;(requiredConditions as unknown as ValidateFunction).errors = errors
      return errors.length === 0
    } as never,
  },
  {
    // The spec of a kind must fit the schema in force for it.
    keyword: 'x-spec-of',
    type: 'object',
    errors: 'full',
    validate: function specOf(kind: string, data: unknown, _schema: unknown, context: Context) {
      const errors = specSchemas.get(kind)?.check?.(data) ?? []
      ;(specOf as unknown as ValidateFunction).errors = errors.map((error) => ({
        ...error,
        instancePath: context.instancePath + error.instancePath,
        // Ajv puts the whole spec in place of the data.
        params: { ...error.params, value: error.data },
      }))
      return errors.length === 0
    } as never,
  },
]

interface Context {
  instancePath: string
}

function violation(keyword: string, instancePath: string, message: string, data?: unknown): ErrorObject {
  return { keyword, instancePath, schemaPath: '', params: {}, message, data }
}
