import { type Field, type Fields, fieldOf } from './fields.ts'
import type { Parameters } from './fragment.ts'
import type { Expression } from './tree.ts'

export const STATUSES = ['True', 'False', 'Unknown']

/** Conditions with a column for their time while they are False; Ready is the older name of Reconciled. */
const KEPT = new Set(['Reconciled', 'Ready'])

/** That a condition has one of these statuses, by an index. False where there is no such condition, never null. */
export function hasStatus(condition: string, statuses: string[], parameters: Parameters): string {
  if (KEPT.has(condition) && statuses.length === 1 && statuses[0] === 'False') {
    return `resource.states @> array['Reconciled=False']` // as the index has it, which is over these only
  }
  const states = statuses.map((status) => `${condition}=${status}`)
  return `resource.states && ${parameters.add(states, 'text[]')}`
}

/** Whether a search holds only for resources that are not reconciled. */
export function isUnreconciled(search: Expression, list: Fields): boolean {
  if (search.type === 'and') return search.terms.some((term) => isUnreconciled(term, list))
  if (search.type !== 'compare' || search.operator !== '=') return false
  const field = fieldOf(search.field, list)
  return (
    field.type === 'status' &&
    KEPT.has(field.condition) &&
    search.value.type === 'string' &&
    search.value.value === 'False'
  )
}

/** The field itself, or, for unreconciled resources, the denormalized column, which has an index. */
export function keptField(field: Field): Field {
  const isKept = field.type === 'member' && field.member === 'last_updated_time' && KEPT.has(field.condition)
  return isKept ? { type: 'time', sql: 'resource.unreconciled_since' } : field
}
