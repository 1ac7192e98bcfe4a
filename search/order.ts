import { type Column, columnOf, type Fields } from './fields.ts'
import { type Fragment, Parameters } from './fragment.ts'
import { isUuid, timeOf } from './literals.ts'
import { SearchError } from './search-error.ts'

export interface OrderQuery {
  order?: string
  orderBy?: string
}

/** One key that a list is sorted by. */
export interface Key {
  name: string
  type: Column['type']
  sql: string
  direction: 'asc' | 'desc'
  nullable?: boolean | undefined
  /** Never changes. */
  fixed?: boolean | undefined
  indexed?: boolean | undefined
}

type Term = Pick<Key, 'name'> & Partial<Pick<Key, 'direction'>>

const TYPES: Record<Key['type'], string> = {
  text: 'text',
  id: 'uuid',
  href: 'uuid',
  integer: 'integer',
  time: 'timestamptz',
}

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
  const last = keyOf(list.tieBreaker, keys.at(-1)?.direction ?? 'asc', list, parameter)
  return sorting([...keys, last], list)
}

/** Only the keys that are left something to sort: each once, and none after a unique one. */
function sorting(keys: Key[], { tieBreaker }: Fields): Key[] {
  const distinct = keys.filter(({ name }, index) => keys.findIndex((key) => key.name === name) === index)
  return distinct.slice(0, distinct.findIndex(({ name }) => name === tieBreaker) + 1)
}

/** Keys as an `order by` list. */
export const orderBy = (keys: Key[]): string =>
  keys.map(({ sql, direction, nullable }) => `${sql} ${direction}${nullable ? ' nulls last' : ''}`).join(', ')

/** Keys as an array of texts, from which a walk can go on. Throws a SearchError when one of them may change. */
export function keysOf(keys: Key[], list: Fields): string {
  const moving = keys.find(({ fixed }) => !fixed)
  if (moving) {
    const fixed = Object.keys(list.columns).filter((name) => columnOf(list, name)?.fixed)
    throw new SearchError(
      'order',
      `${moving.name} may change, and a walk by cursor would lose its way; there are ${fixed.join(', ')}`,
    )
  }
  const texts = keys.map(({ sql, type }) => (type === 'time' ? `format_time(${sql})` : `${sql}::text`))
  return `array[${texts.join(', ')}]`
}

/** Whether these can be values of the keys. */
export const areValues = (values: unknown[], keys: Key[]): values is string[] =>
  values.length === keys.length &&
  keys.every(({ type }, index) => {
    const value = values[index]
    if (typeof value !== 'string') return false
    return type === 'time' ? timeOf(value) : type === 'id' ? isUuid(value) : !value.includes('\0')
  })

/** The seek predicate: the resources after one with these values of the keys. */
export function after(keys: Key[], values: string[]): Fragment {
  const parameters = new Parameters()
  const last = keys.map(({ type }, index) => parameters.add(values[index], TYPES[type]))
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

const directionOf = (text?: string) => text?.toLowerCase() as Key['direction'] | undefined

function keyOf(name: string, direction: Key['direction'], list: Fields, parameter: string): Key {
  const column = columnOf(list, name)
  if (column && !column.unsortable) {
    const { type, sql, sortedBy = sql, nullable, fixed, indexed } = column
    return { name, type, sql: sortedBy, direction, nullable, fixed, indexed }
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
