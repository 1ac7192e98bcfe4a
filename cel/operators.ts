import { EvaluationError } from './cel-errors.ts'
import {
  Duration,
  isKey,
  isList,
  isMap,
  keysOf,
  Optional,
  sizeOf,
  Timestamp,
  TypeName,
  typeOf,
  Uint,
  type Value,
  valueAt,
} from './cel-values.ts'
import type { Evaluation } from './evaluation.ts'
import { durationOf, timestampAt } from './instants.ts'
import type { Operator } from './syntax/expression-parser.ts'
import { UnorderedList } from './unordered-list.ts'

/** The error of an operation that its operands do not have. */
export const noOverload = (operation: string, ...operands: Value[]): EvaluationError =>
  new EvaluationError(`no such overload: ${operation}(${operands.map(typeOf).join(', ')})`)

/** An int of 64 bits; throws an EvaluationError for another integer. */
export function intOf(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new EvaluationError('integer overflow')
  return value
}

/** An unsigned integer of 64 bits; throws an EvaluationError for another integer. */
export function uintOf(value: bigint): Uint {
  if (BigInt.asUintN(64, value) !== value) throw new EvaluationError('unsigned integer overflow')
  return new Uint(value)
}

const isNumber = (value: Value): value is number | bigint | Uint =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint

/** The order of two numbers of any types: an integer is compared with a double as a double. NaN when there is none. */
function compareNumbers(one: number | bigint | Uint, other: number | bigint | Uint): number {
  const left = one instanceof Uint ? one.value : one
  const right = other instanceof Uint ? other.value : other
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0
  const difference = [Number(left), Number(right)] as const
  return difference[0] < difference[1]
    ? -1
    : difference[0] > difference[1]
      ? 1
      : difference[0] === difference[1]
        ? 0
        : Number.NaN
}

/** Whether two values are equal: numbers by their value, values of other types never. Costs in proportion to both. */
export function isEqual(one: Value, other: Value, evaluation: Evaluation): boolean {
  if (typeof one === 'string') {
    // Long texts are compared in no time only where they differ in length.
    if (typeof other === 'string' && one.length === other.length) evaluation.charge(one.length / 1000)
    return one === other
  }
  if (typeof one === 'boolean' || one === null) return one === other
  if (isNumber(one)) return isNumber(other) && compareNumbers(one, other) === 0
  if (other === null || typeof other !== 'object') return false
  evaluation.charge(0.1)
  if (one instanceof UnorderedList && isList(other)) return isEqualUnordered(one, other, evaluation)
  if (other instanceof UnorderedList && isList(one)) return isEqualUnordered(other, one, evaluation)
  if (isList(one)) {
    if (!isList(other) || one.length !== other.length) return false
    return one.every((each, index) => {
      evaluation.charge(0.5)
      return isEqual(each, other[index] as Value, evaluation)
    })
  }
  if (one instanceof Timestamp) return other instanceof Timestamp && one.nanoseconds === other.nanoseconds
  if (one instanceof Duration) return other instanceof Duration && one.nanoseconds === other.nanoseconds
  if (one instanceof TypeName) return other instanceof TypeName && one.name === other.name
  if (one instanceof Uint8Array) return other instanceof Uint8Array && Buffer.compare(one, other) === 0
  if (one instanceof Optional) {
    if (!(other instanceof Optional) || one.value === undefined || other.value === undefined)
      return other instanceof Optional && one.value === other.value
    return isEqual(one.value, other.value, evaluation)
  }
  if (!isMap(one) || !isMap(other)) return false
  const size = sizeOf(one)
  evaluation.charge(size / 20)
  if (size !== sizeOf(other)) return false
  evaluation.charge(size)
  return keysOf(one).every((key) => {
    const value = valueAt(other, key)
    return value !== undefined && isEqual(valueAt(one, key) as Value, value, evaluation)
  })
}

function isEqualUnordered(one: UnorderedList, other: readonly Value[], evaluation: Evaluation): boolean {
  if (one.length !== other.length) return false
  const [items, others] = [one.byIdentity(one, evaluation), one.byIdentity(other, evaluation)]
  return (
    items.size === others.size &&
    [...items].every(([identity, item]) => {
      const found = others.get(identity)
      return found !== undefined && isEqual(item, found, evaluation)
    })
  )
}

/** The order of two texts by their code points. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0
  const end = Math.min(one.length, other.length)
  let at = 0
  while (at < end && one.charCodeAt(at) === other.charCodeAt(at)) at++
  if (at === end) return one.length - other.length
  // Surrogates stand for the code points beyond all others.
  const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)
  return rank(one.charCodeAt(at)) - rank(other.charCodeAt(at))
}

function compare(operator: string, one: Value, other: Value): number {
  if (isNumber(one) && isNumber(other)) return compareNumbers(one, other)
  if (typeof one === 'string' && typeof other === 'string') return compareTexts(one, other)
  if (typeof one === 'boolean' && typeof other === 'boolean') return Number(one) - Number(other)
  if (one instanceof Timestamp && other instanceof Timestamp)
    return compareNumbers(one.nanoseconds, other.nanoseconds)
  if (one instanceof Duration && other instanceof Duration)
    return compareNumbers(one.nanoseconds, other.nanoseconds)
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other)
  throw noOverload(operator, one, other)
}

function add(one: Value, other: Value, evaluation: Evaluation): Value {
  if (typeof one === 'number' && typeof other === 'number') return one + other
  if (typeof one === 'bigint' && typeof other === 'bigint') return intOf(one + other)
  if (typeof one === 'string' && typeof other === 'string') {
    evaluation.charge((one.length + other.length) / 10)
    return one + other
  }
  if (isList(one) && isList(other)) {
    evaluation.charge((one.length + other.length) / 10)
    if (one instanceof UnorderedList) return one.plus(other, evaluation)
    return [...one, ...other]
  }
  if (one instanceof Uint && other instanceof Uint) return uintOf(one.value + other.value)
  if (one instanceof Uint8Array && other instanceof Uint8Array) {
    evaluation.charge((one.length + other.length) / 10)
    return Buffer.concat([one, other])
  }
  if (one instanceof Duration && other instanceof Duration)
    return durationOf(one.nanoseconds + other.nanoseconds)
  if (one instanceof Timestamp && other instanceof Duration)
    return timestampAt(one.nanoseconds + other.nanoseconds, one.offset)
  if (one instanceof Duration && other instanceof Timestamp)
    return timestampAt(one.nanoseconds + other.nanoseconds, other.offset)
  throw noOverload('+', one, other)
}

function subtract(one: Value, other: Value): Value {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  if (typeof one === 'bigint' && typeof other === 'bigint') return intOf(one - other)
  if (one instanceof Uint && other instanceof Uint) return uintOf(one.value - other.value)
  if (one instanceof Duration && other instanceof Duration)
    return durationOf(one.nanoseconds - other.nanoseconds)
  if (one instanceof Timestamp && other instanceof Duration)
    return timestampAt(one.nanoseconds - other.nanoseconds, one.offset)
  if (one instanceof Timestamp && other instanceof Timestamp)
    return durationOf(one.nanoseconds - other.nanoseconds)
  throw noOverload('-', one, other)
}

function multiply(one: Value, other: Value): Value {
  if (typeof one === 'number' && typeof other === 'number') return one * other
  if (typeof one === 'bigint' && typeof other === 'bigint') return intOf(one * other)
  if (one instanceof Uint && other instanceof Uint) return uintOf(one.value * other.value)
  throw noOverload('*', one, other)
}

function divide(one: Value, other: Value): Value {
  if (typeof one === 'number' && typeof other === 'number') return one / other
  if (typeof one === 'bigint' && typeof other === 'bigint')
    return intOf(one / divisor(other, 'division by zero'))
  if (one instanceof Uint && other instanceof Uint)
    return new Uint(one.value / divisor(other.value, 'division by zero'))
  throw noOverload('/', one, other)
}

function modulo(one: Value, other: Value): Value {
  if (typeof one === 'bigint' && typeof other === 'bigint') return one % divisor(other, 'modulus by zero')
  if (one instanceof Uint && other instanceof Uint)
    return new Uint(one.value % divisor(other.value, 'modulus by zero'))
  throw noOverload('%', one, other)
}

function divisor(value: bigint, reason: string): bigint {
  if (value === 0n) throw new EvaluationError(reason)
  return value
}

function isIn(one: Value, other: Value, evaluation: Evaluation): boolean {
  if (isList(other)) {
    evaluation.charge(other.length)
    return other.some((each) => isEqual(one, each, evaluation))
  }
  if (!isMap(other)) throw noOverload('in', one, other)
  return isKey(one) && valueAt(other, one) !== undefined
}

function negate(value: Value): Value {
  if (typeof value === 'number') return -value
  if (typeof value === 'bigint') return intOf(-value)
  throw noOverload('-', value)
}

function not(value: Value): Value {
  if (typeof value === 'boolean') return !value
  throw noOverload('!', value)
}

/** The cost of comparing two values, beyond one step. */
function chargeTexts(one: Value, other: Value, evaluation: Evaluation): void {
  if (typeof one === 'string' && typeof other === 'string')
    evaluation.charge(Math.min(one.length, other.length) / 10)
}

/** The implementations of operators, for the values of their operands; each may throw an EvaluationError. */
export const operations: Record<Operator, (one: Value, other: Value, evaluation: Evaluation) => Value> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': modulo,
  '==': (one, other, evaluation) => {
    chargeTexts(one, other, evaluation)
    return isEqual(one, other, evaluation)
  },
  '!=': (one, other, evaluation) => {
    chargeTexts(one, other, evaluation)
    return !isEqual(one, other, evaluation)
  },
  '<': (one, other, evaluation) => {
    chargeTexts(one, other, evaluation)
    return compare('<', one, other) < 0
  },
  '<=': (one, other, evaluation) => {
    chargeTexts(one, other, evaluation)
    return compare('<=', one, other) <= 0
  },
  '>': (one, other, evaluation) => {
    chargeTexts(one, other, evaluation)
    return compare('>', one, other) > 0
  },
  '>=': (one, other, evaluation) => {
    chargeTexts(one, other, evaluation)
    return compare('>=', one, other) >= 0
  },
  in: isIn,
  '!': not,
  negate,
}

/** The index that a number is, if it is a whole one. */
function indexOf(value: Value): number | undefined {
  const index =
    value instanceof Uint ? Number(value.value) : typeof value === 'bigint' ? Number(value) : value
  return typeof index === 'number' && Number.isInteger(index) ? index : undefined
}

/**
 * The element of a list or the member of a map, `undefined` when there is none. A member of what has none is absent,
 * too. Throws an EvaluationError for a key of a type that none has.
 */
export function elementOf(value: Value, key: Value): Value | undefined {
  if (!isKey(key)) throw new EvaluationError(`unsupported key type: ${typeOf(key)}`)
  if (isList(value)) {
    const index = indexOf(key)
    if (index === undefined) throw new EvaluationError(`unsupported key type: ${typeOf(key)}`)
    return value[index]
  }
  return isMap(value) ? valueAt(value, key) : undefined
}
