import { hasStatus, isUnreconciled, keptField, STATUSES } from './conditions.ts'
import { type Field, type Fields, fieldOf, type ValueField } from './fields.ts'
import type { Form } from './forms.ts'
import { type Fragment, Parameters } from './fragment.ts'
import { isUuid } from './literals.ts'
import { convert, operand, textOperand } from './operands.ts'
import { SearchError } from './search-error.ts'
import type { Expression, Literal, Path } from './tree.ts'

type Of<Type extends Expression['type']> = Extract<Expression, { type: Type }>
/** A comparison of one field. */
type Single = Exclude<Expression, Of<'and' | 'or' | 'not'>>

/**
 * Compiles a search to a predicate over the rows of a list.
 *
 * A field that is missing is null, and every comparison with it is null, which finds nothing; only `is null` is true of it.
 * `not` is true of all that its term is not true of, null included.
 * Throws a SearchError with the position of a field that does not exist or a value that does not fit.
 */
export function compileFilter(search: Expression, list: Fields): Fragment {
  const parameters = new Parameters()

  /** `unreconciled`: an expression joined to this by `and` holds only for resources that are not reconciled. */
  const compile = (expression: Expression, unreconciled: boolean): string => {
    switch (expression.type) {
      case 'and': {
        const narrowed = unreconciled || isUnreconciled(expression, list)
        return `(${expression.terms.map((term) => compile(term, narrowed)).join(' and ')})`
      }
      case 'or':
        return `(${expression.terms.map((term) => compile(term, unreconciled)).join(' or ')})`
      case 'not':
        return `((${compile(expression.term, unreconciled)}) is not true)`
      default: {
        const field = fieldOf(expression.field, list)
        return predicate(expression, unreconciled ? keptField(field) : field)
      }
    }
  }

  const predicate = (expression: Single, field: Field): string => {
    if (field.type === 'reference') return refers(expression, field.ref_type, parameters)
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
  const isOneOf = (field: ValueField, literals: Literal[], negated: boolean): string => {
    if (field.type === 'status') {
      const statuses = literals.map((literal) => convert(literal, 'status'))
      return hasStatus(
        field.condition,
        STATUSES.filter((status) => statuses.includes(status) !== negated),
        parameters,
      )
    }
    if (field.type === 'label' && !negated) {
      const pairs = literals.map((literal) => `${field.key}=${convert(literal, 'text')}`)
      return `resource.label_pairs && ${parameters.add(pairs, 'text[]')}`
    }
    if ((field.type === 'id' || field.type === 'href') && !negated) {
      // An id of ours is a UUID, and an href ends in one.
      const texts = literals.map((literal) => convert(literal, 'text'))
      const ids = texts.map((text) => (field.type === 'id' ? text : text.slice(-36))).filter(isUuid)
      if (field.type === 'id') return `${field.sql} = any (${parameters.add(ids, 'uuid[]')})`
      return `(resource.id = any (${parameters.add(ids, 'uuid[]')}) and ${field.sql} = any (${parameters.add(texts, 'text[]')}))`
    }
    const { sql, values } = operand(field, literals, parameters)
    if ('form' in field && field.form) mustFit(literals, field.form)
    if (values.length === 1) return `${sql} ${negated ? '<>' : '='} ${values[0]}`
    return `${sql} ${negated ? 'not in' : 'in'} (${values.join(', ')})`
  }

  const isLike = (field: ValueField, { pattern, negated, insensitive }: Of<'like'>): string => {
    const sql = textOperand(field, parameters)
    if (!sql)
      throw new SearchError('search', 'expected a field that is a text, before like', pattern.position)
    const value = convert(pattern, 'text')
    if (/(?<!\\)(\\\\)*\\$/.test(value)) {
      throw new SearchError(
        'search',
        'a pattern must not end in a backslash that escapes nothing',
        pattern.position,
      )
    }
    return `${sql} ${negated ? 'not ' : ''}${insensitive ? 'ilike' : 'like'} ${parameters.add(value, 'text')}`
  }

  const isNull = (field: ValueField, negated: boolean): string => {
    if (field.type === 'status') {
      const known = hasStatus(field.condition, STATUSES, parameters)
      return negated ? known : `not (${known})`
    }
    const { sql } = operand(field, [], parameters)
    return `${sql} is ${negated ? 'not ' : ''}null`
  }

  // Predicates that must all hold stay separate, so that the planner sees those with an index.
  const unreconciled = isUnreconciled(search, list)
  const predicates = conjuncts(search).map((term) => compile(term, unreconciled))
  const plain = predicates.filter((text) => !readsPacked(text))
  const packed = predicates.filter(readsPacked)
  const text = [...plain, ...(packed.length ? [unpacking(packed)] : [])].join(' and ')
  return { text, values: parameters.values }
}

/** How many characters of a value make a group: members of a spec may be as long as one likes. */
const GROUP_CHARACTERS = 256

/** Compiles a label or a member of a spec to the text by which resources are grouped. Throws a SearchError where it is neither. */
export function compileGroup(path: Path, list: Fields): Fragment {
  const parameters = new Parameters()
  const field = groupField(path, list)
  const text = field && textOperand(field, parameters)
  if (!text) throw new SearchError('group_by', 'must be condition, a label, or a member of the spec')
  // One expression for each resource: there is nothing to unpack once.
  const own = text.replaceAll('unpacked.', 'resource.')
  return { text: `left(${own}, ${GROUP_CHARACTERS})`, values: parameters.values }
}

function groupField(path: Path, list: Fields): ValueField | undefined {
  try {
    const field = fieldOf(path, list)
    return field.type === 'label' || field.type === 'spec' ? field : undefined
  } catch (error) {
    throw error instanceof SearchError ? new SearchError('group_by', error.message) : error
  }
}

/** Has PostgreSQL find references by their source: by their target, references of other tenants would be read. */
export const BY_SOURCE = 'offset 0 /* by source */'

/**
 * That a resource has references of a type, by an index. They are a set: equal to an id is one that has it, and not equal one
 * that has others only. Throws a SearchError at an operator that sets do not have.
 */
function refers(expression: Single, ref_type: string, parameters: Parameters): string {
  const type = parameters.add(ref_type, 'text')
  const targets = `select reference.target_id from resource_references as reference where reference.source_id = resource.id and reference.ref_type = ${type} ${BY_SOURCE}`
  const exists = (condition: string) => `exists (select from (${targets}) as reference where ${condition})`
  if (expression.type === 'null') return `${expression.negated ? '' : 'not '}${exists('true')}`
  const { literals, isNegated } = equals(expression)
  const ids = literals.map((literal) => convert(literal, 'text')).filter(isUuid)
  const found = exists(`reference.target_id = any (${parameters.add(ids, 'uuid[]')})`)
  return isNegated ? `(${exists('true')} and not ${found})` : found
}

/** The values of `=`, `!=` and `in`. Throws a SearchError at another operator. */
function equals(expression: Exclude<Single, Of<'null'>>): { literals: Literal[]; isNegated: boolean } {
  if (expression.type === 'in') return { literals: expression.values, isNegated: expression.negated }
  if (expression.type === 'compare' && /^!?=$/.test(expression.operator))
    return { literals: [expression.value], isNegated: expression.operator === '!=' }
  const { text, position } = expression.field
  throw new SearchError('search', `expected =, !=, in or is null after ${text.slice(0, 100)}`, position)
}

/** Throws a SearchError at a text that does not have the form. */
function mustFit(literals: Literal[], { pattern, what }: Form) {
  const other = literals.find((literal) => literal.type === 'string' && !pattern.test(literal.value))
  if (!other) return
  throw new SearchError('search', `expected ${what}, not ${other.text.slice(0, 40)}`, other.position)
}

/** The terms that must all hold: an `and` within an `and` is one with it. */
const conjuncts = (search: Expression): Expression[] =>
  search.type === 'and' ? search.terms.flatMap(conjuncts) : [search]

/** Whether a predicate reads a spec or conditions (operands.ts), which may be TOASTed; its text has no input of a caller. */
const readsPacked = (predicate: string) => predicate.includes('unpacked.')

/**
 * Predicates over a spec or conditions, which are fetched, and decompressed or parsed, once for all of them: a spec concatenated
 * with nothing is the one in memory, and `offset 0` keeps the expressions from being put back into each predicate.
 */
const unpacking = (predicates: string[]): string =>
  `(select ${predicates.join(' and ')}
    from (
      select resource.spec || '{}'::jsonb as spec, resource.conditions::jsonb as conditions
      offset 0
    ) as unpacked)`
