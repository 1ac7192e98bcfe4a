import { BY_SOURCE, compileFilter, compileGroup } from './compile.ts'
import { type Position, readCursor } from './cursor.ts'
import type { Fields } from './fields.ts'
import { type Fragment, shifted } from './fragment.ts'
import { isIndexed } from './indexed.ts'
import { after, type Key, keysOf, type OrderQuery, orderBy, parseOrder } from './order.ts'
import { parsePath, parseSearch } from './parser.ts'
import type { Expression, Literal } from './tree.ts'

/** The parameters of a list request. */
export interface ListQuery extends OrderQuery {
  search?: string
  /** Only resources that have a reference of this type to this target. */
  ref_type?: string
  ref_target_id?: string
  /** Only resources without a tenancy. */
  tenancy?: 'none'
  /** Only resources with one of these ids. */
  ids?: string[]
  /** Walks by cursor: empty to begin. */
  cursor?: string
}

/** The filter and the order of a list, in SQL. */
export interface Selection {
  filter?: Fragment
  /** The scope of the list, where it is not of one kind. */
  scope?: string
  /** The tenants of the list, where it is not of one. */
  tenant?: string
  /** Where the rows of the list come from, where that is not what the query has itself. */
  source?: string
  order: string
  /** No index narrows down the search, or gives the order where there is no search: every resource of a kind is read. */
  unindexed: boolean
  /** In a summary: the field to group by, as a text; null for resources without it. */
  group?: Fragment
  /** In a walk by cursor: the order's values of a resource, as an array of texts. */
  keys?: string
  /** In a walk that has begun: the seek predicate for the resources after the last one seen. */
  after?: Fragment
}

/** A selection that a walk by cursor goes through. */
export interface Walk extends Selection {
  /** The identity of the walk: a cursor of another one is refused. */
  bounds: unknown[]
  /** Where the walk stands; undefined at its beginning. */
  position?: Position
}

/** Compiles a request's search and order; throws a SearchError where they cannot be understood. */
export const select = (query: ListQuery, list: Fields): Selection =>
  selection(query, list, parseOrder(query, list))

/** Compiles one step of a walk by cursor. `scope` is the set of resources of the walk. */
export function selectWalk(query: ListQuery & { cursor: string }, list: Fields, scope: unknown[]): Walk {
  const keys = parseOrder(query, list)
  const walk: Walk = {
    ...selection(query, list, keys),
    keys: keysOf(keys, list),
    bounds: [
      ...scope,
      query.search,
      query.ref_type,
      query.ref_target_id,
      keys.map(({ name, direction }) => `${name} ${direction}`),
      ...(query.tenancy ? [query.tenancy] : []),
      ...(query.ids ? [[...query.ids].sort()] : []),
    ],
  }
  if (!query.cursor) return walk
  const position = readCursor(query.cursor, walk.bounds, keys)
  return { ...walk, position, after: after(keys, position.last) }
}

function selection(query: ListQuery, list: Fields, keys: Key[]): Selection {
  const order = orderBy(keys)
  const terms = termsOf(query)
  if (!terms.length) return { order, unindexed: !keys[0]?.indexed }
  const search: Expression = terms.length > 1 ? { type: 'and', terms } : (terms[0] as Expression)
  return { filter: compileFilter(search, list), order, unindexed: !isIndexed(search, list) }
}

/** Compiles the search of a summary, and the field that it is grouped by, if any; throws a SearchError where they cannot be understood. */
export function selectSummary(
  { search, group_by }: { search?: string; group_by?: string | undefined },
  list: Fields,
): Selection {
  const { filter, unindexed } = selection({ ...(search !== undefined && { search }) }, list, [])
  const group = group_by === undefined ? NO_GROUP : compileGroup(parsePath(group_by, 'group_by'), list)
  return { ...(filter && { filter }), group, order: '', unindexed }
}

const NO_GROUP: Fragment = { text: 'null::text', values: [] }

/** The searches of a request that must all hold: `ref_type` and `ref_target_id` are one, too, and so are `tenancy` and `ids`. */
function termsOf({ search, ref_type, ref_target_id: id, tenancy, ids }: ListQuery): Expression[] {
  const terms = search === undefined ? [] : [parseSearch(search)]
  if (ids) {
    const values = ids.map((value): Literal => ({ type: 'string', value, text: value, position: 0 }))
    terms.push({ type: 'in', field: { steps: ['id'], text: 'id', position: 0 }, negated: false, values })
  }
  if (tenancy)
    terms.push({ type: 'null', field: { steps: ['tenancy'], text: 'tenancy', position: 0 }, negated: false })
  if (ref_type === undefined || id === undefined) return terms
  const field = { steps: ['references', ref_type], text: `references.${ref_type}`, position: 0 }
  const value: Literal = { type: 'string', value: id, text: id, position: 0 }
  return [...terms, { type: 'compare', field, operator: '=', value }]
}

/** The resources that a list is of. */
interface ListScope {
  /** Null for those of all kinds. */
  kind: string | null
  /** The id of their parent; null in a flat list. */
  owner_id: string | null
  /** Empty for callers of all tenants. */
  tenant: string
}

/**
 * A selection with the scope of its list. A search of a tenant, and an order without an index by tenant, read all rows of the
 * tenant and none of another (tenant_resources); among the children of a parent, all of these and no others (owned_resources).
 */
export function scoped<Each extends Selection>(selection: Each, { kind, owner_id, tenant }: ListScope): Each {
  const isOfAllTenants = tenant === ''
  // There is an index by the time of creation of the rows of a tenant, for each kind, and of the children of a parent.
  const hasIndex = kind !== null && !selection.filter && selection.order.startsWith('resource.created_time ')
  const readsAll = kind === null || (!isOfAllTenants && !hasIndex && owner_id === null)
  const sourceOf = () => {
    if (isOfAllTenants || hasIndex) return { source: 'resources' }
    // list_children has owned_resources itself.
    return owner_id !== null && selection.filter ? { source: 'owned_resources($2::text)' } : {}
  }
  return {
    ...selection,
    unindexed: readsAll || (owner_id === null && selection.unindexed),
    ...(kind === null && { scope: 'true' }),
    ...(isOfAllTenants && ofAllTenants(selection)),
    ...sourceOf(),
  }
}

/** The parts of a selection that are different for callers of all tenants: PostgreSQL may find references by their target. */
export const ofAllTenants = ({ filter }: Selection): Pick<Selection, 'tenant' | 'filter'> => ({
  tenant: 'true',
  ...(filter && { filter: { ...filter, text: filter.text.replaceAll(BY_SOURCE, '') } }),
})

/** Whether nothing narrows a list down, so that the kept count is its total. */
export const isWhole = ({ filter }: Selection, owner_id: string | null): boolean =>
  filter === undefined && owner_id === null

/**
 * The query of a page. Lists without a search have queries that are planned once: that of a parent's children, and that of the
 * first page of a whole list and of each step of a walk through it.
 */
export function queryOf(selection: Selection, owner_id: string | null, isFirst: boolean) {
  if (isWhole(selection, owner_id)) return isFirst ? 'list_unfiltered_resources' : 'list_resources'
  return selection.filter ? 'list_resources' : 'list_children'
}

/** A list query with a selection put in between the marks `/* filter: *\/ … /* :filter *\/` and the like. */
export function selected(query: string, values: unknown[], selection: Selection): Fragment {
  return {
    text: selectedText(query, values.length, selection),
    values: [...values, ...selectedValues(selection)],
  }
}

/** The text of such a query, which has so many parameters of its own. */
export function selectedText(query: string, parameters: number, selection: Selection): string {
  const { filter, scope, tenant, source, order, keys, after, group } = selection
  const [filters = 0, afters = 0] = [filter?.values.length, after?.values.length]
  const parts: Record<string, string | undefined> = {
    order,
    keys,
    filter: filter && shifted(filter.text, parameters),
    scope,
    tenant,
    source,
    after: after && shifted(after.text, parameters + filters),
    group: group && shifted(group.text, parameters + filters + afters),
  }
  return query.replace(/\/\* (\w+): \*\/.*?\/\* :\1 \*\//gs, (own, mark: string) => parts[mark] ?? own)
}

/** The values of a selection, in the order of its parameters. */
export const selectedValues = ({ filter, after, group }: Selection): unknown[] => [
  ...(filter?.values ?? []),
  ...(after?.values ?? []),
  ...(group?.values ?? []),
]
