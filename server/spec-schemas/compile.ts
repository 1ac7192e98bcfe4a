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
import { MAX_VIOLATIONS } from '../problems.ts'
import { ECHOES, keysOf } from '../violations.ts'
import { componentsOf, dialects, isMapping, mapSchemas, type Schema, SchemaFault } from './bundle.ts'
import { formats } from './formats.ts'
import { linearRegExp } from './patterns.ts'
import { uniqueItems } from './unique-items.ts'

/** Tells what breaks a schema, as Ajv tells it; nothing when it fits. */
export type Check = (value: unknown) => ErrorObject[]

/** All violations are told of a value with no more values within; of a larger one, the first. */
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
 * Throws a SchemaFault when the schema is none.
 */
export function compile(schema: Schema): Check {
  const prepared = prepare(schema)
  const quick = checker(prepared, { allErrors: false })
  const full = checker(prepared, { allErrors: true })
  return (value) => {
    const { values, characters } = extentOf(value)
    const steps = STEPS + STEPS_FOR_EACH * (values + characters / CHARACTERS)
    const first = quick(value, steps)
    if (!first) return [misfit('takes too many steps to be checked')]
    if (!first.length) return []
    const all = values > FULLY_EXPLAINED ? undefined : full(value, steps)
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

/** A schema compiled by Ajv for its dialect: tells what breaks it, or undefined when that takes more steps. */
function checker(schema: Schema, { allErrors }: { allErrors: boolean }) {
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
    const linear = linearRegExp(source)
    return { ...linear, test: counted(linear.test) }
  }
  const options: Options = {
    allErrors,
    discriminator: true,
    // Whatever else a schema says is for people and other tools; nothing of it goes to the log.
    strict: false,
    logger: false,
    multipleOfPrecision: 9,
    code: { regExp: Object.assign(pattern, { code: 'pattern' }) },
  }
  const ajv: Ajv = schema.$schema === dialects['3.0'] ? new draft04.default(options) : new Ajv2020(options)
  for (const [name, format] of formats) {
    ajv.addFormat(name, typeof format === 'function' ? counted(format as (text: string) => boolean) : format)
  }
  for (const keyword of ['anyOf', 'oneOf', 'contains']) tellNothingOfAlternatives(ajv, keyword)
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword(uniqueItems(read))
  ajv.addKeyword({
    keyword: STEP,
    // Before anything goes deeper.
    before: '$ref',
    code: ({ gen }) => void gen.code(_`${gen.scopeValue('func', { ref: spend })}()`),
  })
  refuseInvalid(ajv, schema)
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
    const errors = validate.errors?.filter(({ keyword }) => !ECHOES.has(keyword))
    return errors?.length ? errors : [misfit('does not fit its schema')]
  }
}

/** Lets a keyword that tries several schemas say just that none did: what each had to say would pile up. */
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

/** Of a schema, Ajv looks only at what it knows to be schemas: not at components. */
function refuseInvalid(ajv: Ajv, schema: Schema) {
  for (const [name, each] of [['', schema], ...Object.entries(componentsOf(schema))] as const) {
    if (!isMapping(each) || ajv.validateSchema({ ...each, $schema: schema.$schema } as SchemaObject)) continue
    const [error] = ajv.errors ?? []
    throw new SchemaFault(`${name}${error?.instancePath} ${error?.message}`.trim())
  }
}

/** The schema as it is compiled: each within it counts a step, and discriminators decide where Ajv can make them. */
function prepare(schema: Schema): Schema {
  const components = componentsOf(schema)
  const settle = (inner: unknown): unknown => {
    if (!isMapping(inner)) return inner
    const { discriminator: _, ...rest } = mapSchemas(inner, settle)
    const tag = decisiveTag(inner, components)
    // A reference counts where it leads to.
    return { ...rest, ...(tag && decided(rest, tag)), ...(!('$ref' in rest) && { [STEP]: true }) }
  }
  const settled = Object.entries(components).map(([name, each]) => [name, settle(each)])
  return { ...(settle(schema) as Schema), components: { schemas: Object.fromEntries(settled) } }
}

/** A member by which a discriminator names one branch, with the values that it can have. */
interface Tag {
  name: string
  values: unknown[]
}

/** What makes Ajv look at one branch only, and says which there are. */
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
    else if (Array.isArray(each)) for (const item of each) pending.push(item)
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
