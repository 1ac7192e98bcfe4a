import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseDocument, type Scalar, visit } from 'yaml'
import type { Config } from '../../config/schema.ts'
import { isDeeperThan } from '../../lib/json-values.ts'
import { numberOf, WrittenNumber } from '../../lib/written-numbers.ts'
import type { Kinds } from '../../openapi/kinds.ts'
import type { Document } from '../../openapi/operations.ts'
import { StartError } from '../../process/start-error.ts'
import { compileRules } from '../spec-rules/spec-rules.ts'
import { bundle, isMapping, SchemaFault, type Source } from './bundle.ts'
import { compile } from './compile-schema.ts'
import type { Schema, SpecSchema, SpecSchemas } from './spec-schema.ts'

/** More than any document needs, and few enough to end. */
const MAX_ALIASES = 10_000

/**
 * The schemas that specs must fit: those of the provider's document where one is configured and has one for the
 * kind, else those of our own document. Throws a StartError that names the fault of the provider's.
 */
export function loadSpecSchemas(document: Document, { openapi_schema_path: file }: Config['server']) {
  const descriptors = document['x-kinds']
  const kinds = Object.keys(descriptors)
  const nameOf = (kind: string) => descriptors[kind]?.spec_schema_name ?? ownNameOf(kind)
  const own = document as unknown as Source
  const free: SpecSchemas = new Map(kinds.map((kind) => [kind, { schema: ownSchema(own, kind) }]))
  if (file === undefined) {
    const isOwn = (kind: string) => nameOf(kind) === ownNameOf(kind) && !free.get(kind)?.schema['x-any']
    return required(free, descriptors, isOwn)
  }
  try {
    const source = read(file)
    const named = kinds.filter((kind) => nameOf(kind) in source.components.schemas)
    if (!named.length) {
      throw new SchemaFault(`components.schemas has none of ${kinds.map(nameOf).join(', ')}`)
    }
    const provided = named.map((kind): [string, SpecSchema] => {
      const depth = Number(free.get(kind)?.schema['x-max-depth'])
      return [kind, compiled(source, nameOf(kind), depth)]
    })
    return required(new Map([...free, ...provided]), descriptors, (kind) => named.includes(kind))
  } catch (error) {
    if (error instanceof StartError) throw error
    const words = (error as Error).message.split('\n')[0]?.replace(/:$/, '')
    throw new StartError(
      `the provider's document ${file} cannot be used: ${words}; ` +
        'set HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH (server.openapi_schema_path) to another, or to none',
    )
  }
}

const ownNameOf = (kind: string) => `${kind}Spec`

/** The schemas, if there is one for each kind that must have one. */
function required(schemas: SpecSchemas, kinds: Kinds, isThere: (kind: string) => boolean): SpecSchemas {
  const lines = Object.entries(kinds)
    .filter(([kind, { require_spec_schema: isRequired }]) => isRequired && !isThere(kind))
    .map(
      ([kind, { spec_schema_name = ownNameOf(kind) }]) =>
        `entities: ${kind} must have a schema for its spec (require_spec_schema), and there is no ${spec_schema_name}: ` +
        'set HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH (server.openapi_schema_path) to a document with components.schemas.' +
        spec_schema_name,
    )
  if (lines.length) throw new StartError(lines.join('; '))
  return schemas
}

function ownSchema(document: Source, kind: string): Schema {
  try {
    return bundle(document, ownNameOf(kind))
  } catch (error) {
    throw new Error(`openapi.yaml has no schema for the spec of ${kind}: ${(error as Error).message}`)
  }
}

function compiled(source: Source, name: string, depth: number): SpecSchema {
  try {
    const schema = bundle(source, name)
    const check = compile(schema)
    const rules = compileRules(schema)
    // A value nested too deep is refused for that; validation would recurse as deep.
    return { schema, check: (spec) => (isDeeperThan(spec, depth) ? [] : check(spec)), rules }
  } catch (error) {
    throw new SchemaFault(`${name}: ${(error as Error).message}`)
  }
}

function read(file: string): Source {
  // `<<` is of YAML 1.1, and many documents use it.
  const document = parseDocument(readFileSync(file, 'utf8'), { logLevel: 'error', merge: true })
  for (const error of document.errors) throw error
  visit(document, { Scalar: (key, scalar) => (key === 'key' ? undefined : keepDigits(scalar)) })
  const parsed: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
  if (!isMapping(parsed)) throw new SchemaFault('it is not a mapping')
  const { openapi } = parsed
  if (typeof openapi !== 'string' || !/^3\.[01]\./.test(openapi)) {
    throw new SchemaFault(`it must be OpenAPI 3.0 or 3.1, and its \`openapi\` is ${JSON.stringify(openapi)}`)
  }
  const schemas = isMapping(parsed.components) ? parsed.components.schemas : undefined
  if (!isMapping(schemas)) throw new SchemaFault('it has no components.schemas')
  // As JSON: a part that contains itself fails here, and nothing is shared.
  return { openapi, components: { schemas: copied(schemas) } }
}

/** Lets a number that a double does not have be as it was written. */
function keepDigits(scalar: Scalar) {
  const { value, source = '' } = scalar
  if (typeof value === 'number' && JSON_NUMBER.test(source)) scalar.value = numberOf(source)
}

const JSON_NUMBER = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/

/** A copy of a value as JSON, without shared parts. */
function copied(value: unknown): Record<string, unknown> {
  const written: WrittenNumber[] = []
  const mark = (_key: string, each: unknown) =>
    each instanceof WrittenNumber ? { [MARK]: written.push(each) - 1 } : each
  const unmark = (_key: string, each: unknown) =>
    isMapping(each) && MARK in each ? written[Number(each[MARK])] : each
  return JSON.parse(asJson(value, mark), unmark)
}

/** A name that nothing in a document has. */
const MARK = randomUUID()

function asJson(value: unknown, replacer: (key: string, value: unknown) => unknown): string {
  try {
    return JSON.stringify(value, replacer)
  } catch {
    throw new SchemaFault('components.schemas has a part that contains itself, by an alias of YAML')
  }
}
