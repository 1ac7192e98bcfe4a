import { addReferences } from './composed-references.ts'
import { filled, type Schema, type Template } from './kind-template.ts'
import { ANY_KIND, type Kind, type Kinds } from './kinds.ts'
import { type Document, isList, type Operation } from './operations.ts'

/**
 * The document with the paths and schemas of every kind that is an entry of the configuration alone: a kind needs no other
 * file. The names of such kinds must not clash (clashesOf).
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
  return document
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
  const { kind_parameter: one, tenancy_parameter: tenancy } = template
  const schema = { ...one.schema, enum: kinds }
  for (const item of [
    paths[`${template.base_path}/${plural}`],
    paths[`${template.base_path}/${plural}/search`],
  ])
    for (const operation of Object.values(item ?? {}))
      if (isList(operation)) operation.parameters?.push({ ...one, schema }, tenancy)
  for (const path of ['changes', 'summary']) {
    const operation = paths[`${template.base_path}/${path}`]?.get
    if (operation)
      operation.parameters = operation.parameters?.map((each) =>
        'name' in each && each.name === one.name ? { ...each, schema } : each,
      )
  }
}

function addKind(document: Document, template: Template, name: string, kind: Kind) {
  const { tag, parameter, paths, schemas, example } = filled(template, name, kind)
  const { parameters = {}, schemas: taken = {}, examples = {} } = document.components
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
