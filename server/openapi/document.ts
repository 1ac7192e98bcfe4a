import { readFileSync } from 'node:fs'
import { parseDocument, stringify } from 'yaml'
import { compose, type Template } from './composed-document.ts'
import { describeKinds, type Entity, type Kinds } from './kinds.ts'

export interface Operation {
  operationId: string
  /** What it does, by noun: the handler that serves it, the same for every kind. */
  'x-operation': string
  /** The kind of the resources that it is about. */
  'x-kind'?: string
  security?: object[]
  requestBody?: RequestBody | { $ref: string }
  responses: object
  parameters?: ({ $ref: string } | Parameter)[]
}

export interface RequestBody {
  content: Record<string, unknown>
  /** Whether the resource is looked up before the body is refused for its syntax or content. */
  'x-look-up-first'?: boolean
}

export interface Parameter {
  name: string
  in: string
  schema: { type?: string; default?: unknown }
  allowEmptyValue?: boolean
  'x-alias-of'?: string
  'x-list'?: boolean
  'x-excludes'?: string
}

/** The parts of openapi.yaml that the server itself reads. */
export interface Document {
  info: { version: string }
  security: object[]
  tags: object[]
  'x-kinds': Kinds
  'x-compatibility': object
  'x-unsupported-preconditions': Record<string, { message: string; unless?: string }>
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, object>>
}

/**
 * Reads openapi.yaml, from which everything is derived, and adds the kinds that are entries of the configuration.
 *
 * `lists.default_size` is the size of a page of resources when the request names none, `entities` are the kinds: those of
 * the configuration. Throws a StartError when a name of a kind is taken by the document.
 */
export function loadDocument({ lists, entities = [] }: Configured = {}): Document {
  const yaml = parseDocument(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'))
  const place = ['components', 'parameters', 'size', 'schema', 'default']
  if (lists) yaml.setIn(place, lists.default_size)
  const { 'x-kind-template': template, ...own } = yaml.toJS() as Document & { 'x-kind-template': Template }
  return compose(own, template, describeKinds(own['x-kinds'], entities, template.base_path))
}

/** The settings that the document follows. */
interface Configured {
  lists?: { default_size: number }
  entities?: Entity[]
}

/** The document as clients see it: without tokens, where the server asks for none. */
export const published = (
  document: Document,
  { server }: { server: { jwt: { enabled: boolean } } },
): Document => (server.jwt.enabled ? document : { ...document, security: [] })

/** A document as YAML without anchors, which some generators of clients cannot follow. */
export const toYaml = (document: Document): string =>
  stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 })

/** What a `{$ref}` within the document points to; anything else is returned as it is. */
export function resolve<Thing extends object>(document: Document, thing: Thing | { $ref: string }): Thing {
  if (!('$ref' in thing)) return thing
  const [, ...path] = thing.$ref.split('/')
  return path.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], document) as Thing
}

/** Every operation of the document, with its method (in capitals) and its path. */
export function operationsOf(document: Document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
}
