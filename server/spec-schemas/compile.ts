import type { Ajv, ErrorObject, Options, SchemaObject } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import draft04 from 'ajv-draft-04'
import { MAX_VIOLATIONS } from '../problems.ts'
import { ECHOES } from '../validation.ts'
import { componentsOf, dialects, escaped, isMapping, mapSchemas, type Schema } from './bundle.ts'
import { formats } from './formats.ts'
import { linearRegExp } from './patterns.ts'
import { SchemaFault } from './schema-fault.ts'
import { Explanation, valuesOf } from './unions.ts'
import { uniqueItems } from './unique-items.ts'

/** Tells what breaks a schema, as Ajv tells it; nothing when it fits. */
export type Check = (value: unknown) => ErrorObject[]

/** All violations are told of a value with no more values within; of a larger one, the first. */
const FULLY_EXPLAINED = 1000

/** How many references a check may follow at the most when it is to tell all violations. */
const STEPS_TO_EXPLAIN = 100_000

/** Counts references followed; where a schema tries alternatives within alternatives, they multiply. */
const STEP = 'hyperfleet:step'
class TooManySteps extends Error {}

/**
 * Compiles a schema made by `bundle`. `steps` is how many references checking one value may follow; a value that
 * needs more is refused. Nothing is filled in, coerced or removed. The value must not nest without limit.
 *
 * Throws a SchemaFault when the schema is none.
 */
export function compile(schema: Schema, steps: number): Check {
  const prepared = prepare(schema)
  const quick = checker(prepared, { allErrors: false })
  const full = checker(prepared, { allErrors: true })
  const explanation = new Explanation(prepared, (pointer, value) => full.check(value, pointer))
  return (value) => {
    const errors = quick.within(steps, () => quick.check(value))
    if (!errors) return [misfit('takes too many steps to be checked')]
    if (!errors.length) return []
    const first = () => {
      // The last one is what decided; those before are of alternatives, or an echo follows it.
      const error = errors.findLast(({ keyword }) => !ECHOES.has(keyword))
      return [error ? explanation.ofOne(error) : misfit('does not fit its schema')]
    }
    if (countsMore(value, FULLY_EXPLAINED)) return first()
    const all = full.within(STEPS_TO_EXPLAIN, () => {
      const found = full.check(value)
      return found && explanation.of(found)
    })
    return all?.some(({ keyword }) => !ECHOES.has(keyword)) ? all.slice(0, MAX_VIOLATIONS) : first()
  }
}

const misfit = (message: string): ErrorObject => ({
  keyword: 'schema',
  instancePath: '',
  schemaPath: '',
  params: {},
  message,
})

/** A schema compiled by Ajv for its dialect. */
function checker(schema: Schema, { allErrors }: { allErrors: boolean }) {
  let left = 0
  const options: Options = {
    allErrors,
    verbose: true,
    discriminator: true,
    // Whatever else a schema says is for people and other tools; nothing of it goes to the log.
    strict: false,
    logger: false,
    multipleOfPrecision: 9,
    code: { regExp: Object.assign(linearRegExp, { code: 'linearRegExp' }) },
  }
  const ajv: Ajv = schema.$schema === dialects['3.0'] ? new draft04.default(options) : new Ajv2020(options)
  for (const [name, format] of formats) ajv.addFormat(name, format)
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword(uniqueItems)
  ajv.addKeyword({
    keyword: STEP,
    // Before anything goes deeper.
    before: 'not',
    validate: () => {
      if (--left < 0) throw new TooManySteps()
      return true
    },
  })
  refuseInvalid(ajv, schema)
  ajv.addSchema(schema as SchemaObject, 'spec')
  ajv.getSchema('spec')
  return {
    /** What breaks the schema, or one within it by its pointer; undefined when there are no steps left. */
    check(value: unknown, pointer = ''): ErrorObject[] | undefined {
      const validate = ajv.getSchema(`spec#${pointer}`)
      if (!validate) throw new Error(`there is no schema at ${pointer}`)
      try {
        return validate(value) ? [] : (validate.errors ?? [])
      } catch (error) {
        if (error instanceof TooManySteps) return undefined
        throw error
      }
    },
    /** Gives what is done so many steps. */
    within<Result>(steps: number, work: () => Result): Result {
      left = steps
      return work()
    },
  }
}

/** Of a schema, Ajv looks only at what it knows to be schemas: not at components. */
function refuseInvalid(ajv: Ajv, schema: Schema) {
  for (const [name, each] of [['', schema], ...Object.entries(componentsOf(schema))] as const) {
    if (!isMapping(each) || ajv.validateSchema({ ...each, $schema: schema.$schema } as SchemaObject)) continue
    const [error] = ajv.errors ?? []
    throw new SchemaFault(`${name}${error?.instancePath} ${error?.message}`.trim())
  }
}

/** The schema as it is compiled: references are counted, and discriminators decide where Ajv can make them. */
function prepare(schema: Schema): Schema {
  const components = componentsOf(schema)
  const named = new Set(JSON.stringify(schema).match(/(?<="\$ref":")[^"]*(?=")/g))
  const settle = (inner: unknown, pointer: string): unknown => {
    if (!isMapping(inner)) return inner
    const { discriminator: _, ...rest } = mapSchemas(inner, (each, at) => settle(each, pointer + at))
    const tag = decisiveTag(inner, components)
    return {
      ...rest,
      ...(tag !== undefined && { type: 'object', discriminator: { propertyName: tag } }),
      ...(named.has(pointer) && !('$ref' in inner) && { [STEP]: true }),
    }
  }
  const settled = Object.entries(components).map(([name, each]) => [
    name,
    settle(each, `#/components/schemas/${escaped(name)}`),
  ])
  return { ...(settle(schema, '#') as Schema), components: { schemas: Object.fromEntries(settled) } }
}

/** The member by which a discriminator names one branch: each requires it, with values that no other has. */
function decisiveTag(schema: Schema, components: Record<string, unknown>): string | undefined {
  const tag = isMapping(schema.discriminator) ? schema.discriminator.propertyName : undefined
  if (typeof tag !== 'string' || schema.nullable || !Array.isArray(schema.oneOf)) return undefined
  const branches = schema.oneOf.map((branch: Schema | undefined) => {
    const [, name] = /^#\/components\/schemas\/([\w.-]+)$/.exec(String(branch?.$ref)) ?? []
    return name === undefined ? branch : components[name]
  })
  const values = branches.flatMap((branch) => {
    if (!isMapping(branch)) return [undefined]
    const isObject = (schema.type ?? branch.type) === 'object' && !branch.nullable
    const isRequired = [schema.required, branch.required].some((names) => [names].flat().includes(tag))
    return isObject && isRequired
      ? (valuesOf((branch.properties as Schema | undefined)?.[tag]) ?? [undefined])
      : [undefined]
  })
  const isDecisive =
    values.every((value) => typeof value === 'string') && new Set(values).size === values.length
  return isDecisive ? tag : undefined
}

/** Whether there are more values within a value than so many. */
function countsMore(value: unknown, limit: number): boolean {
  const pending = [value]
  for (let count = 0; pending.length; count++) {
    if (count + pending.length > limit) return true
    const each = pending.pop()
    if (typeof each === 'object' && each !== null) {
      if (Array.isArray(each) && each.length > limit) return true
      pending.push(...Object.values(each))
    }
  }
  return false
}
