import type { Schema } from './spec-schema.ts'

/** A fault of a provider's schema; its message becomes part of the one line of a failed start. */
export class SchemaFault extends Error {}

/** The parts of an OpenAPI document that are used: its version and its schemas. */
export interface Source {
  openapi: string
  components: { schemas: Record<string, unknown> }
}

/** The keyword of rules in CEL (server/validation/spec-rules). */
export const RULES = 'x-kubernetes-validations'

/** How schemas of OpenAPI 3.0 and 3.1 are to be read. */
export const dialects = {
  '3.0': 'http://json-schema.org/draft-04/schema#',
  '3.1': 'https://json-schema.org/draft/2020-12/schema',
} as const

const words = (text: string) => new Set(text.split(/\s+/))

/** Keywords whose value is a schema, a list of schemas, a map of schemas. */
const ones = words(
  `additionalItems additionalProperties contains contentSchema else if items not propertyNames then
  unevaluatedItems unevaluatedProperties`,
)
const lists = words('allOf anyOf items oneOf prefixItems')
const maps = words('$defs definitions dependencies dependentSchemas patternProperties properties')

/** Those whose schemas speak of the same value as the schema that they are in. */
export const inPlace = words('allOf anyOf dependencies dependentSchemas else if not oneOf then')

/** The keywords of JSON Schema that OpenAPI 3.0 lacks: they would be ignored silently. */
const newer = words(
  `const contains dependentRequired dependentSchemas else if maxContains minContains prefixItems propertyNames then
  unevaluatedItems unevaluatedProperties`,
)

/** Keywords that say something to people and other tools, beside all that begin with x-. */
export const annotations = words(
  '$comment default deprecated description example examples externalDocs readOnly title writeOnly xml',
)

/** Keywords that would change the base of references; here all are relative to the document. */
const moving = words('$schema $id id $anchor $dynamicAnchor $vocabulary')

/** A copy of a schema in which `change` has been applied to each schema right within it. */
export function mapSchemas(schema: Schema, change: (inner: unknown, at: string, keyword: string) => unknown) {
  const members = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    if (Array.isArray(value)) {
      if (!lists.has(keyword)) return [keyword, value]
      return [keyword, value.map((inner, index) => change(inner, `/${escaped(keyword)}/${index}`, keyword))]
    }
    if (maps.has(keyword) && isMapping(value)) {
      const inner = Object.entries(value).map(([name, each]) => [
        name,
        // In older drafts a dependency is a list of names, too.
        Array.isArray(each) ? each : change(each, `/${escaped(keyword)}/${escaped(name)}`, keyword),
      ])
      return [keyword, Object.fromEntries(inner)]
    }
    return [keyword, ones.has(keyword) ? change(value, `/${escaped(keyword)}`, keyword) : value]
  })
  return Object.fromEntries(members) as Schema
}

/**
 * A schema of a document as one JSON schema that needs nothing else: beside its keywords it has
 * `components.schemas` with the schemas it refers to. Throws a SchemaFault when there is no usable schema.
 */
export function bundle(source: Source, name: string): Schema {
  const is30 = source.openapi.startsWith('3.0')
  const found = new Map<string, unknown>()
  const references = new Set<string>()
  const places = new Set<string>()

  const settle = (given: unknown, at: string): unknown => {
    places.add(at)
    if (typeof given === 'boolean') return given
    if (!isMapping(given)) throw new SchemaFault(`${at} is not a schema`)
    if ('$dynamicRef' in given) throw new SchemaFault(`${at} has a $dynamicRef; only $ref is understood`)
    const schema = '$ref' in given ? { ...given, $ref: refer(source, String(given.$ref), at) } : given
    if (schema.$ref) references.add(String(schema.$ref))
    // Beside a reference OpenAPI 3.0 has nothing.
    if (schema.$ref && is30 && RULES in schema)
      throw new SchemaFault(
        `${at} has ${RULES} beside a $ref, where OpenAPI 3.0 ignores it: put both into allOf`,
      )
    if (schema.$ref && is30) return { $ref: schema.$ref }
    const unknown = is30 && Object.keys(schema).find((keyword) => newer.has(keyword))
    if (unknown) throw new SchemaFault(`${at} has ${unknown}, which OpenAPI 3.0 does not know`)
    const kept = Object.entries(intOrString(schema)).filter(([keyword, value]) => {
      if (keyword === 'nullable') return is30 && intOrString(schema).type !== undefined
      // Schemas have no `id` in OpenAPI; a member of that name is a custom one.
      return !(moving.has(keyword) && typeof value === 'string')
    })
    return mapSchemas(Object.fromEntries(kept), (inner, below) => settle(inner, at + below))
  }

  const pointer = `#/components/schemas/${escaped(name)}`
  const root = settle(source.components.schemas[name], pointer)
  if (!isMapping(root)) throw new SchemaFault(`${pointer} is not a schema with keywords`)
  // References grow while they are followed.
  for (const reference of references) {
    const component = componentOf(reference)
    if (!found.has(component)) {
      found.set(
        component,
        settle(source.components.schemas[component], `#/components/schemas/${escaped(component)}`),
      )
    }
  }
  for (const reference of references) {
    // As a schema, it would be neither checked nor counted.
    if (!places.has(reference)) throw new SchemaFault(`${reference} is referred to, and is not a schema`)
  }
  const done = new Set<string>()
  for (const reference of [pointer, ...references]) refuseEndless(source, reference, done)
  refuseOtherTypes(source, pointer)
  return {
    $schema: is30 ? dialects['3.0'] : dialects['3.1'],
    ...root,
    ...(found.size && { components: { schemas: Object.fromEntries(found) } }),
  }
}

/** With the types that Kubernetes means by an integer or a text, where the schema leaves them to its marks. */
function intOrString(schema: Schema): Schema {
  const type = ['integer', 'string']
  if (schema.format === 'int-or-string' && schema.type === 'string') return { ...schema, type }
  const isMarked = schema['x-kubernetes-int-or-string'] === true
  const isSaid = [schema.type, schema.anyOf, schema.oneOf].some((each) => each !== undefined)
  return isMarked && !isSaid ? { ...schema, type } : schema
}

/** A reference as the one pointer to its target. Throws a SchemaFault when that is elsewhere, or missing. */
function refer(source: Source, reference: string, at: string): string {
  if (!/^#\/components\/schemas\/[^/]/.test(reference)) {
    throw new SchemaFault(
      `${at} refers to ${reference}; only #/components/schemas/… of the same document can be referred to`,
    )
  }
  const target = targetOf(source, reference)
  if (!isMapping(target) && typeof target !== 'boolean') {
    throw new SchemaFault(`${at} refers to ${reference}, which is not there`)
  }
  return `#/${partsOf(reference).map(escaped).join('/')}`
}

/** The target of a reference; undefined when there is none. */
export function targetOf(source: Pick<Source, 'components'>, reference: string): unknown {
  let target: unknown = source
  for (const part of partsOf(reference)) {
    target = isContainer(target) && Object.hasOwn(target, part) ? (target as Schema)[part] : undefined
  }
  return target
}

const componentOf = (reference: string) => partsOf(reference)[2] ?? ''

/** A schema that comes back to itself for the same value could never be decided. */
function refuseEndless(source: Source, reference: string, done: Set<string>, trail: string[] = []) {
  if (trail.includes(reference)) {
    throw new SchemaFault(`${reference} refers to itself for one and the same value`)
  }
  if (done.has(reference)) return
  done.add(reference)
  const visit = (schema: unknown) => {
    if (!isMapping(schema)) return
    if ('$ref' in schema) {
      refuseEndless(source, refer(source, String(schema.$ref), reference), done, [...trail, reference])
    }
    mapSchemas(schema, (inner, _at, keyword) => {
      if (inPlace.has(keyword)) visit(inner)
    })
  }
  visit(targetOf(source, reference))
}

/** A spec is an object: a schema of anything else would refuse every one of them. */
function refuseOtherTypes(source: Source, reference: string) {
  const schema = targetOf(source, reference)
  const { type, $ref } = (isMapping(schema) ? schema : {}) as Schema
  if (type !== undefined && ![type].flat().includes('object')) {
    throw new SchemaFault(`${reference} is of the type ${type}, and a spec is an object`)
  }
  if (typeof $ref === 'string') refuseOtherTypes(source, $ref)
}

/** The referenced schemas of a bundle. */
export const componentsOf = ({ components }: Schema): Record<string, unknown> =>
  (components as { schemas: Record<string, unknown> } | undefined)?.schemas ?? {}

export const isMapping = (value: unknown): value is Schema =>
  isContainer(value) && !Array.isArray(value) && !(value instanceof Number)
const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A name as a part of a JSON pointer in a URI fragment; the names in such a pointer. */
export const escaped = (name: string) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
const partsOf = (reference: string) =>
  reference
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
