/**
 * Values and requests made from openapi.yaml: those that it allows, and those that break one rule of it. Each
 * says what it breaks, so that a test knows the answer without a second validator.
 */
import fc from 'fast-check'
import { loadDocument } from '../server/openapi/document.ts'
import { operationsOf, type Parameter, resolve } from '../server/openapi/operations.ts'

interface Schema {
  $ref?: string
  type?: string
  format?: string
  enum?: string[]
  pattern?: string
  minLength?: number
  maxLength?: number
  minItems?: number
  minimum?: number
  maximum?: number
  maxItems?: number
  nullable?: boolean
  items?: Schema
  required?: string[]
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  'x-property-names'?: Schema
  'x-max-depth'?: number
  'x-max-bytes'?: number
  'x-unique-by'?: string
  'x-required-conditions'?: { types: string[]; unless?: string }[]
}

/** A value that breaks a rule at a place, which is written as problems write it. */
interface Broken {
  value: unknown
  field: string
}

export interface Request {
  operationId: string
  method: string
  path: string
  headers: Record<string, string>
  body: unknown
  /** The fields and parameters that break a rule. */
  broken: string[]
  /** It has text in a language of its own (search, order, cursor), of which the document cannot say whether it is right. */
  isOpen: boolean
}

const document = loadDocument()
const INT32_MAX = 2 ** 31 - 1
const MAX_EXAMPLE_ITEMS = 6

/** A schema, or the one that a reference points to. */
const settled = (schema: Schema) => resolve<Schema>(document, schema as { $ref: string })

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0')

/** Any JSON that can be stored. */
const anything = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'binary' })
  .filter((value) => isStorable(JSON.stringify(value).replaceAll('\\u0000', '\0')))
  .filter((value) => !JSON.stringify(value).includes('"__proto__":'))
  .map((value) => JSON.parse(JSON.stringify(value)))

const anyObject = fc.dictionary(
  fc.string({ unit: 'binary' }).filter((key) => isStorable(key) && key !== '__proto__'),
  anything,
  { maxKeys: 5, noNullPrototype: true },
)

const times = fc
  .tuple(
    fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('2026-01-01T00:00:00Z'),
      noInvalidDate: true,
    }),
    fc.constantFrom('Z', '+00:00', '-15:59', '+05:30'),
    fc.constantFrom('', '.1', '.123456', '.9999999'),
  )
  .map(([date, offset, fraction]) => `${date.toISOString().slice(0, 19)}${fraction}${offset}`)

function texts(schema: Schema): fc.Arbitrary<string> {
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  if (schema.format === 'date-time') return times
  if (!pattern)
    return fc
      .string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 300) })
      .filter((text) => isStorable(text) && [...text].length <= maxLength)
  const rule = new RegExp(pattern)
  // What looks ahead in a pattern cannot be generated from, only be tried.
  return fc
    .stringMatching(new RegExp(pattern.replace(/\(\?=.*?\$\)/, '')))
    .filter((text) => rule.test(text) && text.length >= minLength && text.length <= maxLength)
}

/** Values that a schema allows. */
export function valid(given: Schema): fc.Arbitrary<unknown> {
  const schema = settled(given)
  if (schema.nullable) return fc.oneof(fc.constant(null), valid({ ...schema, nullable: false }))
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.type === 'string') return texts(schema)
  if (schema.type === 'integer') return integers(schema)
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'array') return items(schema)
  if (schema.type !== 'object') return anything
  if (!schema.properties) return map(schema)
  return fc.record(
    Object.fromEntries(Object.entries(schema.properties).map(([name, each]) => [name, valid(each)])),
    { requiredKeys: schema.required ?? [], noNullPrototype: true },
  )
}

/** The least are the ones that mean most: the first page, the generation that a resource has. */
const integers = ({ minimum = -INT32_MAX, maximum = INT32_MAX }: Schema) =>
  fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.integer({ min: minimum, max: minimum + 1 }))

function items({ items: each = {}, 'x-unique-by': key, ...schema }: Schema): fc.Arbitrary<unknown[]> {
  const list = key
    ? fc.uniqueArray(valid(each) as fc.Arbitrary<Record<string, unknown>>, {
        maxLength: MAX_EXAMPLE_ITEMS,
        selector: (item) => item[key],
      })
    : fc.array(valid(each), { minLength: schema.minItems ?? 0, maxLength: MAX_EXAMPLE_ITEMS })
  const needed = schema['x-required-conditions']?.flatMap(({ types }) => types) ?? []
  return fc
    .tuple(list, ...needed.map((type) => valid(each).map((item) => ({ ...(item as object), type }))))
    .map(([some, ...must]) => [
      ...must,
      ...some.filter((item) => !needed.includes((item as { type: string }).type)),
    ])
}

function map({ additionalProperties, 'x-property-names': names }: Schema): fc.Arbitrary<object> {
  if (typeof additionalProperties !== 'object') return anyObject
  const some = fc.dictionary(names ? texts(names) : fc.string(), valid(additionalProperties), {
    maxKeys: 4,
    noNullPrototype: true,
  })
  // Names that the document does not tell are refused by the server, as types of references are.
  return names ? some : fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: some })
}

const nested = (levels: number): unknown => (levels > 1 ? { a: nested(levels - 1) } : {})
const wrongTypes: Record<string, unknown[]> = {
  string: [1, true, [], {}],
  integer: ['1', 1.5, true, [], {}],
  array: ['', 1, {}],
  object: ['', 1, []],
}

/** Values that break exactly one rule of a schema. */
export function broken(given: Schema, field = ''): fc.Arbitrary<Broken>[] {
  const schema = settled(given)
  const { type = '', minimum, maximum, minLength = 0, maxLength, required = [], properties = {} } = schema
  const at = (value: unknown, where = field) => fc.constant({ value, field: where })
  const inner = (name: string) => (field ? `${field}.${name}` : name)
  const ways: fc.Arbitrary<Broken>[] = (wrongTypes[type] ?? []).map((value) => at(value))
  if (type && !schema.nullable) ways.push(at(null))
  if (schema.enum) ways.push(at(`${schema.enum[0]}x`))
  if (minimum !== undefined) ways.push(at(minimum - 1))
  if (type === 'integer') ways.push(at((maximum ?? INT32_MAX) + 1))
  if (minLength > 0) ways.push(at(''))
  if (maxLength) ways.push(at('a'.repeat(maxLength + 1)))
  if (schema.minItems) ways.push(at([]))
  if (schema.pattern) ways.push(at('-'), at('A b'), at('é'))
  if (schema.format === 'date-time') ways.push(at('yesterday'), at('2026-02-30T00:00:00Z'), at('2026-01-01'))
  if (schema['x-max-bytes']) ways.push(at('é'.repeat(schema['x-max-bytes'] / 2 + 1)))
  if (schema['x-max-depth']) ways.push(at(nested(schema['x-max-depth'] + 1)))
  if (type === 'string' && !schema.enum) ways.push(at('a\0'), at('\ud800'))
  if (type === 'object' && !schema.properties && typeof schema.additionalProperties !== 'object')
    ways.push(at({ a: ['\0'] }, `${inner('a')}[0]`), at({ '\udc00': 1 }, inner('\udc00')))
  if (type === 'object') {
    const whole = valid(schema) as fc.Arbitrary<Record<string, unknown>>
    const change = (name: string, how: fc.Arbitrary<Broken>) =>
      fc
        .tuple(whole, how)
        .map(([all, part]) => ({ value: { ...all, [name]: part.value }, field: part.field }))
    for (const name of required) {
      ways.push(whole.map(({ [name]: _, ...rest }) => ({ value: rest, field: inner(name) })))
    }
    for (const [name, each] of Object.entries(properties))
      ways.push(...broken(each, inner(name)).map((way) => change(name, way)))
    if (schema.additionalProperties === false) ways.push(change('unheard_of', at(1, inner('unheard_of'))))
    else if (typeof schema.additionalProperties === 'object')
      ways.push(...broken(schema.additionalProperties, inner('key')).map((way) => change('key', way)))
    if (schema['x-property-names'])
      ways.push(change('-', at('a', inner('-'))), change('a/b/c', at('a', inner('a/b/c'))))
  }
  if (type === 'array' && schema.items) {
    const whole = items(schema)
    ways.push(
      ...broken(schema.items, `${field}[0]`).map((way) =>
        fc.tuple(whole, way).map(([all, part]) => ({
          value: [part.value, ...all.slice(1)],
          field: part.field,
        })),
      ),
    )
    const { maxItems, 'x-unique-by': key } = schema
    if (key)
      ways.push(whole.map((all) => ({ value: [...all, all[0]], field: `${field}[${all.length}].${key}` })))
    if (maxItems && key)
      ways.push(
        whole.map((all) => ({
          value: [
            ...all,
            ...Array.from({ length: maxItems + 1 }, (_, index) => ({
              ...(all[0] as object),
              [key]: `x${index}`,
            })),
          ],
          field,
        })),
      )
    if (schema['x-required-conditions'])
      ways.push(
        whole.map((all) => ({
          value: all.filter((item) => !['Health', 'Finalized'].includes((item as { type: string }).type)),
          field,
        })),
      )
  }
  return ways
}

interface Declared extends Omit<Parameter, 'schema'> {
  schema: Schema
  required?: boolean
}

interface Choice {
  text: string
  broken: boolean
}

/** Texts for a parameter by its name. */
type Languages = (name: string) => fc.Arbitrary<string>

/** What may stand for a parameter; text in a language of its own is made by `languages`. */
function choices(parameter: Declared, languages: Languages): fc.Arbitrary<Choice> {
  const { schema, in: place } = parameter
  const fine = (texts: fc.Arbitrary<string>) => texts.map((text) => ({ text, broken: false }))
  const wrong = (...texts: string[]) => fc.constantFrom(...texts).map((text) => ({ text, broken: true }))
  if (place === 'header') {
    const { maxLength = 0 } = schema
    const printable = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength })
      .filter((text) => text.trim() === text)
    const tags = fc.constantFrom('"1"', '"2"', '*', 'W/"1"', '"1", "2"')
    return fc.oneof(
      { weight: 4, arbitrary: fine(fc.oneof(printable, tags)) },
      { weight: 1, arbitrary: wrong('x'.repeat(maxLength + 1)) },
    )
  }
  if (isLanguage(parameter)) {
    const { maxLength } = schema
    if (maxLength === undefined) return fine(languages(parameter.name))
    return fc.oneof(
      { weight: 6, arbitrary: fine(languages(parameter.name)) },
      { weight: 1, arbitrary: wrong('x'.repeat(maxLength + 1)) },
    )
  }
  const { enum: names = [], ...single } = schema.type === 'array' ? settled(schema.items ?? {}) : schema
  if (schema.type === 'array')
    return fc.oneof(
      fine(fc.subarray(names, { minLength: 1 }).map((some) => some.join())),
      wrong('nothing', `${names[0]},nothing`),
    )
  if (schema.type === 'boolean')
    return fc.oneof(fine(fc.constantFrom('true', 'false')), wrong('yes', '1', 'TRUE', 'truefalse'))
  const { minimum = 0, maximum = INT32_MAX } = single
  return fc.oneof(
    { weight: 4, arbitrary: fine(integers({ minimum, maximum }).map(String)) },
    { weight: 1, arbitrary: wrong(`${minimum - 1}`, `${maximum + 1}`, 'x', '1.5', '1e99', '0x1') },
  )
}

const isLanguage = ({ in: place, schema }: Declared) => place === 'query' && schema.type === 'string'

/** Requests to each operation. `ids` are what paths may name; `languages` what searches, orders and cursors may be. */
export function requests(ids: fc.Arbitrary<string>, languages: Languages) {
  return operationsOf(document).map(({ method, path, operation }) => {
    const declared = (operation.parameters ?? []).map((each) => resolve<Declared>(document, each as never))
    const optional = Object.fromEntries(
      declared.filter((each) => each.in !== 'path').map((each) => [each.name, choices(each, languages)]),
    )
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    const numbers = declared.filter(({ in: place, schema }) => place === 'path' && schema.type === 'integer')
    const segment = (name: string) => {
      const number = numbers.find((each) => each.name === name)
      return number ? choices(number, languages) : ids.map((text) => ({ text, broken: false }))
    }
    const made = fc
      .record({
        segments: fc.tuple(...names.map(segment)),
        chosen: fc.record(optional, { requiredKeys: [], noNullPrototype: true }),
        sent: bodies(operation.requestBody as never),
      })
      .map(({ segments, chosen, sent }): Request => {
        const query = new URLSearchParams()
        const headers: Record<string, string> = { ...sent.headers }
        const wrong: string[] = sent.field === undefined ? [] : [sent.field]
        let isOpen = false
        for (const parameter of declared) {
          const { name, in: place, 'x-alias-of': alias } = parameter
          const choice = chosen[name]
          // The two must be equal, which no schema says.
          if (!choice || (alias && alias in chosen)) continue
          if (place === 'query') query.set(name, choice.text)
          else headers[name.toLowerCase()] = choice.text
          if (choice.broken) wrong.push(name)
          isOpen ||= isLanguage(parameter)
        }
        const where = names.reduce(
          (at, name, index) => at.replace(`{${name}}`, segments[index]?.text ?? ''),
          path,
        )
        wrong.push(...names.filter((_, index) => segments[index]?.broken))
        return {
          operationId: operation.operationId,
          method,
          path: query.size ? `${where}?${query}` : where,
          headers,
          body: sent.body,
          broken: wrong,
          isOpen,
        }
      })
    return [operation.operationId, made] as const
  })
}

interface Sent {
  headers: Record<string, string>
  body: unknown
  field: string | undefined
}

function bodies(given?: { content: Record<string, { schema: Schema }> }): fc.Arbitrary<Sent> {
  if (!given) return fc.constant({ headers: {}, body: undefined, field: undefined })
  const { content } = resolve<typeof given>(document, given)
  return fc.oneof(
    ...Object.entries(content).map(([type, { schema }]) => {
      const headers = { 'content-type': type }
      return fc.oneof(
        valid(schema).map((body) => ({ headers, body, field: undefined })),
        fc.oneof(...broken(schema)).map(({ value, field }) => ({ headers, body: value, field })),
      )
    }),
  )
}
