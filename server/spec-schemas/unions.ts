import type { ErrorObject } from 'ajv'
import { MAX_VIOLATIONS } from '../problems.ts'
import { ECHOES, toViolations } from '../validation.ts'
import { componentsOf, isMapping, mapSchemas, type Schema } from './bundle.ts'

/** Checks a value against a schema within the whole, by its pointer; undefined when that takes too long. */
type Branch = (pointer: string, value: unknown) => ErrorObject[] | undefined

/** How many alternatives a message tells of. */
const TOLD = 5

/**
 * What breaks a schema, in words for people: of a oneOf or anyOf that nothing fits, what is wrong with the
 * alternative that was meant, where that can be told, and not what is wrong with all the others as well.
 */
export class Explanation {
  private readonly branch: Branch
  /** Every schema within the whole, with its pointer, and the other way round. */
  private readonly pointers = new Map<unknown, string>()
  private readonly schemas = new Map<string, Schema>()
  private readonly reached = new Map<unknown, Set<unknown>>()

  constructor(whole: Schema, branch: Branch) {
    this.branch = branch
    const note = (schema: unknown, pointer: string) => {
      if (!isMapping(schema)) return
      this.pointers.set(schema, pointer)
      this.schemas.set(`#${pointer}`, schema)
      mapSchemas(schema, (inner, at) => note(inner, pointer + at))
    }
    note(whole, '')
    for (const [name, schema] of Object.entries(componentsOf(whole)))
      note(schema, `/components/schemas/${name}`)
  }

  /** The first of Ajv's errors, as many as a problem tells. */
  of(errors: ErrorObject[]): ErrorObject[] {
    const decisive: ErrorObject[] = []
    // From the end: a union says that it failed after all that its alternatives had to say.
    for (let index = errors.length - 1; index >= 0; index--) {
      const error = errors[index] as ErrorObject
      decisive.push(error)
      if (!isUnion(error)) continue
      const within = this.within(error.schema as unknown[])
      while (index > 0 && isAt(errors[index - 1], error) && within.has(errors[index - 1]?.parentSchema))
        index--
    }
    const first = decisive.reverse().slice(0, MAX_VIOLATIONS)
    return first.flatMap((error) => (isUnion(error) ? this.ofUnion(error) : [this.ofOne(error)]))
  }

  /** One error, which is told without looking at the value again. */
  ofOne(error: ErrorObject): ErrorObject {
    if (error.keyword !== 'discriminator') return error
    const { tag, tagValue } = error.params as { tag: string; tagValue: unknown }
    if (tagValue === undefined) return { ...error, keyword: 'required', params: { missingProperty: tag } }
    const branches = (error.parentSchema as Schema).oneOf as unknown[]
    const allowedValues = branches.flatMap((branch) => this.tags(branch).get(tag) ?? [])
    const instancePath = `${error.instancePath}/${pointerOf(tag)}`
    return { ...error, keyword: 'enum', instancePath, params: { allowedValues }, data: tagValue }
  }

  private ofUnion(error: ErrorObject): ErrorObject[] {
    const branches = error.schema as unknown[]
    const pointer = `${this.pointers.get(error.parentSchema)}/${error.keyword}`
    const outcomes: ErrorObject[][] = []
    for (const index of branches.keys()) {
      const outcome = this.branch(`${pointer}/${index}`, error.data)
      if (!outcome) return [error]
      outcomes.push(outcome)
    }
    const fitting = outcomes.filter((errors) => !errors.length).length
    if (fitting) return [{ ...error, message: `must fit only one of its alternatives, and fits ${fitting}` }]

    const names = branches.map((branch) => [...this.tags(branch).keys()])
    const tags = (names[0] ?? []).filter((name) => names.every((each) => each.includes(name)))
    const isTag = ({ instancePath }: ErrorObject) => tags.some((tag) => instancePath === `/${pointerOf(tag)}`)
    const isOfAnother = (each: ErrorObject) =>
      isTag(each) || (each.keyword === 'type' && each.instancePath === '')
    const candidates = outcomes.filter((errors) => !errors.some(isOfAnother))
    const close = candidates.filter((errors) => errors.every(({ instancePath }) => instancePath !== ''))
    const [meant, ...others] = close.length ? close : candidates
    if (meant && !others.length) return this.of(meant).map((each) => moved(each, error))

    // Where nothing was meant, the first member that tells alternatives apart should have.
    const tag = tags.find((each) => outcomes.every((errors) => errors.some(isOf(each))))
    const wrong = tag !== undefined && outcomes[0]?.find(isOf(tag))
    if (wrong) {
      const allowedValues = branches.flatMap((branch) => this.tags(branch).get(tag) ?? [])
      return [moved({ ...wrong, keyword: 'enum', params: { allowedValues } }, error)]
    }
    const alternatives = [...new Set(outcomes.map(inShort))]
    const more = alternatives.length > TOLD ? '; or …' : ''
    return [
      {
        ...error,
        message: `must fit one of its alternatives: ${alternatives.slice(0, TOLD).join('; or ')}${more}`,
      },
    ]
  }

  /** Every schema that the alternatives of a union come to. */
  private within(branches: unknown[]): Set<unknown> {
    const known = this.reached.get(branches)
    if (known) return known
    const found = new Set<unknown>()
    const visit = (each: unknown) => {
      if (!isMapping(each) || found.has(each)) return
      found.add(each)
      visit(this.schemas.get(String(each.$ref)))
      mapSchemas(each, visit)
    }
    for (const each of branches) visit(each)
    this.reached.set(branches, found)
    return found
  }

  /** The members whose values an alternative lists, with these values. */
  private tags(branch: unknown): Map<string, unknown[]> {
    if (!isMapping(branch)) return new Map()
    const inner = [
      this.schemas.get(String(branch.$ref)),
      ...(Array.isArray(branch.allOf) ? branch.allOf : []),
    ]
    const found = new Map(inner.flatMap((each) => [...this.tags(each)]))
    for (const [name, property] of Object.entries(isMapping(branch.properties) ? branch.properties : {})) {
      const values = valuesOf(property)
      if (values) found.set(name, values)
    }
    return found
  }
}

/** The values that a schema lists; undefined when it does not. */
export function valuesOf(schema: unknown): unknown[] | undefined {
  if (!isMapping(schema)) return undefined
  if (Array.isArray(schema.enum)) return schema.enum
  return schema.const === undefined ? undefined : [schema.const]
}

const isUnion = ({ keyword }: ErrorObject) => keyword === 'oneOf' || keyword === 'anyOf'

const isAt = (error: ErrorObject | undefined, { instancePath }: ErrorObject) =>
  error?.instancePath === instancePath || error?.instancePath.startsWith(`${instancePath}/`)

const isOf = (name: string) => (error: ErrorObject) => error.instancePath === `/${pointerOf(name)}`

/** What is wrong by an alternative: what is nearest to the value as a whole. */
function inShort(errors: ErrorObject[]): string {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split('/').length
  const own = errors.filter(({ keyword }) => !ECHOES.has(keyword))
  const [nearest] = toViolations(own.sort((one, other) => depth(one) - depth(other)).slice(0, 1))
  return nearest ? `${nearest.field} ${nearest.message}`.trim() : 'another value'
}

/** An error within a value as one of the whole that the value is in. */
const moved = (error: ErrorObject, { instancePath }: ErrorObject): ErrorObject => ({
  ...error,
  instancePath: instancePath + error.instancePath,
})

const pointerOf = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')
