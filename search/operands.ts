import { STATUSES } from './conditions.ts'
import { conditionMembers, type ValueField } from './fields.ts'
import type { Parameters } from './fragment.ts'
import { timeOf } from './literals.ts'
import { SearchError } from './search-error.ts'
import type { Literal } from './tree.ts'

/** The comparison of a field: its type and the values. */
export interface Operand {
  sql: string
  /** The SQL of each value that it is compared with. */
  values: string[]
}

type Comparable = 'text' | 'integer' | 'time' | 'number' | 'boolean' | 'status'

const EXPECTED: Record<Comparable, string> = {
  text: 'a text in quotes',
  integer: 'a number',
  number: 'a number',
  boolean: 'true or false',
  time: "a time such as 2026-01-31, '2026-01-31T12:00:00Z' or now() - 10s (in a URL, %2B stands for +)",
  status: "'True', 'False' or 'Unknown', in quotes",
}

/** A field and the values that it is compared with, brought to one type. Throws a SearchError where they do not fit. */
export function operand(field: ValueField, literals: Literal[], parameters: Parameters): Operand {
  const type = comparableOf(field, literals)
  const values = literals.map((literal) => {
    const value = convert(literal, type)
    if (literal.type === 'now') return `(now() - ${parameters.add(value, 'interval')})`
    return parameters.add(value, TYPES[type])
  })
  return { sql: expression(field, type, parameters), values }
}

/** The text of a field, for patterns. Undefined for fields that are no texts. */
export function textOperand(field: ValueField, parameters: Parameters): string | undefined {
  const type = field.type === 'spec' ? 'text' : comparableOf(field, [])
  return type === 'text' || type === 'status' ? expression(field, 'text', parameters) : undefined
}

const TYPES: Record<Comparable, string> = {
  text: 'text',
  status: 'text',
  integer: 'numeric',
  number: 'numeric',
  boolean: 'boolean',
  time: 'timestamptz',
}

/** The type by which a field is compared: a member of a spec has the type of the values. */
function comparableOf(field: ValueField, literals: Literal[]): Comparable {
  switch (field.type) {
    case 'integer':
    case 'time':
    case 'status':
      return field.type
    case 'member':
      return conditionMembers[field.member]
    case 'spec': {
      const [first] = literals
      return first?.type === 'number' || first?.type === 'boolean' ? first.type : 'text'
    }
    default:
      return 'text'
  }
}

/** A value as PostgreSQL reads it. Throws a SearchError when it is not of the type. */
export function convert(literal: Literal, type: Comparable): string {
  const value = converted(literal, type)
  if (value !== undefined) return value
  const { text, position } = literal
  throw new SearchError('search', `expected ${EXPECTED[type]}, not ${text.slice(0, 40)}`, position)
}

function converted(literal: Literal, type: Comparable): string | undefined {
  if (literal.type === 'now') return type === 'time' ? `${literal.ago} s` : undefined
  const value = String(literal.value)
  switch (type) {
    case 'text':
      return literal.type === 'string' ? value : undefined
    case 'status':
      return literal.type === 'string' && STATUSES.includes(value) ? value : undefined
    case 'integer':
      // Clients of the first generation put numbers in quotes, too.
      return literal.type === 'number' || (literal.type === 'string' && /^-?\d{1,10}$/.test(value))
        ? value
        : undefined
    case 'time':
      return literal.type === 'time' ? value : literal.type === 'string' ? timeOf(value)?.value : undefined
    default:
      return literal.type === type ? value : undefined
  }
}

/**
 * A field as SQL of the type that it is compared as. Texts are compared by their bytes. A spec and conditions are those of
 * `unpacked` (compile.ts).
 */
function expression(field: ValueField, type: Comparable, parameters: Parameters): string {
  switch (field.type) {
    case 'id':
      return `(${field.sql}::text collate "C")`
    case 'href':
      return `(${field.sql} collate "C")`
    case 'label':
      return `((resource.labels ->> ${parameters.add(field.key, 'text')}) collate "C")`
    case 'spec': {
      const value = `jsonb_path_query_first(unpacked.spec, ${parameters.add(jsonPath(field.members, type), 'jsonpath')}, '{}', true) #>> '{}'`
      return type === 'text' ? `((${value}) collate "C")` : `((${value})::${TYPES[type]})`
    }
    case 'status':
      return `(condition_member(unpacked.conditions, ${parameters.add(field.condition, 'text')}, 'status') collate "C")`
    case 'member': {
      const value = `condition_member(unpacked.conditions, ${parameters.add(field.condition, 'text')}, '${field.member}')`
      return type === 'text' ? `(${value} collate "C")` : `${value}::${TYPES[type]}`
    }
    default:
      return field.sql
  }
}

/** Strict: members of objects only, so that arrays are not searched. A member of another type counts as missing. */
function jsonPath(members: string[], type: Comparable): string {
  const path = `strict $${members.map((member) => `.${JSON.stringify(member)}`).join('')}`
  return type === 'text' ? path : `${path} ? (@.type() == "${type}")`
}
