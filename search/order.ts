import type { Fields } from './fields.ts'
import { SearchError } from './search-error.ts'

interface Term {
  name: string
  direction?: string
}

/**
 * Compiles both forms of ordering to an `order by` list that always ends in a unique column.
 *
 * `order` exactly asc or desc is the direction of `orderBy`; any other `order` is a list of fields with
 * directions. Throws a SearchError on anything else, and on both forms together.
 */
export function compileOrder({ order, orderBy }: { order?: string; orderBy?: string }, list: Fields): string {
  const direction = /^\s*(asc|desc)\s*$/i.exec(order ?? '')?.[1]?.toLowerCase()
  if (orderBy !== undefined && order !== undefined && !direction) {
    throw new SearchError('order', 'must be asc or desc when orderBy is given')
  }
  const older = orderBy !== undefined || direction !== undefined
  const terms = older
    ? parseTerms('orderBy', orderBy ?? list.defaultField)
    : parseTerms('order', order ?? list.defaultOrder)
  if (direction && terms.some((term) => term.direction && term.direction !== direction)) {
    throw new SearchError('order', 'must not differ from the direction in orderBy')
  }

  const columns = terms.map(({ name, direction: own }) => {
    const field = Object.hasOwn(list.fields, name) ? list.fields[name] : undefined
    if (!field?.sortable) {
      const sortable = Object.entries(list.fields).filter(([, { sortable }]) => sortable)
      throw new SearchError(
        older ? 'orderBy' : 'order',
        `${name} is not a field to sort by; there are ${sortable.map(([field]) => field).join(', ')}`,
      )
    }
    return { ...field, direction: own ?? direction ?? 'asc' }
  })
  const last = columns.at(-1)?.direction ?? 'asc'
  const tieBreaker = list.fields[list.tieBreaker]
  return [...columns, { ...tieBreaker, direction: last }]
    .map(({ sql, nullable, direction }) => `${sql} ${direction}${nullable ? ' nulls last' : ''}`)
    .join(', ')
}

function parseTerms(parameter: string, text: string): Term[] {
  return text.split(',').map((part) => {
    const [, name, direction] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? []
    if (!name) throw new SearchError(parameter, `must be fields with asc or desc, not "${part.trim()}"`)
    return { name, ...(direction && { direction: direction.toLowerCase() }) }
  })
}
