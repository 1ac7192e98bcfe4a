import { componentsOf, isMapping, targetOf } from '../spec-schemas/bundle.ts'
import { linearRegExp } from '../spec-schemas/patterns.ts'
import type { Schema } from '../spec-schemas/spec-schema.ts'
import type { Rule } from './rule.ts'

/**
 * A place of a spec: the schemas that hold for the values there, whatever they are. Those are the schema itself, the one
 * that it refers to, and those of `allOf`.
 */
export interface Place {
  rules: readonly Rule[]
  /** Whether there are rules here or further in. */
  hasRules: boolean
  /** The types that the schemas name. */
  types: ReadonlySet<unknown>
  /** The format, where the schemas name one. */
  format: string | undefined
  /** The members by which the items of a list are distinguished (x-kubernetes-list-map-keys); undefined for another list. */
  listKeys: readonly string[] | undefined
  /** Whether a list is one whose order does not count (x-kubernetes-list-type: set or map). */
  isUnordered: boolean
  /** The place of a member, or of an item; undefined where no schema says anything of it. */
  member(name: string): Place | undefined
  item(index: number): Place | undefined
}

/** The place of a whole spec, by its schema made by `bundle`, and the rules that its schemas have. */
export function placeOf(bundle: Schema, rulesOf: (schema: Schema) => readonly Rule[]): Place {
  const root = placesIn(bundle, rulesOf)([bundle]) as SchemaPlace
  markRules(root)
  return root
}

/** Whether the schemas that hold where a schema of a bundle does know the value that a path leads to. */
export function knowsPath(bundle: Schema, schema: Schema, path: readonly (string | number)[]): boolean {
  let place: Place | undefined = placesIn(bundle, () => [])([schema])
  for (const step of path) place = typeof step === 'number' ? place?.item(step) : place?.member(step)
  return place !== undefined
}

type FindPlace = (schemas: unknown[]) => SchemaPlace | undefined

/** Finds the place where some schemas hold; undefined where they say nothing. */
function placesIn(bundle: Schema, rulesOf: (schema: Schema) => readonly Rule[]): FindPlace {
  const components = { components: { schemas: componentsOf(bundle) } }
  const ids = new Map<Schema, number>()
  const places = new Map<string, SchemaPlace>()

  /** The schemas that hold in one place. */
  const inPlace = (schema: unknown, found = new Set<Schema>()): Set<Schema> => {
    if (!isMapping(schema) || found.has(schema)) return found
    found.add(schema)
    if (typeof schema.$ref === 'string') inPlace(targetOf(components, schema.$ref), found)
    if (Array.isArray(schema.allOf)) for (const each of schema.allOf) inPlace(each, found)
    return found
  }
  /** The place of some schemas, one for all that are equal: schemas may refer to themselves. */
  const place: FindPlace = (schemas) => {
    const all = new Set(schemas.flatMap((each) => [...inPlace(each)]))
    if (!all.size) return undefined
    for (const each of all) if (!ids.has(each)) ids.set(each, ids.size)
    const key = [...all].map((each) => ids.get(each)).join()
    const known = places.get(key)
    if (known) return known
    const made = new SchemaPlace([...all], rulesOf, place)
    places.set(key, made)
    return made
  }
  return place
}

class SchemaPlace implements Place {
  readonly rules: readonly Rule[]
  readonly types: ReadonlySet<unknown>
  readonly format: string | undefined
  readonly listKeys: readonly string[] | undefined
  readonly isUnordered: boolean
  hasRules = false
  private readonly schemas: readonly Schema[]
  private readonly place: FindPlace
  private readonly known = new Map<string, SchemaPlace | undefined>()

  constructor(schemas: readonly Schema[], rulesOf: (schema: Schema) => readonly Rule[], place: FindPlace) {
    this.schemas = schemas
    this.place = place
    this.rules = schemas.flatMap(rulesOf)
    this.types = new Set(schemas.flatMap(({ type }) => type ?? []))
    this.format = schemas.map(({ format }) => format).find((each) => typeof each === 'string')
    this.listKeys = schemas.map(listKeysOf).find((keys) => keys)
    this.isUnordered = !!this.listKeys || schemas.some((schema) => schema['x-kubernetes-list-type'] === 'set')
  }

  member(name: string): SchemaPlace | undefined {
    const declares = ({ properties }: Schema) => isMapping(properties) && Object.hasOwn(properties, name)
    const find = () => this.schemas.flatMap((schema) => schemasOfMember(schema, name))
    if (this.schemas.some(declares)) return this.kept(`.${name}`, find)
    // There is no end of other names: those of a pattern are looked up each time, and all the rest are alike.
    return this.schemas.some((schema) => isMapping(schema.patternProperties))
      ? this.place(find())
      : this.kept('*', find)
  }

  item(index: number): SchemaPlace | undefined {
    const first = Math.max(...this.schemas.map((schema) => firstItemsOf(schema).length))
    return this.kept(`${Math.min(index, first)}`, () =>
      this.schemas.map((schema) => firstItemsOf(schema)[index] ?? schema.items),
    )
  }

  /** The places right within this one. */
  within(): SchemaPlace[] {
    const names = this.schemas.flatMap(({ properties }) =>
      isMapping(properties) ? Object.keys(properties) : [],
    )
    const others = this.schemas.flatMap(({ patternProperties, additionalProperties }) => [
      ...(isMapping(patternProperties) ? Object.values(patternProperties) : []),
      additionalProperties,
    ])
    const first = Math.max(...this.schemas.map((schema) => firstItemsOf(schema).length))
    return [
      ...names.map((name) => this.member(name)),
      ...others.map((schema) => this.place([schema])),
      ...Array.from({ length: first + 1 }, (_, index) => this.item(index)),
    ].filter((each) => each !== undefined)
  }

  private kept(key: string, schemas: () => unknown[]): SchemaPlace | undefined {
    if (!this.known.has(key)) this.known.set(key, this.place(schemas()))
    return this.known.get(key)
  }
}

/** Marks the places that have rules, and those that they are in. */
function markRules(root: SchemaPlace): void {
  const outer = new Map<SchemaPlace, SchemaPlace[]>([[root, []]])
  // The map grows while it is read.
  for (const [place] of outer)
    for (const inner of place.within()) {
      const known = outer.get(inner)
      if (known) known.push(place)
      else outer.set(inner, [place])
    }
  const pending = [...outer.keys()].filter(({ rules }) => rules.length)
  for (let place = pending.pop(); place; place = pending.pop()) {
    if (place.hasRules) continue
    place.hasRules = true
    pending.push(...(outer.get(place) ?? []))
  }
}

function schemasOfMember(schema: Schema, name: string): unknown[] {
  const { properties, patternProperties, additionalProperties } = schema
  const found: unknown[] = []
  if (isMapping(properties) && Object.hasOwn(properties, name)) found.push(properties[name])
  if (isMapping(patternProperties))
    for (const [pattern, each] of Object.entries(patternProperties))
      if (patternOf(pattern).test(name)) found.push(each)
  return found.length ? found : [additionalProperties]
}

const patterns = new Map<string, ReturnType<typeof linearRegExp>>()

function patternOf(pattern: string) {
  const known = patterns.get(pattern) ?? linearRegExp(pattern)
  patterns.set(pattern, known)
  return known
}

/** The schemas of the first items, where each has one of its own. */
const firstItemsOf = ({ items, prefixItems }: Schema): unknown[] =>
  Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : []

/** The keys by which the items of a list correspond to those of another; undefined where they do not. */
export function listKeysOf(schema: Schema): string[] | undefined {
  const keys = schema['x-kubernetes-list-map-keys']
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(keys) || !keys.length) return undefined
  return keys.map(String)
}
