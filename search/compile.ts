import { type Field, type Fields, fieldOf } from './fields.ts'
import { type Fragment, Parameters } from './fragment.ts'
import { convert, misfit, operand, STATUSES, textOperand } from './operands.ts'
import { SearchError } from './search-error.ts'
import type { Expression, Literal, Path } from './tree.ts'

type Of<Type extends Expression['type']> = Extract<Expression, { type: Type }>

/** Conditions whose time stands in a column of its own while they are False; both are always the same. */
const UNRECONCILED = new Set(['Reconciled', 'Ready'])
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Compiles a search to a predicate over the rows of a list.
 *
 * A field that is missing is null, and every comparison with it is null, which finds nothing; only `is null` is true of it.
 * `not` is true of all that its term is not true of, null included.
 * Throws a SearchError with the position of a field that does not exist or a value that does not fit.
 */
export function compileFilter(search: Expression, list: Fields): Fragment {
  const parameters = new Parameters()

  /** `unreconciled`: what this is joined to by `and` holds only for resources that are not reconciled. */
  const compile = (expression: Expression, unreconciled: boolean): string => {
    switch (expression.type) {
      case 'and': {
        const narrowed = unreconciled || expression.terms.some(isUnreconciled)
        return `(${expression.terms.map((term) => compile(term, narrowed)).join(' and ')})`
      }
      case 'or':
        return `(${expression.terms.map((term) => compile(term, unreconciled)).join(' or ')})`
      case 'not':
        return `((${compile(expression.term, unreconciled)}) is not true)`
      default:
        return predicate(expression, resolved(expression.field, unreconciled))
    }
  }

  const resolved = (path: Path, unreconciled: boolean): Field => {
    const field = fieldOf(path, list)
    const isKept =
      unreconciled &&
      field.type === 'member' &&
      field.member === 'last_updated_time' &&
      UNRECONCILED.has(field.condition)
    return isKept ? { type: 'time', sql: 'resource.unreconciled_since' } : field
  }

  const predicate = (expression: Exclude<Expression, Of<'and' | 'or' | 'not'>>, field: Field): string => {
    switch (expression.type) {
      case 'compare': {
        const { operator, value } = expression
        if (operator === '=') return isOneOf(field, [value], false)
        if (operator === '!=') return isOneOf(field, [value], true)
        const { sql, values } = operand(field, [value], parameters)
        return `${sql} ${operator} ${values[0]}`
      }
      case 'in':
        return isOneOf(field, expression.values, expression.negated)
      case 'between': {
        const { sql, values } = operand(field, [expression.low, expression.high], parameters)
        return `${sql} ${expression.negated ? 'not ' : ''}between ${values[0]} and ${values[1]}`
      }
      case 'like':
        return isLike(field, expression)
      case 'null':
        return isNull(field, expression.negated)
    }
  }

  /** `=` and `in`, and their contraries, by an index where there is one. */
  const isOneOf = (field: Field, literals: Literal[], negated: boolean): string => {
    if (field.type === 'status') {
      const statuses = literals.map((literal) => textOf(literal, 'status'))
      return hasStatus(
        field.condition,
        STATUSES.filter((status) => statuses.includes(status) !== negated),
      )
    }
    if (field.type === 'label' && !negated) {
      const pairs = literals.map((literal) => `${field.key}=${textOf(literal, 'text')}`)
      return `resource.label_pairs && ${parameters.add(pairs, 'text[]')}`
    }
    if ((field.type === 'id' || field.type === 'href') && !negated) {
      // What is no UUID is no id of ours; a path ends in one.
      const texts = literals.map((literal) => textOf(literal, 'text'))
      const ids = texts
        .map((text) => (field.type === 'id' ? text : text.slice(-36)))
        .filter((id) => UUID.test(id))
      if (field.type === 'id') return `${field.sql} = any (${parameters.add(ids, 'uuid[]')})`
      return `(resource.id = any (${parameters.add(ids, 'uuid[]')}) and ${field.sql} = any (${parameters.add(texts, 'text[]')}))`
    }
    const { sql, values } = operand(field, literals, parameters)
    if (values.length === 1) return `${sql} ${negated ? '<>' : '='} ${values[0]}`
    return `${sql} ${negated ? 'not in' : 'in'} (${values.join(', ')})`
  }

  const hasStatus = (condition: string, statuses: string[]): string => {
    if (UNRECONCILED.has(condition) && statuses.length === 1 && statuses[0] === 'False') {
      return 'resource.unreconciled_since is not null'
    }
    const states = statuses.map((status) => `${condition}=${status}`)
    return `resource.states && ${parameters.add(states, 'text[]')}`
  }

  const isLike = (field: Field, { pattern, negated, insensitive }: Of<'like'>): string => {
    const sql = textOperand(field, parameters)
    if (!sql)
      throw new SearchError('search', 'expected a field that is a text, before like', pattern.position)
    const value = textOf(pattern, 'text')
    if (/(?<!\\)(\\\\)*\\$/.test(value)) {
      throw new SearchError(
        'search',
        'a pattern must not end in a backslash that escapes nothing',
        pattern.position,
      )
    }
    return `${sql} ${negated ? 'not ' : ''}${insensitive ? 'ilike' : 'like'} ${parameters.add(value, 'text')}`
  }

  const isNull = (field: Field, negated: boolean): string => {
    if (field.type === 'status') {
      const known = hasStatus(field.condition, STATUSES)
      return negated ? known : `not (${known})`
    }
    const { sql } = operand(field, [], parameters)
    return `${sql} is ${negated ? 'not ' : ''}null`
  }

  const text = compile(search, false)
  return { text, values: parameters.values }
}

function textOf(literal: Literal, type: 'text' | 'status'): string {
  const value = convert(literal, type)
  if (value === undefined) throw misfit(literal, type)
  return value
}

/** Whether a search holds only for resources that are not reconciled. */
function isUnreconciled(expression: Expression): boolean {
  if (expression.type === 'and') return expression.terms.some(isUnreconciled)
  if (expression.type !== 'compare' || expression.operator !== '=' || expression.value.type !== 'string')
    return false
  const [status, conditions, condition = '', ...rest] = expression.field.steps
  return (
    status === 'status' &&
    conditions === 'conditions' &&
    UNRECONCILED.has(condition) &&
    rest.length === 0 &&
    expression.value.value === 'False'
  )
}
