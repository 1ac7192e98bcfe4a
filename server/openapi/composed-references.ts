import { ANY_KIND, type Kinds, type Reference } from './kinds.ts'
import { type Document, isList, operationsOf, type Parameter } from './operations.ts'

/** The parameters of a list whose kind has references: their type, and their target. */
type ReferenceParameters = [type: Parameter, target: Parameter]

/**
 * Adds the references of kinds to the document: parameters of lists, descriptions of requests, and examples that are valid. The
 * rules themselves are no part of the schemas: the database checks them, and tells all that are broken.
 */
export function addReferences(
  document: Document,
  { reference_parameters }: { reference_parameters: ReferenceParameters },
  kinds: Kinds,
): void {
  const all = Object.values(kinds).flatMap(({ references = [] }) => references)
  addParameters(document, reference_parameters, ANY_KIND.name, all)
  for (const [name, { references = [] }] of Object.entries(kinds)) {
    addParameters(document, reference_parameters, name, references)
    describeRequests(document, name, references)
    completeExamples(document, name, references)
  }
}

/** Lets the lists of a kind be narrowed to the resources that refer to a target; those of any kind need the parameter of the kind then. */
function addParameters(
  document: Document,
  [type, target]: ReferenceParameters,
  kind: string,
  references: Reference[],
) {
  if (!references.length) return
  const types = [...new Set(references.map(({ ref_type }) => ref_type))]
  const required = [...(type['x-requires'] ?? []), ...(kind === ANY_KIND.name ? ['kind'] : [])]
  const parameters = [{ ...type, schema: { ...type.schema, enum: types }, 'x-requires': required }, target]
  for (const { operation } of operationsOf(document)) {
    if (!isList(operation) || operation['x-kind'] !== kind) continue
    operation.parameters = [...(operation.parameters ?? []), ...parameters]
  }
}

function describeRequests({ components: { schemas = {} } }: Document, kind: string, references: Reference[]) {
  const types = references.map(
    ({ ref_type, target_kind, min, max }) =>
      `\`${ref_type}\` (${numberOf(min, max)} of the kind ${target_kind})`,
  )
  const said = types.length ? `The kind has ${types.join(', ')}.` : 'The kind has none.'
  for (const name of [`${kind}CreateRequest`, `${kind}PatchRequest`]) {
    const schema = schemas[name] as { properties: { references: { description: string } } }
    const { references: own } = schema.properties
    const description = `${own.description} ${said}`
    schemas[name] = { ...schema, properties: { ...schema.properties, references: { ...own, description } } }
  }
}

function numberOf(min: number, max: number): string {
  if (!max) return min ? `at least ${min}` : 'any number'
  return min === max ? `${min}` : min ? `${min} to ${max}` : `up to ${max}`
}

/** Gives examples of creates the references that the kind requires. */
function completeExamples(node: unknown, kind: string, references: Reference[]) {
  const required = references.filter(({ min }) => min > 0)
  if (!required.length || typeof node !== 'object' || node === null) return
  const example = node as { kind?: unknown; id?: unknown; spec?: unknown }
  const isCreate = example.kind === kind && 'name' in node && 'spec' in node && !('id' in node)
  if (isCreate) {
    const given = required.map(({ ref_type, target_kind, min }) => [
      ref_type,
      Array.from({ length: min }, (_, n) => ({ id: numbered(n), kind: target_kind })),
    ])
    Object.assign(node, { references: Object.fromEntries(given) })
  }
  for (const child of Object.values(node)) completeExamples(child, kind, references)
}

const numbered = (n: number) => `019ad2a4-1f6e-7b0a-a3c5-${String(n + 1).padStart(12, '0')}`
