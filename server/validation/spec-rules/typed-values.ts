import { EvaluationError } from '../../../cel/cel-errors.ts'
import type { Value } from '../../../cel/cel-values.ts'
import { durationFrom, timestampFrom } from '../../../cel/instants.ts'
import { UnorderedList } from '../../../cel/unordered-list.ts'
import { decimalOf, isWhole } from '../../lib/decimals.ts'
import { exactNumber } from '../../lib/written-numbers.ts'
import type { Place } from './places.ts'

/** How the values of a document are read. */
export interface Reading {
  /** Whether `format: duration` is one of Go (1h30m), as in OpenAPI 3.0; else it is a text. */
  hasDurations: boolean
}

/**
 * A JSON value in the types of CEL that its schemas give it: `type: integer` is an int, `type: number` a double. Where they
 * say neither, a whole number is an int, as Kubernetes reads it. An integer of more than 64 bits is a double. A text with a
 * format of times is a timestamp or a duration, and stays a text where it is none.
 */
export function typedValue(value: unknown, place: Place | undefined, reading: Reading): Value {
  const typed = (
    each: unknown,
    at: Place | undefined,
    container: object | undefined,
    key: string | number,
  ): Value => {
    if (typeof each === 'number') return numberOf(each, at, container, key)
    if (typeof each === 'string') return textOf(each, at, reading)
    if (Array.isArray(each)) {
      const items = each.map((item, index) => typed(item, at?.item(index), each, index))
      return at?.isUnordered ? UnorderedList.over(items, at.listKeys) : items
    }
    if (typeof each !== 'object' || each === null) return each as Value
    return Object.fromEntries(
      Object.entries(each).map(([name, member]) => [name, typed(member, at?.member(name), each, name)]),
    )
  }
  return typed(value, place, undefined, '')
}

function numberOf(
  value: number,
  place: Place | undefined,
  container: object | undefined,
  key: string | number,
): Value {
  const isDouble = place?.types.has('number') && !place.types.has('integer')
  if (isDouble) return value
  const exact = exactNumber(value, container, key)
  if (exact === value && Number.isSafeInteger(value)) return BigInt(value)
  const decimal = decimalOf(String(exact))
  const { isNegative, digits, exponent } = decimal
  if (!isWhole(decimal) || digits.length + exponent > MAX_DIGITS) return value
  const integer = BigInt(`${isNegative ? '-' : ''}${digits || '0'}${'0'.repeat(exponent)}`)
  return BigInt.asIntN(64, integer) === integer ? integer : value
}

/** An integer of 64 bits has no more. */
const MAX_DIGITS = 19

function textOf(text: string, place: Place | undefined, { hasDurations }: Reading): Value {
  try {
    if (place?.format === 'date-time') return timestampFrom(text)
    if (place?.format === 'date') return timestampFrom(`${text}T00:00:00Z`)
    if (place?.format === 'duration' && hasDurations) return durationFrom(text)
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error
  }
  return place?.format === 'byte' ? Buffer.from(text, 'base64') : text
}
