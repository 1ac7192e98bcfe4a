import type { Selection } from '../server/database.ts'
import type { Fields } from './fields.ts'
import { compileOrder } from './order.ts'
import { parseSearch } from './parser.ts'
import { SearchError } from './search-error.ts'

/** What a request asks of a list. */
export interface ListQuery {
  search?: string
  order?: string
  orderBy?: string
}

/** Compiles a request's search and order to SQL over numbered parameters; values are never text of a statement. */
export function compileSelection(query: ListQuery, list: Fields, scope?: string): Selection {
  const order = compileOrder(query, list)
  const comparisons = query.search === undefined ? [] : parseSearch(query.search)
  const predicates = comparisons.map(({ field, position }) => predicate(field, position, list))
  return {
    order,
    narrows: scope !== undefined || comparisons.length > 0,
    values: comparisons.map(({ field, value }, index) =>
      predicates[index]?.isLabel ? `${field.slice('labels.'.length)}=${value}` : value,
    ),
    filter: (firstParameter) =>
      [scope, ...predicates.map(({ sql }, index) => sql(firstParameter + index))]
        .filter(Boolean)
        .join(' and ') || 'true',
  }
}

function predicate(field: string, position: number, list: Fields) {
  const { labels } = list
  if (labels && field.startsWith('labels.') && field.length > 'labels.'.length) {
    return { isLabel: true, sql: (parameter: number) => `${labels} @> array[$${parameter}::text]` }
  }
  const known = Object.hasOwn(list.fields, field) ? list.fields[field] : undefined
  if (!known?.searchable) throw new SearchError('search', `${field} is not a field to search by`, position)
  return { isLabel: false, sql: (parameter: number) => `${known.sql} = $${parameter}::text` }
}
