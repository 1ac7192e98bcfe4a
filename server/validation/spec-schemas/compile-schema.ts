import {
  _,
  type Ajv,
  type CodeKeywordDefinition,
  type ErrorObject,
  type Options,
  type SchemaObject,
  type ValidateFunction,
} from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import draft04 from 'ajv-draft-04'
import { WrittenNumber, writtenIn } from '../../lib/written-numbers.ts'
import { MAX_VIOLATIONS } from '../../problem.ts'
import { ECHOES, keysOf } from '../violations.ts'
import {
  annotations,
  componentsOf,
  dialects,
  inPlace,
  isMapping,
  mapSchemas,
  SchemaFault,
  targetOf,
} from './bundle.ts'
import { addNumberKeywords, standsFor, withNumberKeywords } from './number-keywords.ts'
import { type LinearRegExp, linearRegExp } from './patterns.ts'
import type { Check, Schema } from './spec-schema.ts'
import { formatsOf } from './string-formats.ts'
import { uniqueItems } from './unique-items.ts'

/** The greatest number of values within a value for which all violations are reported; for a larger value, the first one is. */
const FULLY_EXPLAINED = 1000

/** Counts the steps of a check; where a schema tries alternatives within alternatives, they multiply. */
const STEP = 'hyperfleet:step'
class TooManySteps extends Error {}

/** How many steps a check may take: so many for anything, and more for each value within and for long texts. */
const STEPS = 10_000
const STEPS_FOR_EACH = 6

/** One step is a schema applied to a value, and as much as to read so many characters. */
const CHARACTERS = 4

/**
 * Compiles a schema made by `bundle`. Checking takes steps in proportion to the size of a value; a value that
 * needs more is refused. Nothing is filled in, coerced or removed. The value must not nest without limit.
 *
 * Throws a SchemaFault that names the place when the schema is none, or has a pattern that cannot be used.
 */
export function compile(schema: Schema): Check {
  refuseInvalid(schema)
  const patterns = patternsOf(schema)
  const prepared = prepare(schema)
  const quick = checker(prepared, patterns, { allErrors: false })
  // Needed for invalid specs only, and not to know that the schema can be used.
  let full: typeof quick | undefined
  return (value) => {
    const { values, characters } = extentOf(value)
    const steps = STEPS + STEPS_FOR_EACH * (values + characters / CHARACTERS)
    const first = quick(value, steps)
    if (!first) return [misfit(`takes too many steps to be checked: more than ${Math.floor(steps)}`)]
    if (!first.length) return []
    if (values <= FULLY_EXPLAINED) full ??= checker(prepared, patterns, { allErrors: true })
    const all = values > FULLY_EXPLAINED ? undefined : full?.(value, steps)
    const errors = (all ?? first.slice(-1)).slice(0, MAX_VIOLATIONS)
    return errors.map((error) => ({ ...error, data: error.data ?? valueAt(value, error.instancePath) }))
  }
}

const misfit = (message: string): ErrorObject => ({
  keyword: 'schema',
  instancePath: '',
  schemaPath: '',
  params: {},
  message,
})

/** A schema compiled by Ajv for its dialect: returns the errors, or undefined when validation takes too many steps. */
function checker(schema: Schema, patterns: Patterns, { allErrors }: { allErrors: boolean }) {
  let left = Number.POSITIVE_INFINITY
  const spend = (steps = 1) => {
    left -= steps
    if (left < 0) throw new TooManySteps()
  }
  const read = (text: string) => spend(text.length / CHARACTERS)
  const counted = (test: (text: string) => boolean) => (text: string) => {
    read(text)
    return test(text)
  }
  const pattern = (source: string) => {
    const linear = patterns.get(source) ?? linearRegExp(source)
    return { ...linear, test: counted(linear.test) }
  }
  const options: Options = {
    allErrors,
    discriminator: true,
    // Other members of a schema are for people and other tools; none of them goes to the log.
    strict: false,
    logger: false,
    // Valid, or it would have been refused.
    validateSchema: false,
    // A part that stands in several places is compiled once.
    inlineRefs: false,
    // Shorter code is not worth the time that making it takes.
    code: { optimize: false, regExp: Object.assign(pattern, { code: 'pattern' }) },
  }
  const ajv = ajvFor(schema, options)
  for (const [name, format] of formatsOf(is30(schema))) {
    ajv.addFormat(name, typeof format === 'function' ? counted(format as (text: string) => boolean) : format)
  }
  for (const keyword of ['anyOf', 'oneOf', 'contains']) tellNothingOfAlternatives(ajv, keyword)
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword(uniqueItems(read))
  addNumberKeywords(ajv, read)
  ajv.addKeyword({
    keyword: STEP,
    // Before anything goes deeper.
    before: '$ref',
    code: ({ gen }) => void gen.code(_`${gen.scopeValue('func', { ref: spend })}()`),
  })
  ajv.addSchema(schema as SchemaObject, 'spec')
  const validate = ajv.getSchema('spec') as ValidateFunction
  return (value: unknown, steps: number): ErrorObject[] | undefined => {
    left = steps
    try {
      if (validate(value)) return []
    } catch (error) {
      if (error instanceof TooManySteps) return undefined
      throw error
    }
    const errors = validate.errors
      ?.filter(({ keyword }) => !ECHOES.has(keyword))
      .map((error) => ({ ...error, keyword: standsFor[error.keyword] ?? error.keyword }))
    return errors?.length ? errors : [misfit('does not fit its schema')]
  }
}

/** Makes a keyword that tries several schemas report only that none matched: the errors of each would pile up. */
function tellNothingOfAlternatives(ajv: Ajv, keyword: string) {
  const definition = ajv.getKeyword(keyword) as CodeKeywordDefinition | boolean
  if (typeof definition === 'boolean') return
  ajv.removeKeyword(keyword)
  ajv.addKeyword({
    ...definition,
    code(context) {
      const error = context.error.bind(context)
      context.error = (...given) => {
        context.reset()
        error(...given)
      }
      definition.code(context)
    },
  })
}

const is30 = ({ $schema }: Schema) => $schema === dialects['3.0']

const ajvFor = (schema: Schema, options: Options): Ajv =>
  is30(schema) ? new draft04.default(options) : new Ajv2020(options)

/** The schema and its components, by name; the schema itself has none. */
const namedParts = (schema: Schema): [name: string, part: unknown][] => [
  ['', schema],
  ...Object.entries(componentsOf(schema)),
]

/** Ajv visits only the members that it knows to be schemas: not components. */
function refuseInvalid(schema: Schema) {
  // Patterns have a format that only JavaScript's own have; patternsOf looks at them.
  const ajv = ajvFor(schema, { strict: false, logger: false, validateFormats: false })
  for (const [name, each] of namedParts(schema)) {
    // Numbers as doubles: there it does not matter which.
    const plain: unknown = JSON.parse(JSON.stringify(each))
    if (!isMapping(plain) || ajv.validateSchema({ ...plain, $schema: schema.$schema } as SchemaObject))
      continue
    const [error] = ajv.errors ?? []
    throw new SchemaFault(`${name}${error?.instancePath} ${error?.message}`.trim())
  }
}

/** Compiled patterns by their text. */
type Patterns = Map<string, LinearRegExp>

/** All patterns of a valid schema, each compiled once. */
function patternsOf(schema: Schema): Patterns {
  const patterns: Patterns = new Map()
  const add = (pattern: string, at: string) => {
    try {
      if (!patterns.has(pattern)) patterns.set(pattern, linearRegExp(pattern))
    } catch (error) {
      throw new SchemaFault(`${at}: the pattern ${pattern} cannot be used (RE2): ${(error as Error).message}`)
    }
  }
  const visit = (inner: unknown, at: string): unknown => {
    if (!isMapping(inner)) return inner
    if (typeof inner.pattern === 'string') add(inner.pattern, `${at}/pattern`)
    if (isMapping(inner.patternProperties)) {
      for (const name of Object.keys(inner.patternProperties)) add(name, `${at}/patternProperties`)
    }
    return mapSchemas(inner, (below, further) => visit(below, at + further))
  }
  for (const [name, each] of namedParts(schema)) visit(each, name)
  return patterns
}

/**
 * The schema as it is compiled: each within it counts a step, and discriminators decide where Ajv can make them.
 * The schema of a member or an item is compiled to a function of its own, one for all equal schemas, so that
 * compiling takes time in proportion to the distinct parts.
 */
function prepare(schema: Schema): Schema {
  const components = componentsOf(schema)
  const parts: Schema = {}
  const references = new Map<string, Schema>()
  /** A reference to a part; one for each key. */
  const share = (key: string, part: () => unknown): Schema => {
    let reference = references.get(key)
    if (!reference) {
      const name = `${references.size}`
      reference = { $ref: `#/components/schemas/${name}` }
      references.set(key, reference)
      parts[name] = part()
    }
    return reference
  }
  const settle = (inner: unknown): unknown => {
    if (!isMapping(inner)) return inner
    const { discriminator: _, ...rest } = mapSchemas(inner, (below, _at, keyword) => {
      const settled = settle(below)
      const isOwn = !inPlace.has(keyword) && isMapping(below) && isComposed(below)
      return isOwn ? share(textOf(settled), () => settled) : settled
    })
    const checked = Object.entries(rest).filter(([name]) => !annotations.has(name) && !name.startsWith('x-'))
    const tag = decisiveTag(inner, components)
    const { $ref } = inner
    return {
      ...withNumberKeywords(Object.fromEntries(checked)),
      ...(tag && decided(rest, tag)),
      // A reference counts where it leads to.
      ...(typeof $ref === 'string'
        ? share($ref, () => settle(targetOf({ components: { schemas: components } }, $ref)))
        : { [STEP]: true }),
    }
  }
  return { ...(settle(schema) as Schema), components: { schemas: parts } }
}

/** One text for schemas that say the same, to the last digit. */
const textOf = (schema: unknown) =>
  JSON.stringify(schema, (_key, each) => (each instanceof WrittenNumber ? { written: each.text } : each))

/** Whether a schema has others within it. One that lists its values may tell alternatives apart, and stays in place. */
function isComposed(schema: Schema): boolean {
  let isComposed = false
  mapSchemas(schema, () => {
    isComposed = true
  })
  return isComposed && !valuesOf(schema)
}

/** A member by which a discriminator names one branch, with the values that it can have. */
interface Tag {
  name: string
  values: unknown[]
}

/** A schema with a `discriminator`, so that Ajv validates one branch only, and with the values of the tag. */
const decided = ({ allOf = [] }: Schema, { name, values }: Tag): Schema => ({
  type: 'object',
  discriminator: { propertyName: name },
  allOf: [...(allOf as unknown[]), { required: [name], properties: { [name]: { enum: values } } }],
})

/** The tag of a discriminator that decides: each branch requires it, with values that no other has. */
function decisiveTag(schema: Schema, components: Record<string, unknown>): Tag | undefined {
  const name = isMapping(schema.discriminator) ? schema.discriminator.propertyName : undefined
  if (typeof name !== 'string' || schema.nullable || !Array.isArray(schema.oneOf)) return undefined
  const branches = schema.oneOf.map((branch: Schema | undefined) => {
    const [, component] = /^#\/components\/schemas\/([\w.-]+)$/.exec(String(branch?.$ref)) ?? []
    return component === undefined ? branch : components[component]
  })
  const values = branches.flatMap((branch) => {
    if (!isMapping(branch)) return [undefined]
    const isObject = (schema.type ?? branch.type) === 'object' && !branch.nullable
    const isRequired = [schema.required, branch.required].some((names) => [names].flat().includes(name))
    return isObject && isRequired
      ? (valuesOf((branch.properties as Schema | undefined)?.[name]) ?? [undefined])
      : [undefined]
  })
  const isDecisive =
    values.every((value) => typeof value === 'string') && new Set(values).size === values.length
  return isDecisive ? { name, values } : undefined
}

/** The values that a schema lists; undefined when it does not. */
function valuesOf(schema: unknown): unknown[] | undefined {
  if (!isMapping(schema)) return undefined
  if (Array.isArray(schema.enum)) return schema.enum
  return schema.const === undefined ? undefined : [schema.const]
}

/** How many values there are within a value, itself counted, and how many characters in its texts and names. */
function extentOf(value: unknown): { values: number; characters: number } {
  let [values, characters] = [0, 0]
  const pending = [value]
  while (pending.length) {
    const each = pending.pop()
    values++
    if (typeof each === 'string') characters += each.length
    if (typeof each !== 'object' || each === null) continue
    for (const { text } of writtenIn(each)) characters += text.length
    if (Array.isArray(each)) for (const item of each) pending.push(item)
    else if (isMapping(each)) {
      for (const [name, member] of Object.entries(each)) {
        characters += name.length
        pending.push(member)
      }
    }
  }
  return { values, characters }
}

const valueAt = (value: unknown, pointer: string) =>
  keysOf(pointer).reduce<unknown>((each, key) => (each as Record<string, unknown>)[key], value)
