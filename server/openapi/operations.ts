import type { Kinds } from './kinds.ts'

export interface Operation {
  operationId: string
  /** Its handler, by noun, the same for every kind. */
  'x-operation': string
  /** The kind of the resources that it is about. */
  'x-kind'?: string
  /** The path that creates the kind, where this one does not: the operation refuses every request. */
  'x-created-at'?: string
  security?: object[]
  requestBody?: RequestBody | { $ref: string }
  responses: object
  parameters?: ({ $ref: string } | Parameter)[]
}

export interface RequestBody {
  content: Record<string, unknown>
  /** Whether the resource is looked up before the body is refused for its syntax or content. */
  'x-look-up-first'?: boolean
  /** Whether it is made of operations with bodies of their own. */
  'x-holds-operations'?: boolean
}

export interface Parameter {
  name: string
  in: string
  schema: { type?: string; default?: unknown }
  allowEmptyValue?: boolean
  'x-alias-of'?: string
  'x-list'?: boolean
  'x-excludes'?: string
  /** The parameters without which it means nothing. */
  'x-requires'?: string[]
}

/** The parts of openapi.yaml that the server itself reads. */
export interface Document {
  info: { version: string }
  security: object[]
  tags: object[]
  'x-kinds': Kinds
  'x-compatibility': object
  /** The verb of each operation that rules of authorization decide on, by its x-operation. */
  'x-verbs': Record<string, string>
  'x-unsupported-preconditions': Record<string, { message: string; unless?: string }>
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, object>>
}

/** The target of a `{$ref}` within the document; anything else is returned as it is. */
export function resolve<Thing extends object>(document: Document, thing: Thing | { $ref: string }): Thing {
  if (!('$ref' in thing)) return thing
  const [, ...path] = thing.$ref.split('/')
  return path.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], document) as Thing
}

/** Whether an operation lists resources, by its query or by its body. */
export const isList = ({ 'x-operation': name }: Pick<Operation, 'x-operation'>): boolean =>
  name === 'resources.list' || name === 'resources.search'

/** Every operation of the document, with its method (in capitals) and its path. */
export function operationsOf(document: Document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
}
