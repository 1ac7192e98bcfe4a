import { type Column, type Field, type Fields, fieldOf } from './fields.ts'
import type { Expression, Literal } from './tree.ts'

/**
 * Whether an index narrows down the rows that a search reads (test/sql/plans.test.ts). Of terms joined by `and` one with an
 * index is enough; of those joined by `or` each needs one.
 */
export function isIndexed(search: Expression, list: Fields): boolean {
  switch (search.type) {
    case 'and':
      return search.terms.some((term) => isIndexed(term, list))
    case 'or':
      return search.terms.every((term) => isIndexed(term, list))
    case 'not':
      return false
    case 'like': {
      const hasPrefix = /^[^%_]/.test(textOf(search.pattern))
      return (
        hasPrefix && !search.negated && !search.insensitive && isColumn(fieldOf(search.field, list), 'text')
      )
    }
    case 'null':
      return search.negated && fieldOf(search.field, list).type === 'status'
    default: {
      const field = fieldOf(search.field, list)
      const isNegated = search.type === 'compare' ? search.operator === '!=' : search.negated
      // The statuses that a condition may have are few: not to have one is to have one of the others.
      if (field.type === 'status') return true
      if (isNegated) return false
      const isOneOf = search.type === 'in' || (search.type === 'compare' && search.operator === '=')
      if (field.type === 'reference') return isOneOf
      if (field.type === 'label' || field.type === 'id' || field.type === 'href') return isOneOf
      return isColumn(field, field.type)
    }
  }
}

const isColumn = (field: Field | Column, type: Field['type']) =>
  field.type === type && 'indexed' in field && field.indexed === true

const textOf = (literal: Literal) => (literal.type === 'string' ? literal.value : '')
