import { StartError } from '../process/start-error.ts'
import { addReferences } from './composed-references.ts'
import { ANY_KIND, type Kind, type Kinds } from './kinds.ts'
import { type Document, type Operation, operationsOf, type Parameter } from './operations.ts'

/** The paths and schemas of a kind (x-kind-template of openapi.yaml), with words to be filled in. */
export interface Template {
  base_path: string
  tag: object
  parameter: object
  /** By the part of the path after the plural of the kind. */
  paths: Record<string, Record<string, Operation & { 'x-flat-id'?: string; 'x-nested-id'?: string }>>
  schemas: Record<string, Schema>
  /** The additional parameter of a list of resources of any kind. */
  kind_parameter: Parameter
  /** The additional parameters of a list of a kind with references: their type, and their target. */
  reference_parameters: [type: Parameter, target: Parameter]
  /** An example of a resource of a root kind. */
  example: object
}

interface Schema {
  required?: string[]
  properties?: object
  /** The properties that a child has in addition to those of a root kind; required. */
  'x-child-properties'?: object
}

/**
 * The document with the paths and schemas of every kind that is an entry of the configuration alone: a kind needs no other
 * file. Throws a StartError when a name of such a kind is taken by the document.
 */
export function compose(own: Document, template: Template, kinds: Kinds): Document {
  const document: Document = {
    ...own,
    'x-kinds': kinds,
    tags: [...own.tags],
    paths: { ...own.paths },
    components: {
      ...own.components,
      parameters: { ...own.components.parameters },
      schemas: { ...own.components.schemas },
      examples: { ...own.components.examples },
    },
  }
  addKind(document, template, ANY_KIND.name, { ...ANY_KIND, base_path: template.base_path })
  openKind(document, template, Object.keys(kinds))
  for (const [name, kind] of Object.entries(kinds)) {
    if (!(name in own['x-kinds'])) addKind(document, template, name, kind)
    limitNames(document, name, kind)
  }
  fitExamples(document, kinds)
  addReferences(document, template, kinds)
  checkOperations(document)
  return document
}

/** Throws a StartError when a kind makes the operationId of another, as Item and Items do, or of the document itself. */
function checkOperations(document: Document) {
  const known = new Map<string, string | undefined>()
  for (const { operation } of operationsOf(document)) {
    const { operationId, 'x-kind': kind } = operation
    if (known.has(operationId)) {
      const both = [...new Set([known.get(operationId), kind])]
        .filter((each) => each !== undefined)
        .join(' and ')
      throw new StartError(
        `entities: the operation ${operationId} would be there twice, of ${both}: rename a kind or its plural`,
      )
    }
    known.set(operationId, kind)
  }
}

/**
 * A resource of any kind has one, which may be configured no more, and a parent where the kind has. A create is of a kind
 * that is configured, and a list may be of one.
 */
function openKind({ paths, components: { schemas = {} } }: Document, template: Template, kinds: string[]) {
  const kind = { type: 'string', description: 'The kind of the resource.' }
  const owner_references = { $ref: '#/components/schemas/ObjectReference' }
  const { name: any, plural } = ANY_KIND
  const opened = {
    [any]: { kind, owner_references },
    [`${any}List`]: { kind },
    [`${any}CreateRequest`]: { kind: { ...kind, enum: kinds } },
  }
  for (const [name, properties] of Object.entries(opened)) {
    const schema = schemas[name] as Schema
    schemas[name] = { ...schema, properties: { ...schema.properties, ...properties } }
  }
  const { kind_parameter: parameter } = template
  const schema = { ...parameter.schema, enum: kinds }
  paths[`${template.base_path}/${plural}`]?.get?.parameters?.push({ ...parameter, schema })
}

function addKind(document: Document, template: Template, name: string, kind: Kind) {
  const { tag, parameter, paths, schemas, example } = filled(template, name, kind)
  const { parameters = {}, schemas: taken = {}, examples = {} } = document.components
  for (const schema of Object.keys(schemas)) {
    if (schema in taken)
      throw new StartError(`entities: the kind ${name} cannot be: the document has a schema ${schema}`)
  }
  document.tags.push(tag)
  for (const [schema, each] of Object.entries(schemas)) taken[schema] = ofKind(each, kind)
  parameters[parameterOf(name)] = parameter
  const value = { ...example, ...exampleOfParent(document, kind) }
  examples[name] = { summary: `A resource of the kind ${name}.`, value }
  taken[name] = { ...taken[name], example: value }

  const flat = `${kind.base_path}/${kind.plural}`
  for (const [rest, operations] of Object.entries(paths)) {
    for (const [method, { 'x-flat-id': flatId, 'x-nested-id': nestedId, ...operation }] of Object.entries(
      operations,
    )) {
      if (!kind.parent_kind) {
        add(document, flat + rest, method, operation)
        continue
      }
      const parent = document['x-kinds'][kind.parent_kind]
      const id = parameterOf(kind.parent_kind)
      const nested = `${kind.base_path}/${parent?.plural}/{${id}}/${kind.plural}`
      const below = [{ $ref: `#/components/parameters/${id}` }, ...(operation.parameters ?? [])]
      const operationId = nestedId ?? operation.operationId
      // A path names a parent that may not be there.
      const responses = { ...operation.responses, 404: { $ref: '#/components/responses/NotFound' } }
      add(document, nested + rest, method, { ...operation, operationId, parameters: below, responses })
      if (flatId) add(document, flat + rest, method, { ...operation, operationId: flatId })
    }
  }
}

/** The reference to its parent that a child has. */
function exampleOfParent(document: Document, { parent_kind }: Kind) {
  const parent = parent_kind === undefined ? undefined : document['x-kinds'][parent_kind]
  if (!parent) return {}
  const id = '019cd6d4-8a00-7c3d-9d52-1f0e6b7a4c04'
  const href = `${parent.base_path}/${parent.plural}/${id}`
  return { owner_references: { kind: parent_kind, id, href } }
}

/** A schema of the template as a kind has it: a child has some properties more. */
function ofKind({ 'x-child-properties': more, ...schema }: Schema, kind: Kind): Schema {
  if (!more || !kind.parent_kind) return schema
  return {
    ...schema,
    required: [...(schema.required ?? []), ...Object.keys(more)],
    properties: { ...schema.properties, ...more },
  }
}

/** Adds a copy of an operation: readers of the document may change it in place. */
function add(document: Document, path: string, method: string, operation: Operation) {
  document.paths[path] = { ...document.paths[path], [method]: structuredClone(operation) }
}

const parameterOf = (kind: string) => `${kind.toLowerCase()}_id`

/** The template with the words of a kind. */
function filled(template: Template, name: string, { plural, parent_kind = '' }: Kind): Template {
  const severalName = pluralName(name, plural)
  const words: Record<string, string> = {
    Kind: name,
    kind: name.toLowerCase(),
    Kinds: severalName,
    // Of Dns and dns: the list has the same name already.
    One: severalName === name ? `One${name}` : name,
    plural,
    Parent: parent_kind,
    examplePlural: name === ANY_KIND.name ? 'clusters' : plural,
    exampleKind: name === ANY_KIND.name ? 'Cluster' : name,
    ofKind: name === ANY_KIND.name ? 'of any kind' : `of the kind ${name}`,
  }
  return JSON.parse(JSON.stringify(template).replace(/<(\w+)>/g, (tag, word: string) => words[word] ?? tag))
}

/** The plural of a kind as part of a name: WifConfigs of WifConfig and wifconfigs, Policies of Policy and policies. */
function pluralName(kind: string, plural: string): string {
  const text = plural.replaceAll('-', '')
  const stem = kind.toLowerCase()
  return text.startsWith(stem) ? kind + text.slice(stem.length) : text.charAt(0).toUpperCase() + text.slice(1)
}

/** Puts the limits of a kind's names into the schema of its creates. */
function limitNames({ components }: Document, name: string, { name_min_len, name_max_len }: Kind) {
  const schema = `${name}CreateRequest`
  const { schemas = {} } = components
  const create = schemas[schema] as { properties: { name: object } }
  const limits = {
    ...(name_min_len && { minLength: name_min_len }),
    ...(name_max_len && { maxLength: name_max_len }),
  }
  const properties = { ...create.properties, name: { ...create.properties.name, ...limits } }
  schemas[schema] = { ...create, properties }
}

/** Gives the names in examples the length that their kind allows: an example of a request is a valid request. */
function fitExamples(node: unknown, kinds: Kinds) {
  if (typeof node !== 'object' || node === null) return
  const { kind, name } = node as { kind?: unknown; name?: unknown }
  const limits = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (limits && typeof name === 'string') {
    const { name_min_len: least = 0, name_max_len: most = 0 } = limits
    // A name ends in a letter or a digit.
    const cut = name.slice(0, most || undefined).replace(/-$/, 'x')
    Object.assign(node, { name: cut.padEnd(least, 'x') })
  }
  for (const inner of Object.values(node)) fitExamples(inner, kinds)
}
