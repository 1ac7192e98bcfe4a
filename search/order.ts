import { columnOf, type Fields } from './fields.ts'
import { type Fragment, Parameters } from './fragment.ts'
import { SearchError } from './search-error.ts'

export interface OrderQuery {
  order?: string
  orderBy?: string
}

/** One key that a list is sorted by. */
interface Key {
  name: string
  sql: string
  direction: 'asc' | 'desc'
  nullable?: boolean | undefined
  /** Never changes. */
  fixed?: boolean | undefined
}

type Term = Pick<Key, 'name'> & Partial<Pick<Key, 'direction'>>

/**
 * Understands both forms of ordering, as keys of which the last is unique.
 *
 * `order` exactly asc or desc is the direction of `orderBy`; any other `order` is a list of fields with
 * directions. Throws a SearchError on anything else, and on both forms together.
 */
export function parseOrder({ order, orderBy }: OrderQuery, list: Fields): Key[] {
  const direction = directionOf(/^\s*(asc|desc)\s*$/i.exec(order ?? '')?.[1])
  if (orderBy !== undefined && order !== undefined && !direction) {
    throw new SearchError('order', 'must be asc or desc when orderBy is given')
  }
  const older = orderBy !== undefined || direction !== undefined
  const parameter = older ? 'orderBy' : 'order'
  const terms = older
    ? parseTerms('orderBy', orderBy ?? list.defaultField)
    : parseTerms('order', order ?? list.defaultOrder)
  if (direction && terms.some((term) => term.direction && term.direction !== direction)) {
    throw new SearchError('order', 'must not differ from the direction in orderBy')
  }

  const keys = terms.map(({ name, direction: own }) =>
    keyOf(name, own ?? direction ?? 'asc', list, parameter),
  )
  const unique = keys.findIndex(({ name }) => name === list.tieBreaker)
  // Nothing is left to sort after a unique key.
  if (unique >= 0) return keys.slice(0, unique + 1)
  return [...keys, keyOf(list.tieBreaker, keys.at(-1)?.direction ?? 'asc', list, parameter)]
}

/** Keys as an `order by` list. */
export const orderBy = (keys: Key[]): string =>
  keys.map(({ sql, direction, nullable }) => `${sql} ${direction}${nullable ? ' nulls last' : ''}`).join(', ')

/** Keys as an array of texts, from which a walk can go on. Throws a SearchError when one of them may change. */
export function keysOf(keys: Key[]): string {
  const moving = keys.find(({ fixed }) => !fixed)
  if (moving) {
    throw new SearchError(
      'order',
      `${moving.name} may change, and a walk by cursor would lose its way; there are id, created_time, name, kind, created_by`,
    )
  }
  return `array[${keys.map(({ sql, name }) => (isTime(name) ? `format_time(${sql})` : `${sql}::text`)).join(', ')}]`
}

/** What comes after a resource with these values of the keys. */
export function after(keys: Key[], values: string[]): Fragment {
  const parameters = new Parameters()
  const last = keys.map(({ name }, index) => parameters.add(values[index], typeOf(name)))
  const further = ({ direction }: Key) => (direction === 'asc' ? '>' : '<')
  const [first] = keys as [Key]
  // In one direction, it is one comparison of rows, which an index answers at any depth.
  if (keys.every(({ direction }) => direction === first.direction)) {
    return {
      text: `(${keys.map(({ sql }) => sql).join(', ')}) ${further(first)} (${last.join(', ')})`,
      values: parameters.values,
    }
  }
  const beyond = keys.reduceRight((rest, key, index) => {
    const passes = `${key.sql} ${further(key)} ${last[index]}`
    return rest ? `(${passes} or (${key.sql} = ${last[index]} and ${rest}))` : passes
  }, '')
  return { text: `(${first.sql} ${further(first)}= ${last[0]} and ${beyond})`, values: parameters.values }
}

const isTime = (name: string) => name.endsWith('_time')
const typeOf = (name: string) => (isTime(name) ? 'timestamptz' : name === 'id' ? 'uuid' : 'text')
const directionOf = (text?: string) => text?.toLowerCase() as Key['direction'] | undefined

function keyOf(name: string, direction: Key['direction'], list: Fields, parameter: string): Key {
  const column = columnOf(list, name)
  if (column && !column.unsortable) {
    const { sql, sortedBy = sql, nullable, fixed } = column
    return { name, sql: sortedBy, direction, nullable, fixed }
  }
  const sortable = Object.keys(list.columns).filter((each) => !columnOf(list, each)?.unsortable)
  throw new SearchError(parameter, `${name} is not a field to sort by; there are ${sortable.join(', ')}`)
}

function parseTerms(parameter: string, text: string): Term[] {
  return text.split(',').map((part) => {
    const [, name, direction] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? []
    if (!name) throw new SearchError(parameter, `must be fields with asc or desc, not "${part.trim()}"`)
    const known = directionOf(direction)
    return { name, ...(known && { direction: known }) }
  })
}
