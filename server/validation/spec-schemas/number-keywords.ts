import { _, type Ajv, type KeywordCxt, type KeywordErrorDefinition, str } from 'ajv'
import {
  compareDecimals,
  type Decimal,
  decimalOf,
  decimalText,
  isMultiple,
  isWhole,
} from '../../lib/decimals.ts'
import { exactNumber, WrittenNumber } from '../../lib/written-numbers.ts'
import { isMapping } from './bundle.ts'
import type { Schema } from './spec-schema.ts'

/** A number of a schema or a spec: as it was written where its double is another. */
type Exact = number | WrittenNumber

/** A value of a spec, and where it is: there its exact number is found. */
type Test = (value: never, container: object | undefined, key: string | number) => boolean

/** The replacements of `type: integer` and of a `format` of numbers: to Ajv, numbers are doubles. */
const WHOLE = 'hyperfleet:whole'
const FORMAT = 'hyperfleet:number-format'

/** Those of ours by the keyword that the schema has. */
export const standsFor: Partial<Record<string, string>> = { [WHOLE]: 'type', [FORMAT]: 'format' }

/** Formats of numbers, with the least and the most. */
const ranges: Partial<Record<string, [least: Decimal, most: Decimal]>> = {
  int32: [decimalOf('-2147483648'), decimalOf('2147483647')],
  int64: [decimalOf('-9223372036854775808'), decimalOf('9223372036854775807')],
}

/** The formats of numbers that are checked. */
export const numberFormats = Object.keys(ranges)

/** The keywords whose numbers are compared exactly. Any other takes the nearest double. */
const exact = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['enum', 'const'],
])

/** A schema in the keywords that `addNumberKeywords` adds. */
export function withNumberKeywords(schema: Schema): Schema {
  const { format, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [
      keyword,
      value instanceof WrittenNumber && !exact.has(keyword) ? Number(value) : value,
    ]),
  )
  const types = [rest.type].flat()
  return {
    ...rest,
    ...(typeof format === 'string' && (numberFormats.includes(format) ? { [FORMAT]: format } : { format })),
    ...(types.includes('integer') && !types.includes('number') && { [WHOLE]: true }),
  }
}

/**
 * Adds keywords that look at numbers to their last digit, instead of those of Ajv, which know doubles only. `read` is
 * told the text of a number that has more digits than a double.
 */
export function addNumberKeywords(ajv: Ajv, read: (text: string) => void) {
  const exactOf = (value: number, container: object | undefined, key: string | number): Exact => {
    const number = exactNumber(value, container, key)
    if (number instanceof WrittenNumber) read(number.text)
    return number
  }
  const define = (
    keyword: string,
    type: 'number' | undefined,
    error: KeywordErrorDefinition,
    testOf: (context: KeywordCxt) => Test,
  ) => {
    ajv.removeKeyword(keyword)
    ajv.addKeyword({
      keyword,
      ...(type && { type }),
      error,
      code(context: KeywordCxt) {
        const { gen, data, it } = context
        const test = gen.scopeValue('func', { ref: testOf(context) })
        context.fail(_`!${test}(${data}, ${it.parentData}, ${it.parentDataProperty})`)
      },
    })
  }

  for (const [keyword, { fits }] of Object.entries(limits)) {
    // In OpenAPI 3.0 these say how to read the others.
    if (keyword.startsWith('exclusive') && !ajv.getKeyword('prefixItems')) continue
    define(keyword, 'number', limitError, ({ schema, parentSchema }) => {
      const isStrict = isExclusive(keyword, parentSchema)
      return (value: number, container, key) => {
        const order = compare(exactOf(value, container, key), schema as Exact)
        return order === 0 ? !isStrict : fits(order)
      }
    })
  }
  define('multipleOf', 'number', multipleError, ({ schema }) => {
    const divisor = decimalIn(schema as Exact)
    return (value: number, container, key) => isMultiple(decimalIn(exactOf(value, container, key)), divisor)
  })
  define(WHOLE, 'number', { message: 'must be integer' }, () => (value: number, container, key) => {
    const number = exactOf(value, container, key)
    // Of a double that is not whole, Ajv says so itself.
    return !(number instanceof WrittenNumber) || !Number.isInteger(value) || isWhole(number.decimal)
  })
  define(FORMAT, 'number', { message: ({ schema }) => `must match format "${schema}"` }, ({ schema }) => {
    const [least, most] = ranges[schema as string] ?? []
    if (!least || !most) throw new Error(`there is no format ${schema} of numbers`)
    return (value: number, container, key) => {
      const number = decimalIn(exactOf(value, container, key))
      return isWhole(number) && compareDecimals(number, least) >= 0 && compareDecimals(number, most) <= 0
    }
  })
  const equal = (
    value: unknown,
    container: object | undefined,
    key: string | number,
    wanted: unknown,
  ): boolean => {
    if (typeof value === 'number') {
      return isNumber(wanted) && compare(exactOf(value, container, key), wanted) === 0
    }
    if (typeof value !== 'object' || value === null) return value === wanted
    if (Array.isArray(value)) {
      if (!Array.isArray(wanted) || wanted.length !== value.length) return false
      return value.every((item, index) => equal(item, value, index, wanted[index]))
    }
    if (!isMapping(wanted)) return false
    const names = Object.keys(value)
    if (names.length !== Object.keys(wanted).length) return false
    return names.every(
      (name) =>
        Object.hasOwn(wanted, name) &&
        equal((value as Record<string, unknown>)[name], value, name, wanted[name]),
    )
  }
  define('enum', undefined, enumError, ({ schema }) => {
    if (!schema.length) throw new Error('enum must have non-empty array')
    // Texts are looked up: a list of them may be long.
    const texts = new Set<unknown>(schema.filter((each: unknown) => typeof each === 'string'))
    const others = (schema as unknown[]).filter((each) => typeof each !== 'string')
    return (value: unknown, container, key) =>
      typeof value === 'string' ? texts.has(value) : others.some((each) => equal(value, container, key, each))
  })
  define(
    'const',
    undefined,
    constError,
    ({ schema }) =>
      (value: unknown, container, key) =>
        equal(value, container, key, schema),
  )
}

const limits: Record<string, { fits: (order: number) => boolean; sign: string }> = {
  minimum: { fits: (order) => order > 0, sign: '>' },
  maximum: { fits: (order) => order < 0, sign: '<' },
  exclusiveMinimum: { fits: (order) => order > 0, sign: '>' },
  exclusiveMaximum: { fits: (order) => order < 0, sign: '<' },
}

/** Whether the limit itself is refused: by the keyword `exclusive…`, or in OpenAPI 3.0 by `exclusive…: true` beside `minimum` or `maximum`. */
const isExclusive = (keyword: string, schema: Schema) =>
  keyword.startsWith('exclusive') ||
  schema[keyword === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum'] === true

const signOf = ({ keyword, parentSchema }: { keyword: string; parentSchema?: Schema }) =>
  `${limits[keyword]?.sign}${isExclusive(keyword, parentSchema ?? {}) ? '' : '='}`

const limitError: KeywordErrorDefinition = {
  message: (context) => str`must be ${signOf(context as KeywordCxt)} ${context.schemaCode}`,
  params: (context) => _`{comparison: ${signOf(context as KeywordCxt)}, limit: ${context.schemaCode}}`,
}
const multipleError: KeywordErrorDefinition = {
  message: ({ schemaCode }) => str`must be multiple of ${schemaCode}`,
  params: ({ schemaCode }) => _`{multipleOf: ${schemaCode}}`,
}
const enumError: KeywordErrorDefinition = {
  message: 'must be equal to one of the allowed values',
  params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}`,
}
const constError: KeywordErrorDefinition = {
  message: 'must be equal to constant',
  params: ({ schemaCode }) => _`{allowedValue: ${schemaCode}}`,
}

const isNumber = (value: unknown): value is Exact =>
  typeof value === 'number' || value instanceof WrittenNumber

const decimalIn = (number: Exact): Decimal =>
  number instanceof WrittenNumber ? number.decimal : decimalOf(String(number))

function compare(one: Exact, other: Exact): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return compareDecimals(decimalIn(one), decimalIn(other))
}

/** One text for each number: that of a double, or the digits that were written where no double is exact. */
export const numberText = (value: number, container: object | undefined, key: string | number): string => {
  const number = exactNumber(value, container, key)
  return number instanceof WrittenNumber ? decimalText(number.decimal) : JSON.stringify(number)
}
