import { filled, type Template } from './kind-template.ts'
import { ANY_KIND, type Kind, type Kinds } from './kinds.ts'
import { type Document, isList, type Operation, operationsOf } from './operations.ts'

/** A kind that would give the document a name which it has already. */
export interface Clash {
  kind: string
  /** The member of its entry from which the name is made. */
  member: 'kind' | 'plural'
  /** The rule that it breaks, to follow the name of the member. */
  rule: string
}

/**
 * The names of schemas and operations that two kinds would give the document, as Item and Items do, or a kind and the document
 * itself; one clash for each kind. `own` is the document before kinds are added. Kinds without a plural, and those whose
 * plural another one has, are judged by their schemas alone.
 */
export function clashesOf(own: Document, template: Template, kinds: Kinds): Clash[] {
  const schemas = new Map(Object.keys(own.components.schemas ?? {}).map((name) => [name, '']))
  const operations = new Map(operationsOf(own).map(({ operation }) => [operation.operationId, '']))
  const any: [string, Kind] = [ANY_KIND.name, { ...ANY_KIND, base_path: template.base_path }]
  const added = Object.entries(kinds).filter(([name]) => !(name in own['x-kinds']))
  return [any, ...added].flatMap(([name, kind]): Clash[] => {
    const { paths, schemas: given } = filled(template, name, kind)
    const schema = Object.keys(given).find((each) => schemas.has(each))
    if (schema !== undefined)
      return [{ kind: name, member: 'kind', rule: ruleOf('schema', schema, schemas.get(schema)) }]
    const giver = name === ANY_KIND.name ? '' : name
    for (const each of Object.keys(given)) schemas.set(each, giver)
    const others = Object.entries(kinds).filter(([other]) => other !== name)
    if (!kind.plural || others.some(([, { plural }]) => plural === kind.plural)) return []
    const ids = operationIds(paths, kind.parent_kind !== undefined)
    const found = ids.find(({ id }) => operations.has(id))
    for (const { id } of ids) operations.set(id, operations.get(id) ?? giver)
    if (!found) return []
    const { id, member } = found
    return [{ kind: name, member, rule: ruleOf('operation', id, operations.get(id)) }]
  })
}

const ruleOf = (part: string, name: string, other = '') =>
  `must not give the document the ${part} ${name}, which ${other ? `${other} gives it` : 'it has already'}`

/** The operationIds of a kind, each with the member that it is made from: those of lists are in the plural. */
function operationIds(paths: Template['paths'], isChild: boolean) {
  return Object.values(paths)
    .flatMap((item): Operations => Object.values(item))
    .flatMap(({ operationId, 'x-operation': name, 'x-flat-id': flat, 'x-nested-id': nested }) => {
      const ids = isChild ? [nested ?? operationId, ...(flat ? [flat] : [])] : [operationId]
      return ids.map((id) => ({
        id,
        member: isList({ 'x-operation': name }) ? ('plural' as const) : ('kind' as const),
      }))
    })
}

type Operations = (Operation & { 'x-flat-id'?: string; 'x-nested-id'?: string })[]
